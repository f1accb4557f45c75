// The kernels for AVX-512 (F, DQ, BW, VL), and the same with products in bfloat16 by AVX-512 BF16 or by AMX.
#define RAPPEL_ISA avx512
#define RAPPEL_LANES 16
#include "bfloat16.h"
#include "define_table.h"

namespace rappel {

namespace {

// Tile registers have to be configured and a tile computes 32 x 32 sums whatever is asked for: smaller products are sooner done in float32, on
// rounded operands.
bool isSmall(const MatmulArguments& matmul) { return static_cast<double>(matmul.m) * matmul.n * matmul.k < 8192; }

void amxMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule) {
  isSmall(arguments) ? avx512::matmulSchedule(arguments, schedule) : tileMatmulSchedule(arguments, schedule);
}
void amxMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const auto run = isSmall(arguments) ? avx512::matmulTask<avx512::FloatProduct> : tileMatmulTask;
  run(arguments, tail, phase, task, worker, workspace);
}

}  // namespace

extern const KernelTable avx512Kernels, avx512BFloat16Kernels, avx512AmxKernels;
constexpr KernelTable avx512Kernels = avx512::defineTable("avx512");
constexpr KernelTable avx512BFloat16Kernels = avx512::defineTable("avx512-bf16", avx512::matmulKernel<vectorMatmulSchedule, vectorMatmulTask>());
constexpr KernelTable avx512AmxKernels = avx512::defineTable("avx512-amx", avx512::matmulKernel<amxMatmulSchedule, amxMatmulTask>());

}  // namespace rappel
