// Everything the engine asks of the machine under it: memory, threads, waiting and time. The native binding implements it in
// bindings/platform_native.cc; another home for the engine (WebAssembly) implements the same few functions.
#pragma once
#include "kernel.h"

namespace rappel::platform {

// Memory aligned to 64 bytes, its contents undefined; null when there is none left. `release` takes the same size.
void* allocate(size_type bytes);
void release(void* memory, size_type bytes);

typedef void (*ThreadMain)(void* argument);
struct Thread;
Thread* startThread(ThreadMain main, void* argument);  // null when the system refuses
void joinThread(Thread* thread);

// Sleeps while *word == expected; may also return early, so callers look again. Wakes at most `count` sleepers on the word.
void wait(const unsigned* word, unsigned expected);
void wake(const unsigned* word, int count);

unsigned long nanoseconds();  // monotonic
int processors();             // those this process may run on

// Tells the processor that this thread is spinning.
inline void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

}  // namespace rappel::platform
