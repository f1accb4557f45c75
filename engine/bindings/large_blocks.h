// Large blocks of memory for the native engine. The first touch of a page costs more than the pass over it, so blocks that are given
// back are kept for the next of their size, as long as there is never more memory than was needed at once.
#pragma once
#include "../kernel.h"

namespace rappel::platform {

// Blocks of at least so many bytes are large.
constexpr size_type kLargeBlock = 1 << 20;

// Aligned to a page, its contents undefined; null when there is none left.
void* allocateLarge(size_type bytes);
// `bytes` as it was asked for.
void releaseLarge(void* memory, size_type bytes);
// Gives back to the system what was kept the last time already and not used since. Whether something is still kept.
bool trimLarge();

}  // namespace rappel::platform
