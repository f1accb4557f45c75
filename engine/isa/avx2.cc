// The kernels for AVX2 with FMA.
#define RAPPEL_ISA avx2
#define RAPPEL_LANES 8
#include "define_table.h"

namespace rappel {

extern const KernelTable avx2Kernels;
constexpr KernelTable avx2Kernels = avx2::defineTable("avx2");

}  // namespace rappel
