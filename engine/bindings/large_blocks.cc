// Large blocks, kept for reuse; see large_blocks.h. Any thread may ask for one.
#include "large_blocks.h"

#include <stdlib.h>

#include <mutex>

#if defined(_WIN32)
#include <malloc.h>
#else
#include <sys/mman.h>
#endif

namespace rappel::platform {

namespace {

constexpr size_type kHugePage = 2u << 20;

size_type roundUp(size_type bytes, size_type unit) { return (bytes + unit - 1) / unit * unit; }

// Blocks come in eight sizes for each power of two, so that one that is kept fits many a request. What is not touched costs no memory.
size_type blockBytes(size_type bytes) {
  size_type power = kLargeBlock;
  while (power <= bytes / 2) power *= 2;
  return roundUp(bytes, power < 2 * kHugePage || power / 8 > kHugePage ? power / 8 : kHugePage);
}

#if defined(_WIN32)

char* mapPages(size_type bytes) { return static_cast<char*>(_aligned_malloc(bytes, 64)); }
void unmapPages(char* memory, size_type) { _aligned_free(memory); }
void offerPages(char*, size_type) {}

#else

char* mapAnywhere(size_type bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
}

void unmapPages(char* memory, size_type bytes) { munmap(memory, bytes); }

char* mapPages(size_type bytes) {
  if (bytes < 2 * kHugePage) return mapAnywhere(bytes);
  char* memory = mapAnywhere(bytes + kHugePage);
  if (memory == nullptr) return nullptr;
  const size_type before = roundUp(reinterpret_cast<size_type>(memory), kHugePage) - reinterpret_cast<size_type>(memory);
  if (before > 0) munmap(memory, before);
  if (before < kHugePage) munmap(memory + before + bytes, kHugePage - before);
  memory += before;
#if defined(MADV_HUGEPAGE)
  // Fewer page faults and TLB misses: a 4 KB page would be touched a hundred thousand times for a large activation.
  madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  return memory;
}

// The system may take the pages when memory is short; if it does not, they are as they were.
void offerPages([[maybe_unused]] char* memory, [[maybe_unused]] size_type bytes) {
#if defined(__linux__) && defined(MADV_FREE)
  madvise(memory, bytes, MADV_FREE);
#endif
}

#endif

struct KeptBlock {
  KeptBlock* newer;
  KeptBlock* older;
  char* memory;
  size_type bytes;
  unsigned round;  // of trimming, in which it was given back
};

class LargeBlocks {
 public:
  void* take(size_type bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (KeptBlock* block = newest_; block != nullptr; block = block->older) {
      if (block->bytes != bytes) continue;
      live_ += bytes;
      return unlink(block);
    }
    live_ += bytes;
    if (live_ > most_) most_ = live_;
    while (live_ + kept_ > most_) drop(oldest_);
    char* memory = mapPages(bytes);
    while (memory == nullptr && oldest_ != nullptr) {
      drop(oldest_);
      memory = mapPages(bytes);
    }
    if (memory == nullptr) live_ -= bytes;
    return memory;
  }

  void giveBack(char* memory, size_type bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    live_ -= bytes;
    KeptBlock* block = static_cast<KeptBlock*>(malloc(sizeof(KeptBlock)));
    if (block == nullptr) {
      unmapPages(memory, bytes);
      return;
    }
    offerPages(memory, bytes);
    *block = {nullptr, newest_, memory, bytes, round_};
    (newest_ != nullptr ? newest_->newer : oldest_) = block;
    newest_ = block;
    kept_ += bytes;
  }

  bool trim() {
    const std::lock_guard<std::mutex> lock(mutex_);
    while (oldest_ != nullptr && oldest_->round != round_) drop(oldest_);
    round_++;
    most_ = live_ + kept_;
    return kept_ > 0;
  }

 private:
  // Takes a block out of the list; its memory is the caller's.
  char* unlink(KeptBlock* block) {
    (block->newer != nullptr ? block->newer->older : newest_) = block->older;
    (block->older != nullptr ? block->older->newer : oldest_) = block->newer;
    kept_ -= block->bytes;
    char* const memory = block->memory;
    free(block);
    return memory;
  }

  void drop(KeptBlock* block) {
    const size_type bytes = block->bytes;
    unmapPages(unlink(block), bytes);
  }

  std::mutex mutex_;
  KeptBlock* newest_ = nullptr;
  KeptBlock* oldest_ = nullptr;
  // What is in use, what is kept, and the most that was in use at once, which both together never exceed.
  size_type live_ = 0, kept_ = 0, most_ = 0;
  unsigned round_ = 0;
};

LargeBlocks blocks;

}  // namespace

void* allocateLarge(size_type bytes) { return blocks.take(blockBytes(bytes)); }
void releaseLarge(void* memory, size_type bytes) { blocks.giveBack(static_cast<char*>(memory), blockBytes(bytes)); }
bool trimLarge() { return blocks.trim(); }

}  // namespace rappel::platform
