// The platform of the engine as WebAssembly: one thread, and the module's linear memory, which it grows and hands out itself.
#include "../platform.h"

extern "C" __attribute__((import_module("rappel"), import_name("nanoseconds"))) double importedNanoseconds();

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

// ---- Threads and time: the caller's thread is the only one, so nobody waits ---------------------------------------------------------

Thread* startThread(ThreadMain, void*) { return nullptr; }
void joinThread(Thread*) {}
void wait(const unsigned*, unsigned) {}
void wake(const unsigned*, int) {}

unsigned long long nanoseconds() { return static_cast<unsigned long long>(importedNanoseconds()); }
int processors() { return 1; }

}  // namespace rappel::platform
