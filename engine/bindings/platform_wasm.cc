// The platform of the engine as WebAssembly: the module's linear memory, which it grows and hands out itself, and threads, which are workers of
// JavaScript with an instance of the module over the same memory. The same code serves modules without shared memory: no worker starts there.
#include "../platform.h"

#define RAPPEL_IMPORT(name) extern "C" __attribute__((import_module("rappel"), import_name(#name))) auto name

// Milliseconds of a monotonic clock, performance.now().
RAPPEL_IMPORT(milliseconds)() -> double;
// Whether this thread may sleep: the main thread of a page may not.
RAPPEL_IMPORT(maySleep)() -> int;
// Starts a worker that calls runThread(thread) on the stack that ends at `stackEnd`; 0 if that is impossible. The worker comes to life whenever it
// likes: nothing waits for it.
RAPPEL_IMPORT(startWorker)(rappel::platform::Thread* thread, char* stackEnd) -> int;

namespace rappel::platform {

// ---- Memory -----------------------------------------------------------------------------------------------------------------------
//
// Free blocks form a list in the order of their addresses, and neighbours are joined at once. Whoever releases a block says how large it
// is, so a used block carries nothing besides its contents, and every block begins and ends on a cache line.

namespace {

constexpr size_type kCacheLine = 64;
constexpr size_type kPage = 64 << 10;
constexpr size_type kLeastGrowth = 1 << 20;
constexpr size_type kMostBytes = ~size_type{0} - kPage;  // the 4 GB that addresses reach, less what rounding up needs

struct FreeBlock {
  FreeBlock* next;
  size_type bytes;
};
FreeBlock* firstFree = nullptr;

size_type roundUp(size_type bytes, size_type unit) { return (bytes + unit - 1) / unit * unit; }
size_type blockBytes(size_type bytes) { return bytes == 0 ? kCacheLine : roundUp(bytes, kCacheLine); }
char* addressOf(FreeBlock* block) { return reinterpret_cast<char*>(block); }

void addFree(char* memory, size_type bytes) {
  FreeBlock* before = nullptr;
  FreeBlock* after = firstFree;
  while (after != nullptr && addressOf(after) < memory) {
    before = after;
    after = after->next;
  }
  FreeBlock* block = reinterpret_cast<FreeBlock*>(memory);
  *block = {after, bytes};
  if (after != nullptr && memory + bytes == addressOf(after)) *block = {after->next, bytes + after->bytes};
  if (before == nullptr) {
    firstFree = block;
  } else if (addressOf(before) + before->bytes == memory) {
    *before = {block->next, before->bytes + block->bytes};
  } else {
    before->next = block;
  }
}

// The smallest free block that is large enough, cut to size; null if there is none.
char* takeFree(size_type bytes) {
  FreeBlock** best = nullptr;
  for (FreeBlock** link = &firstFree; *link != nullptr; link = &(*link)->next) {
    if ((*link)->bytes < bytes || (best != nullptr && (*link)->bytes >= (*best)->bytes)) continue;
    best = link;
    if ((*link)->bytes == bytes) break;
  }
  if (best == nullptr) return nullptr;
  FreeBlock* block = *best;
  if (block->bytes == bytes) {
    *best = block->next;
  } else {
    FreeBlock* rest = reinterpret_cast<FreeBlock*>(addressOf(block) + bytes);
    *rest = {block->next, block->bytes - bytes};
    *best = rest;
  }
  return addressOf(block);
}

// More memory from the system: an eighth of what there is, so that growing is rare, or just what is needed if that is refused.
bool grow(size_type bytes) {
  const size_type present = __builtin_wasm_memory_size(0) * kPage;
  size_type wanted = bytes > kLeastGrowth ? bytes : kLeastGrowth;
  if (wanted < present / 8) wanted = present / 8;
  const size_type attempts[] = {roundUp(wanted, kPage), roundUp(bytes, kPage)};
  for (const size_type more : attempts) {
    const size_type pages = __builtin_wasm_memory_grow(0, more / kPage);
    if (pages == ~size_type{0}) continue;
    addFree(reinterpret_cast<char*>(pages * kPage), more);
    return true;
  }
  return false;
}

}  // namespace

void* allocate(size_type bytes) {
  if (bytes > kMostBytes) return nullptr;
  const size_type size = blockBytes(bytes);
  char* memory = takeFree(size);
  return memory == nullptr && grow(size) ? takeFree(size) : memory;
}

void release(void* memory, size_type bytes) { addFree(static_cast<char*>(memory), blockBytes(bytes)); }

bool trim() { return false; }  // a module's memory never shrinks

// ---- Threads ------------------------------------------------------------------------------------------------------------------------
//
// A worker takes long to start, so it is never ended: between two threads it sleeps. Only the thread that owns the engine starts and joins.

namespace {

constexpr size_type kStackBytes = 256 << 10;
constexpr int kMaxWorkers = 256;

enum State : unsigned { kIdle, kAssigned, kRunning };

}  // namespace

struct Thread {
  unsigned state;
  ThreadMain main;
  void* argument;
};

namespace {

Thread workers[kMaxWorkers];
int workerCount = 0;

bool change(Thread& thread, unsigned from, unsigned to) {
  return __atomic_compare_exchange_n(&thread.state, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

bool addWorker(Thread& thread) {
  char* const stack = static_cast<char*>(allocate(kStackBytes));
  if (stack == nullptr) return false;
  if (startWorker(&thread, stack + kStackBytes)) return true;
  release(stack, kStackBytes);
  return false;
}

}  // namespace

// What a worker does, for ever.
extern "C" __attribute__((export_name("runThread"))) void runThread(Thread* thread) {
  for (;;) {
    if (change(*thread, kAssigned, kRunning)) {
      thread->main(thread->argument);
      __atomic_store_n(&thread->state, kIdle, __ATOMIC_SEQ_CST);
      wake(&thread->state, 1);
    } else {
      wait(&thread->state, kIdle);
    }
  }
}

Thread* startThread(ThreadMain main, void* argument) {
  int index = 0;
  while (index < workerCount && __atomic_load_n(&workers[index].state, __ATOMIC_SEQ_CST) != kIdle) index++;
  if (index == kMaxWorkers) return nullptr;
  Thread& thread = workers[index];
  thread.main = main;
  thread.argument = argument;
  __atomic_store_n(&thread.state, kAssigned, __ATOMIC_SEQ_CST);
  if (index < workerCount) {
    wake(&thread.state, 1);
  } else if (addWorker(thread)) {
    workerCount++;
  } else {
    return nullptr;
  }
  return &thread;
}

// A worker that has not yet come to life finds nothing to do when it does.
void joinThread(Thread* thread) {
  if (change(*thread, kAssigned, kIdle)) return;
  while (__atomic_load_n(&thread->state, __ATOMIC_SEQ_CST) == kRunning) wait(&thread->state, kRunning);
}

void wait(const unsigned* word, unsigned expected) {
  if (maySleep()) __builtin_wasm_memory_atomic_wait32(reinterpret_cast<int*>(const_cast<unsigned*>(word)), static_cast<int>(expected), -1);
}

void wake(const unsigned* word, int count) {
  __builtin_wasm_memory_atomic_notify(reinterpret_cast<int*>(const_cast<unsigned*>(word)), static_cast<unsigned>(count));
}

unsigned long long nanoseconds() { return static_cast<unsigned long long>(milliseconds() * 1e6); }
int processors() { return 1; }  // JavaScript knows, and tells initialize() how many threads there are to be
bool permitTiles() { return false; }

}  // namespace rappel::platform
