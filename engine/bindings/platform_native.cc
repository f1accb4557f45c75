// The platform of the native engine: aligned memory with large pages, POSIX threads, futexes on Linux and C++20 atomic waits
// elsewhere.
#include "../platform.h"

#include <stdlib.h>
#include <time.h>

#include <chrono>

#if defined(__linux__)
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#else
#include <atomic>
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
constexpr size_type kLargePage = 2u << 20, kLarge = 2 * kLargePage;

size_type roundUp(size_type bytes, size_type unit) { return (bytes + unit - 1) / unit * unit; }

#if !defined(_WIN32)
void* allocateLarge(size_type bytes) {
  void* memory = nullptr;
  if (posix_memalign(&memory, kLargePage, roundUp(bytes, kLargePage)) != 0) return nullptr;
#if defined(__linux__)
  // Fewer page faults and TLB misses: a 4 KB page would be touched a hundred thousand times for a large activation.
  madvise(memory, roundUp(bytes, kLargePage), MADV_HUGEPAGE);
#endif
  return memory;
}
#endif
}  // namespace

void* allocate(size_type bytes) {
  if (bytes > ~size_type{0} / 4) return nullptr;
#if defined(_WIN32)
  return _aligned_malloc(bytes > 0 ? bytes : 1, kCacheLine);
#else
  if (bytes >= kLarge) return allocateLarge(bytes);
  // posix_memalign of many C libraries does not find the gaps that its own blocks leave, so that memory would grow from run to run.
  char* const block = static_cast<char*>(malloc(bytes + kCacheLine));
  if (block == nullptr) return nullptr;
  char* const memory = block + kCacheLine - reinterpret_cast<size_type>(block) % kCacheLine;
  reinterpret_cast<char**>(memory)[-1] = block;
  return memory;
#endif
}

void release(void* memory, size_type bytes) {
#if defined(_WIN32)
  _aligned_free(memory);
#else
  free(bytes >= kLarge ? memory : static_cast<char**>(memory)[-1]);
#endif
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
