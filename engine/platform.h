// Everything the engine asks of the machine under it: memory, threads, waiting and time. The native binding implements it in
// bindings/platform_native.cc; another home for the engine (WebAssembly) implements the same few functions.
#pragma once
#include "kernel.h"

namespace rappel::platform {

// Memory aligned to 64 bytes, its contents undefined; null when there is none left. `release` takes the same size.
void* allocate(size_type bytes);
void release(void* memory, size_type bytes);

// Gives memory that is kept for later use back to the system, if it was not used since the last call; whether some is still kept.
bool trim();

typedef void (*ThreadMain)(void* argument);
struct Thread;
Thread* startThread(ThreadMain main, void* argument);  // null when the system refuses
void joinThread(Thread* thread);

// Sleeps while *word == expected; may also return early, so callers look again. Wakes at most `count` sleepers on the word.
void wait(const unsigned* word, unsigned expected);
void wake(const unsigned* word, int count);

unsigned long long nanoseconds();  // monotonic
int processors();             // those this process may run on

// Asks the system for the use of AMX's tile registers in all threads of this process; false where it has none to give.
bool permitTiles();

// Tells the processor that this thread is spinning.
inline void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

// While one lives, this thread treats subnormal numbers (below 1.2e-38) as zero, as XLA and TensorFlow do: they take a hundred times as
// long as others, and gradients that fade away are full of them.
class FlushSubnormals {
 public:
#if defined(__x86_64__)
  FlushSubnormals() : saved_(__builtin_ia32_stmxcsr()) { __builtin_ia32_ldmxcsr(saved_ | 0x8040); }
  ~FlushSubnormals() { __builtin_ia32_ldmxcsr(saved_); }

 private:
  unsigned saved_;
#elif defined(__aarch64__)
  FlushSubnormals() {
    __asm__ __volatile__("mrs %0, fpcr" : "=r"(saved_));
    __asm__ __volatile__("msr fpcr, %0" : : "r"(saved_ | 1ul << 24));
  }
  ~FlushSubnormals() { __asm__ __volatile__("msr fpcr, %0" : : "r"(saved_)); }

 private:
  unsigned long saved_;
#else
  FlushSubnormals() {}  // WebAssembly has no such mode; see flushSubnormals in vector.h
#endif
};

}  // namespace rappel::platform
