// Matrix products by the processor's own multiplications of bfloat16, which isa/bfloat16.cc compiles for isa/avx512.cc to put into tables.
#pragma once
#include "../instruction.h"

namespace rappel {

// AVX-512 BF16.
void vectorMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule);
void vectorMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace);
// AMX.
void tileMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule);
void tileMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace);
// AMX, in float32: operands are split into three parts.
void splitMatmulSchedule(const MatmulArguments& arguments, Schedule& schedule);
void splitMatmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace);

}  // namespace rappel
