// The kernels for AVX-512 (F, DQ, BW, VL), and the same with products in bfloat16 by AVX-512 BF16 or by AMX.
#define RAPPEL_ISA avx512
#define RAPPEL_LANES 16
#include "bfloat16.h"
#include "define_table.h"

namespace rappel {

extern const KernelTable avx512Kernels, avx512BFloat16Kernels, avx512AmxKernels;
constexpr KernelTable avx512Kernels = avx512::defineTable("avx512");
constexpr KernelTable avx512BFloat16Kernels = avx512::defineTable("avx512-bf16", avx512::matmulKernel<vectorMatmulSchedule, vectorMatmulTask>());
constexpr KernelTable avx512AmxKernels = avx512::defineTable("avx512-amx", avx512::matmulKernel<tileMatmulSchedule, tileMatmulTask>());

}  // namespace rappel
