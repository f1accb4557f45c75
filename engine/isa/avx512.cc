// The kernels for AVX-512 (F, DQ, BW, VL), and the same with products by the multiplications of bfloat16 that AVX-512 BF16 or AMX have.
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

// Whether AMX is faster in float32, too: its six products of parts against one of vectors, and splitting the operands. In cycles, as measured on
// Sapphire Rapids (28 multiply-adds a cycle by vectors, 50 by tiles of which none is idle, 0.9 cycles an element to split).
bool splits(const MatmulArguments& matmul) {
  using namespace avx512;
  const double m = static_cast<double>(foldsBatch(matmul) ? matmul.m * matmul.batchDims[matmul.batchRank - 1] : matmul.m), n = matmul.n, k = matmul.k;
  const double rows = roundUp(static_cast<long>(m), 32), columns = roundUp(matmul.n, 32), steps = roundUp(matmul.k, 32);
  return rows * columns * steps / 50 + 0.9 * steps * (rows + columns) < m * n * k / 28;
}

void amxFloatMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule) {
  splits(arguments) ? splitMatmulSchedule(arguments, schedule) : avx512::matmulSchedule(arguments, schedule);
}
void amxFloatMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const auto run = splits(arguments) ? splitMatmulTask : avx512::matmulTask<avx512::FloatProduct>;
  run(arguments, tail, phase, task, worker, workspace);
}

bool amxTakesAddends(const MatmulArguments& arguments) { return !splits(arguments) && avx512::takesAddends(arguments); }

}  // namespace

extern const KernelTable avx512Kernels, avx512BFloat16Kernels, avx512AmxKernels;
constexpr KernelTable avx512Kernels = avx512::defineTable("avx512");
// The processors that this is the best for are AMD's.
constexpr KernelTable avx512BFloat16Kernels = avx512::defineTable<avx512::Division::ByUnit>(
    "avx512-bf16", avx512::floatMatmulKernel(), avx512::matmulKernel<vectorMatmulSchedule, vectorMatmulTask>());
constexpr KernelTable avx512AmxKernels = avx512::defineTable("avx512-amx", avx512::matmulKernel<amxFloatMatmulSchedule, amxFloatMatmulTask>(amxTakesAddends),
                                                             avx512::matmulKernel<amxMatmulSchedule, amxMatmulTask>());

}  // namespace rappel
