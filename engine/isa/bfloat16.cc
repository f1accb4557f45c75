// Matrix products in bfloat16 for processors with AVX-512 BF16, and for those that have AMX as well.
#define RAPPEL_ISA avx512bfloat16
#define RAPPEL_LANES 16
#include "../kernels/matmul.h"
#include "../kernels/product_bfloat16.h"
#include "bfloat16.h"

namespace rappel {

namespace {

using namespace avx512bfloat16;

template <class Multiply>
void runTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  Multiply::begin();
  matmulTask<BFloat16Product<Multiply>>(arguments, tail, phase, task, worker, workspace);
  Multiply::end();
}

}  // namespace

void vectorMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule) {
  matmulSchedule<BFloat16Product<MultiplyByVectors>>(arguments, schedule);
}
void vectorMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  runTask<MultiplyByVectors>(arguments, tail, phase, task, worker, workspace);
}

void tileMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule) {
  matmulSchedule<BFloat16Product<MultiplyByTiles>>(arguments, schedule);
}
void tileMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  runTask<MultiplyByTiles>(arguments, tail, phase, task, worker, workspace);
}

}  // namespace rappel
