// The second phase of a product whose reduction was split over tasks: adds up the partial results in their fixed order and
// hands the sums to the tail.
#pragma once
#include "product/tile.h"
#include "tail.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kSumElements = 4096;  // of the result, a task

RAPPEL_INLINE int partialSumTasks(long elements) { return static_cast<int>(maximum(1, ceilDivide(elements, kSumElements))); }
constexpr size_type kPartialSumScratch = kSumElements * sizeof(float);

// `partials` holds `count` results of `elements` values each, one after another.
inline void addPartials(const float* partials, long count, long elements, const Tail& tail, int task, Worker& worker) {
  const long tasks = partialSumTasks(elements);
  // Whole vectors a task, so that only the last one meets a remainder.
  const long vectors = ceilDivide(elements, kLanes);
  const long start = partStart(vectors, tasks, task) * kLanes;
  const long end = minimum(elements, partStart(vectors, tasks, task + 1) * kLanes);
  float* sums = tail.plain ? tail.plain + start : reinterpret_cast<float*>(worker.scratch);
  for (long i = start; i < end; i += kLanes) {
    const int lanes = static_cast<int>(minimum(kLanes, end - i));
    Floats sum = lanes == kLanes ? load(partials + i) : loadFirst(partials + i, lanes);
    for (long part = 1; part < count; part++) {
      const float* next = partials + part * elements + i;
      sum += lanes == kLanes ? load(next) : loadFirst(next, lanes);
    }
    if (lanes == kLanes) store(sums + (i - start), sum);
    else storeFirst(sums + (i - start), sum, lanes);
  }
  finish(tail, worker, start, end - start, sums);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
