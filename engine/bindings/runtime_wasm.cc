// What Clang expects of a C library on WebAssembly: copies of unknown size, which are single instructions (-mbulk-memory), and arithmetic on
// 128 bits, which the reduction of large angles uses.
#include "../kernel.h"

namespace {

typedef unsigned long long Half;

union Whole {
  unsigned __int128 value;
  struct {
    Half low, high;
  };
};

unsigned __int128 joined(Half low, Half high) {
  Whole whole;
  whole.low = low;
  whole.high = high;
  return whole.value;
}

// The full product of two halves, by school multiplication in base 2^32.
unsigned __int128 product(Half a, Half b) {
  const Half a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const Half low = a0 * b0, middle = a1 * b0 + (low >> 32), other = a0 * b1 + (middle & 0xffffffff);
  return joined(other << 32 | (low & 0xffffffff), a1 * b1 + (middle >> 32) + (other >> 32));
}

}  // namespace

extern "C" {

void* memcpy(void* __restrict target, const void* __restrict source, rappel::size_type bytes) { return __builtin_memcpy(target, source, bytes); }
void* memmove(void* target, const void* source, rappel::size_type bytes) { return __builtin_memmove(target, source, bytes); }
void* memset(void* target, int value, rappel::size_type bytes) { return __builtin_memset(target, value, bytes); }

unsigned __int128 __multi3(unsigned __int128 a, unsigned __int128 b) {
  const Whole x{a}, y{b}, lows{product(x.low, y.low)};
  return joined(lows.low, lows.high + x.low * y.high + x.high * y.low);
}

// Shifts by 0 to 127.
unsigned __int128 __ashlti3(unsigned __int128 a, int count) {
  const Whole x{a};
  if (count == 0) return a;
  if (count >= 64) return joined(0, x.low << (count - 64));
  return joined(x.low << count, x.high << count | x.low >> (64 - count));
}

unsigned __int128 __lshrti3(unsigned __int128 a, int count) {
  const Whole x{a};
  if (count == 0) return a;
  if (count >= 64) return joined(x.high >> (count - 64), 0);
  return joined(x.low >> count | x.high << (64 - count), x.high >> count);
}

}  // extern "C"
