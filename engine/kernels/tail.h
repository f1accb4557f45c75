// The tail of a matmul or a convolution: where a finished part of the result goes. Either straight to memory, or through
// a fused elementwise body (bias and activation, an optimizer's whole update) while it is still in this core's cache.
#pragma once
#include "../arguments.h"
#include "../body.h"
#include "../vector.h"

namespace rappel {
namespace RAPPEL_ISA {

// Passes on `count` finished values that are contiguous in the result's row-major index space and begin at index `start`.
// With a plain tail the kernel has written them to their place already and there is nothing left to do.
RAPPEL_INLINE void finish(const Tail& tail, Worker& worker, long start, long count, const float* values) {
  if (tail.plain || count <= 0) return;
  tail.run(*tail.body, worker, tail.scratchOffset, start, count, values, nullptr);
}

// Asks for what the tail will read of `count` elements from `start`, so that it comes from memory while arithmetic goes on.
RAPPEL_INLINE void prefetch(const Tail& tail, long start, long count) {
#if defined(__wasm__)
  return;  // it has no instruction for that, and its compiler does not see that the loops do nothing
#endif
  for (int i = 0; i < tail.body->inputCount; i++) {
    const BodyInput& input = tail.body->inputs[i];
    if (input.access != Access::Contiguous) continue;
    for (long element = 0; element < count; element += 16) __builtin_prefetch(input.data + (start + element) * 4);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
