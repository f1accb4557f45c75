// The platform of the native engine: aligned memory, POSIX threads, futexes on Linux and C++20 atomic waits
// elsewhere.
#include "../platform.h"

#include <stdlib.h>
#include <time.h>

#include <chrono>

#include "large_blocks.h"

#if defined(__linux__)
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#else
#include <atomic>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(_WIN32)
#include <malloc.h>

#include <thread>
#else
#include <pthread.h>
#include <unistd.h>
#endif

namespace rappel::platform {

namespace {

constexpr size_type kCacheLine = 64;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kWatched = true;
#elif defined(__has_feature)
constexpr bool kWatched = __has_feature(address_sanitizer);
#else
constexpr bool kWatched = false;
#endif

}  // namespace

void* allocate(size_type bytes) {
  if (bytes > ~size_type{0} / 4) return nullptr;
#if defined(_WIN32)
  if (bytes < kLargeBlock) return _aligned_malloc(bytes > 0 ? bytes : 1, kCacheLine);
#else
  if (kWatched) {  // the sanitizer wants to know each block as it is
    void* memory = nullptr;
    return posix_memalign(&memory, kCacheLine, bytes > 0 ? bytes : 1) == 0 ? memory : nullptr;
  }
#endif
  if (bytes >= kLargeBlock) return allocateLarge(bytes);
  // posix_memalign of many C libraries does not find the gaps that its own blocks leave, so that memory would grow from run to run.
  char* const block = static_cast<char*>(malloc(bytes + kCacheLine));
  if (block == nullptr) return nullptr;
  char* const memory = block + kCacheLine - reinterpret_cast<size_type>(block) % kCacheLine;
  reinterpret_cast<char**>(memory)[-1] = block;
  return memory;
}

void release(void* memory, size_type bytes) {
#if defined(_WIN32)
  if (bytes < kLargeBlock) return _aligned_free(memory);
#endif
  if (kWatched) return free(memory);
  if (bytes >= kLargeBlock) return releaseLarge(memory, bytes);
  free(static_cast<char**>(memory)[-1]);
}

bool trim() {
  const bool more = trimLarge();
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
  return more;
}

struct Thread {
  ThreadMain main;
  void* argument;
#if defined(_WIN32)
  std::thread handle;
#else
  pthread_t handle;
#endif
};

#if defined(_WIN32)
Thread* startThread(ThreadMain main, void* argument) {
  Thread* thread = new Thread{main, argument, {}};
  thread->handle = std::thread(main, argument);
  return thread;
}

void joinThread(Thread* thread) {
  thread->handle.join();
  delete thread;
}
#else
Thread* startThread(ThreadMain main, void* argument) {
  Thread* thread = static_cast<Thread*>(malloc(sizeof(Thread)));
  if (thread == nullptr) return nullptr;
  thread->main = main;
  thread->argument = argument;
  const auto run = [](void* self) -> void* {
    Thread* started = static_cast<Thread*>(self);
    started->main(started->argument);
    return nullptr;
  };
  if (pthread_create(&thread->handle, nullptr, run, thread) != 0) {
    free(thread);
    return nullptr;
  }
  return thread;
}

void joinThread(Thread* thread) {
  pthread_join(thread->handle, nullptr);
  free(thread);
}
#endif

#if defined(__linux__)
void wait(const unsigned* word, unsigned expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}

void wake(const unsigned* word, int count) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0); }
#else
void wait(const unsigned* word, unsigned expected) {
  std::atomic_ref<unsigned>(*const_cast<unsigned*>(word)).wait(expected);
}

void wake(const unsigned* word, int count) {
  std::atomic_ref<unsigned> atomic(*const_cast<unsigned*>(word));
  if (count == 1) {
    atomic.notify_one();
  } else {
    atomic.notify_all();
  }
}
#endif

unsigned long long nanoseconds() {
  using namespace std::chrono;
  return static_cast<unsigned long long>(duration_cast<std::chrono::nanoseconds>(steady_clock::now().time_since_epoch()).count());
}

int processors() {
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    const int count = CPU_COUNT(&allowed);
    if (count > 0) return count;
  }
#endif
#if defined(_WIN32)
  const int online = static_cast<int>(std::thread::hardware_concurrency());
#else
  const int online = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
#endif
  return online > 0 ? online : 1;
}

bool permitTiles() {
#if defined(__linux__) && defined(__x86_64__)
  constexpr int requestPermission = 0x1023, tileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA; older headers lack them
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
#else
  return false;
#endif
}

}  // namespace rappel::platform
