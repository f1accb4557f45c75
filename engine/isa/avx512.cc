// The kernels for AVX-512 (F, DQ, BW, VL).
#define RAPPEL_ISA avx512
#define RAPPEL_LANES 16
#include "define_table.h"

namespace rappel {

extern const KernelTable avx512Kernels;
constexpr KernelTable avx512Kernels = avx512::defineTable("avx512");

}  // namespace rappel
