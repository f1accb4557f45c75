// The tail of a matmul or a convolution: where a finished part of the result goes. Either straight to memory, or through
// a fused elementwise body (bias and activation, an optimizer's whole update) while it is still in this core's cache.
#pragma once
#include "../arguments.h"
#include "../body.h"
#include "column_sums.h"
#include "product/tile.h"

namespace rappel {
namespace RAPPEL_ISA {

// The totals of a tail's column sums.
RAPPEL_INLINE float* totalsOf(const Tail& tail, Worker& worker) { return reinterpret_cast<float*>(worker.scratch + tail.scratchOffset); }

// Passes on `count` finished values that are contiguous in the result's row-major index space and begin at index `start`.
// With a plain tail the kernel has written them to their place already and at most sums are left to do. `isNear`: what the tail reads
// there has been asked for.
RAPPEL_INLINE void finish(const Tail& tail, Worker& worker, long start, long count, const float* values, bool isNear = false) {
  if (count <= 0) return;
  if (!tail.plain) return tail.run(*tail.body, worker, tail.scratchOffset, start, count, values, nullptr, isNear);
  const void* const accumulator = values;
  if (tail.body->sumCount > 0) addToSums(*tail.body, totalsOf(tail, worker), &accumulator, start, count);
}

// Adds the places of `count` results from `start` on, as far as there is room.
RAPPEL_INLINE void addResults(const Tail& tail, long start, long count, Ahead& ahead) {
  for (int i = 0; kPrefetches && i < tail.body->outputCount; i++) {
    const BodyOutput& output = tail.body->outputs[i];
    if (output.fresh && !output.streamed) ahead.addIfRoom(reinterpret_cast<const float*>(output.data) + start, count);
  }
}

// What the tail will read of `rows` runs of `columns` elements, `rowStride` apart, the first of which begins at index `start`; and what it will
// write, as far as there is room.
RAPPEL_INLINE Ahead memoryOf(const Tail& tail, long start, long rows, long columns, long rowStride) {
  Ahead ahead;
  if (columns == rowStride) columns *= rows, rows = 1;
  for (int i = 0; kPrefetches && columns > 0 && i < tail.body->inputCount; i++) {
    const BodyInput& input = tail.body->inputs[i];
    if (input.access != Access::Contiguous) continue;
    for (long row = 0; row < rows; row++) ahead.add(reinterpret_cast<const float*>(input.data) + start + row * rowStride, columns);
  }
  for (long row = 0; row < rows; row++) addResults(tail, start + row * rowStride, columns, ahead);
  return ahead;
}

// Adds what the tail will read and write of `count` elements from `start` on, as far as there is room.
RAPPEL_INLINE void addMemoryOf(const Tail& tail, long start, long count, Ahead& ahead) {
  if (tail.plain) return ahead.add(tail.plain + start, count);
  for (int i = 0; i < tail.body->inputCount; i++) {
    const BodyInput& input = tail.body->inputs[i];
    if (input.access == Access::Contiguous) ahead.addIfRoom(reinterpret_cast<const float*>(input.data) + start, count);
  }
  addResults(tail, start, count, ahead);
}

// Runs a task of an instruction whose tail may have sums: `run()` is the task but for them. The tail's body runs in the last phase of that.
template <typename Run>
RAPPEL_INLINE void runWithSums(const Instruction& instruction, const Tail& tail, int phase, int task, Worker& worker, Run run) {
  const Body& body = *tail.body;
  const int combining = body.sumCount > 0 ? instruction.schedule.phases - 1 : kMaxPhases;
  if (phase == combining) return combineSums(body, instruction.workspace, instruction.schedule.tasks[phase - 1]);
  const long totals = phase == combining - 1 ? body.totalCount : 0;
  float* const own = totalsOf(tail, worker);
  for (long i = 0; i < totals; i++) own[i] = 0;
  run();
  float* const partial = reinterpret_cast<float*>(instruction.workspace + body.firstPartial) + task * totals;
  for (long i = 0; i < totals; i++) partial[i] = own[i];
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
