// Matrix products by multiplications of bfloat16, for processors with AVX-512 BF16 and for those that have AMX as well.
#define RAPPEL_ISA avx512bfloat16
#define RAPPEL_LANES 16
#include "../kernels/product/matmul.h"
#include "../kernels/product/product_bfloat16.h"
#include "bfloat16.h"

namespace rappel {

namespace {

using namespace avx512bfloat16;

template <class Multiply, int Parts = 1>
void runTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  Multiply::begin();
  matmulTask<BFloat16Product<Multiply, Parts>>(arguments, tail, phase, task, worker, workspace);
  Multiply::end();
}

}  // namespace

void vectorMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule) {
  matmulSchedule<BFloat16Product<MultiplyByVectors, 1>>(arguments, schedule);
}
void vectorMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  runTask<MultiplyByVectors>(arguments, tail, phase, task, worker, workspace);
}

void tileMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule) {
  matmulSchedule<BFloat16Product<MultiplyByTiles, 1>>(arguments, schedule);
}
void tileMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  runTask<MultiplyByTiles>(arguments, tail, phase, task, worker, workspace);
}

void splitMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule) {
  matmulSchedule<BFloat16Product<MultiplyByTiles, 3>>(arguments, schedule);
}
void splitMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  runTask<MultiplyByTiles, 3>(arguments, tail, phase, task, worker, workspace);
}

}  // namespace rappel
