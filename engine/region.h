// Memory that lives as long as its owner: handed out piece by piece, zeroed, and given back all at once.
#pragma once
#include "platform.h"

namespace rappel {

class Region {
 public:
  // `count` zeroed objects of a type without destructor, aligned to 16 bytes; null when out of memory.
  template <class T>
  T* allocate(long count = 1) {
    return static_cast<T*>(allocateBytes(static_cast<size_type>(count) * sizeof(T)));
  }

  // Of all chunks.
  size_type bytes() const {
    size_type sum = 0;
    for (const Chunk* chunk = chunks_; chunk != nullptr; chunk = chunk->next) sum += chunk->bytes;
    return sum;
  }

  void release() {
    while (chunks_ != nullptr) {
      Chunk* chunk = chunks_;
      chunks_ = chunk->next;
      platform::release(chunk, chunk->bytes);
    }
  }

 private:
  struct alignas(16) Chunk {
    Chunk* next;
    size_type bytes, used;
  };
  static constexpr size_type kChunkBytes = 32 << 10;

  void* allocateBytes(size_type bytes) {
    bytes = (bytes + 15) / 16 * 16;
    if (chunks_ == nullptr || chunks_->used + bytes > chunks_->bytes) {
      const size_type size = sizeof(Chunk) + (bytes > kChunkBytes ? bytes : kChunkBytes);
      Chunk* chunk = static_cast<Chunk*>(platform::allocate(size));
      if (chunk == nullptr) return nullptr;
      *chunk = {chunks_, size, sizeof(Chunk)};
      chunks_ = chunk;
    }
    char* memory = reinterpret_cast<char*>(chunks_) + chunks_->used;
    chunks_->used += bytes;
    __builtin_memset(memory, 0, bytes);
    return memory;
  }

  Chunk* chunks_ = nullptr;
};

}  // namespace rappel
