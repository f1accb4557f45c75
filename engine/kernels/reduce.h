// Reduce: result[outer, inner] over source[outer, reduced, inner], where a fused body computes the source.
//
// A buffer of source values at a time is computed into L1 (or used where it lies, if the body only passes it through) and folded into
// running totals. Long reductions are cut into chunks; their partial results meet in the workspace and a second phase adds them in
// order, sums in double precision. Finished results go to memory or through a tail, as a matmul's do. So the error grows like that of a pairwise sum, and no bit depends on the threads.
#pragma once
#include "elementwise/map.h"
#include "product/tile.h"
#include "reduce_accumulate.h"
#include "tail.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kReduceBuffer = 1024;         // values computed at a time
constexpr long kPlainRows = 64;              // rows folded at a time if nothing has to be computed
constexpr long kReduceChunk = 32768;         // values of one task, at least
constexpr long kCombineChunk = 4096;         // results of one task of the second phase

inline bool isArgument(ReduceKind kind) { return kind == ReduceKind::ArgMax || kind == ReduceKind::ArgMin; }

// Scratch: the values computed, the totals of a row of inner (and their positions), the body's own.
struct ReduceScratch {
  char* values;
  char* totals;
  int* positions;
  size_type bodyOffset;
};
constexpr size_type kReduceBufferBytes = kReduceBuffer * 4 + 64;

inline ReduceScratch reduceScratch(Worker& worker) {
  return {worker.scratch, worker.scratch + kReduceBufferBytes, reinterpret_cast<int*>(worker.scratch + 2 * kReduceBufferBytes),
          3 * kReduceBufferBytes};
}

inline void reduceSchedule(Instruction& instruction) {
  ReduceArguments& reduce = *static_cast<ReduceArguments*>(instruction.arguments);
  Schedule& schedule = instruction.schedule;
  const long results = reduce.outer * reduce.inner;
  const double elements = static_cast<double>(results) * static_cast<double>(reduce.reduced);
  const double total = elements * (reduce.head.nanoseconds + 0.06) + reduce.head.bytes * 0.04;

  reduce.outerPerTask = reduce.outer;
  reduce.reducedPerTask = reduce.reduced;
  reduce.innerPerTask = reduce.inner;
  if (total > 8000) {
    const long segment = reduce.inner < kReduceBuffer ? reduce.inner : kReduceBuffer;
    const long rows = reduce.reduced < 1 ? 1 : reduce.reduced;
    const long rowsPerTask = ceilDivide(kReduceChunk, segment);
    if (rows >= 2 * rowsPerTask) {
      reduce.reducedPerTask = rowsPerTask;
      reduce.outerPerTask = 1;
      reduce.innerPerTask = segment;
    } else {
      reduce.innerPerTask = reduce.inner;
      if (reduce.inner * rows > kReduceChunk) reduce.innerPerTask = ceilDivide(ceilDivide(kReduceChunk, rows), kReduceBuffer) * kReduceBuffer;
      if (reduce.innerPerTask > reduce.inner) reduce.innerPerTask = reduce.inner;
      const long block = reduce.innerPerTask * rows;
      reduce.outerPerTask = block >= kReduceChunk ? 1 : ceilDivide(kReduceChunk, block);
    }
    // No more tasks than can be handed out sensibly.
    while (ceilDivide(reduce.outer, reduce.outerPerTask) * ceilDivide(rows, reduce.reducedPerTask < 1 ? 1 : reduce.reducedPerTask) *
               ceilDivide(reduce.inner, reduce.innerPerTask) > 4096) {
      if (reduce.outerPerTask < reduce.outer) {
        reduce.outerPerTask *= 2;
      } else {
        reduce.reducedPerTask *= 2;
      }
    }
  }
  reduce.outerTasks = results == 0 ? 0 : static_cast<int>(ceilDivide(reduce.outer, reduce.outerPerTask));
  reduce.innerTasks = results == 0 ? 0 : static_cast<int>(ceilDivide(reduce.inner, reduce.innerPerTask));
  reduce.reducedTasks = reduce.reduced == 0 ? 1 : static_cast<int>(ceilDivide(reduce.reduced, reduce.reducedPerTask));
  schedule.phases = 1;
  schedule.tasks[0] = reduce.outerTasks * reduce.innerTasks * reduce.reducedTasks;
  if (reduce.reducedTasks > 1) {
    schedule.phases = 2;
    schedule.tasks[1] = static_cast<int>(ceilDivide(results, kCombineChunk));
    schedule.workspaceBytes = static_cast<size_type>(reduce.reducedTasks) * static_cast<size_type>(results) * (isArgument(reduce.kind) ? 8 : 4);
  }
  schedule.scratchBytes = 3 * kReduceBufferBytes + reduce.head.scratchBytes;
  schedule.flops = elements * (1 + reduce.head.flops);
  schedule.bytes = reduce.head.bytes + static_cast<double>(results) * 4;
}

// `count` source values from row-major index `start`.
template <class Scalar>
RAPPEL_INLINE const Scalar* sourceValues(const ReduceArguments& reduce, Worker& worker, long start, long count) {
  const Body& head = reduce.head;
  if (head.resultPlain >= 0) return reinterpret_cast<const Scalar*>(head.inputs[head.resultPlain].data) + start;
  const ReduceScratch scratch = reduceScratch(worker);
  runBody(head, worker, scratch.bodyOffset, start, count, nullptr, scratch.values, false);
  return reinterpret_cast<const Scalar*>(scratch.values);
}

// The block of one task.
struct ReduceBlock {
  long outerStart, outerEnd, reducedStart, reducedEnd, innerStart, innerEnd;
  int reducedTask;
};

RAPPEL_INLINE ReduceBlock reduceBlock(const ReduceArguments& reduce, int task) {
  ReduceBlock block;
  block.reducedTask = task % reduce.reducedTasks;
  const int rest = task / reduce.reducedTasks;
  const auto range = [](long per, long total, long number, long& start, long& end) {
    start = per * number;
    end = start + per < total ? start + per : total;
  };
  range(reduce.innerPerTask, reduce.inner, rest % reduce.innerTasks, block.innerStart, block.innerEnd);
  range(reduce.outerPerTask, reduce.outer, rest / reduce.innerTasks, block.outerStart, block.outerEnd);
  range(reduce.reducedPerTask, reduce.reduced, block.reducedTask, block.reducedStart, block.reducedEnd);
  return block;
}

// Finished results [first, first + count): to the output, or through the tail.
template <class Scalar>
__attribute__((noinline)) void finishTotals(const ReduceArguments& reduce, Worker& worker, long first, long count, const Scalar* totals) {
  if (reduce.tail.body && !reduce.tail.plain) {
    finish(reduce.tail, worker, first, count, reinterpret_cast<const float*>(totals));
  } else if (reduce.kind == ReduceKind::Any || reduce.kind == ReduceKind::All) {
    for (long i = 0; i < count; i++) reduce.output[first + i] = totals[i] != 0 ? 1 : 0;
  } else {
    Scalar* output = reduce.tail.plain ? reinterpret_cast<Scalar*>(reduce.tail.plain) : reinterpret_cast<Scalar*>(reduce.output);
    for (long i = 0; i < count; i++) output[first + i] = totals[i];
  }
}

// Results [first, first + count) of this task's chunk: finished, or to the workspace for the second phase.
template <class Scalar>
inline void storeTotals(const Instruction& instruction, int reducedTask, Worker& worker, long first, long count, const Scalar* totals) {
  const ReduceArguments& reduce = *static_cast<const ReduceArguments*>(instruction.arguments);
  if (reduce.reducedTasks == 1) return finishTotals(reduce, worker, first, count, totals);
  Scalar* partial = reinterpret_cast<Scalar*>(instruction.workspace) + reducedTask * reduce.outer * reduce.inner;
  for (long i = 0; i < count; i++) partial[first + i] = totals[i];
}

template <class F>
void foldTask(const Instruction& instruction, int task, Worker& worker) {
  typedef typename F::Scalar Scalar;
  const ReduceArguments& reduce = *static_cast<const ReduceArguments*>(instruction.arguments);
  const ReduceBlock block = reduceBlock(reduce, task);
  Scalar* totals = reinterpret_cast<Scalar*>(reduceScratch(worker).totals);
  const long inner = reduce.inner, size = reduce.reduced * inner;
  const bool plain = reduce.head.resultPlain >= 0;  // the source lies in memory: as many rows as one likes
  if (block.reducedEnd - block.reducedStart == reduce.reduced && block.innerEnd - block.innerStart == inner && size > 0 && size <= kReduceBuffer) {
    // Small blocks: many of them in one buffer.
    const long most = kReduceBuffer / size;
    for (long outer = block.outerStart; outer < block.outerEnd; outer += most) {
      const long n = block.outerEnd - outer < most ? block.outerEnd - outer : most;
      const Scalar* values = sourceValues<Scalar>(reduce, worker, outer * size, n * size);
      if (inner == 1) {
        for (long i = 0; i < n; i++) totals[i] = foldRun<F>(values + i * size, size);
      } else {
        for (long i = 0; i < n * inner; i++) totals[i] = F::identity;
        for (long i = 0; i < n; i++) foldRows<F>(values + i * size, reduce.reduced, inner, inner, totals + i * inner);
      }
      storeTotals(instruction, block.reducedTask, worker, outer * inner, n * inner, totals);
    }
    return;
  }
  long waiting = 0;  // results of one row each, which go on together
  for (long outer = block.outerStart; outer < block.outerEnd; outer++) {
    for (long column = block.innerStart; column < block.innerEnd; column += kReduceBuffer) {
      const long columns = block.innerEnd - column < kReduceBuffer ? block.innerEnd - column : kReduceBuffer;
      Scalar* const current = totals + waiting;
      for (long i = 0; i < columns; i++) current[i] = F::identity;
      const long rowsAtOnce = plain && columns > kPlainRows ? kPlainRows : columns == inner ? kReduceBuffer / columns : 1;
      for (long row = block.reducedStart; row < block.reducedEnd; row += rowsAtOnce) {
        const long rows = block.reducedEnd - row < rowsAtOnce ? block.reducedEnd - row : rowsAtOnce;
        const Scalar* values = sourceValues<Scalar>(reduce, worker, outer * size + row * inner + column, rows * columns);
        foldRows<F>(values, rows, columns, inner, current);
      }
      if (inner == 1 && ++waiting < kReduceBuffer && outer + 1 < block.outerEnd) continue;
      const long count = inner == 1 ? waiting : columns;
      storeTotals(instruction, block.reducedTask, worker, outer * inner + column + columns - count, count, totals);
      waiting = 0;
    }
  }
}

// The second phase: the partial results of all chunks, in their order.
template <class F>
void combineTask(const Instruction& instruction, int task, Worker& worker) {
  typedef typename F::Scalar Scalar;
  const ReduceArguments& reduce = *static_cast<const ReduceArguments*>(instruction.arguments);
  const long results = reduce.outer * reduce.inner;
  const long end = (task + 1) * kCombineChunk < results ? (task + 1) * kCombineChunk : results;
  const Scalar* partial = reinterpret_cast<const Scalar*>(instruction.workspace);
  Scalar* totals = reinterpret_cast<Scalar*>(reduceScratch(worker).totals);
  for (long first = task * kCombineChunk; first < end; first += kReduceBuffer) {
    const long count = end - first < kReduceBuffer ? end - first : kReduceBuffer;
    for (long i = 0; i < count; i++) {
      const Scalar* const values = partial + first + i;
      Scalar total = values[0];
      if constexpr (__is_same(F, SumFloats)) {
        double sum = total;
        for (int chunk = 1; chunk < reduce.reducedTasks; chunk++) sum += values[chunk * results];
        total = static_cast<float>(sum);
      } else {
        for (int chunk = 1; chunk < reduce.reducedTasks; chunk++) total = F::applyScalar(total, values[chunk * results]);
      }
      totals[i] = total;
    }
    finishTotals(reduce, worker, first, count, totals);
  }
}

template <class E>
void extremeTask(const Instruction& instruction, int task, Worker& worker) {
  typedef typename E::Scalar Scalar;
  const ReduceArguments& reduce = *static_cast<const ReduceArguments*>(instruction.arguments);
  const ReduceBlock block = reduceBlock(reduce, task);
  const ReduceScratch scratch = reduceScratch(worker);
  Scalar* best = reinterpret_cast<Scalar*>(scratch.totals);
  const long inner = reduce.inner, results = reduce.outer * inner;
  int* output = reinterpret_cast<int*>(reduce.output);
  for (long outer = block.outerStart; outer < block.outerEnd; outer++) {
    for (long column = block.innerStart; column < block.innerEnd; column += kReduceBuffer) {
      const long columns = block.innerEnd - column < kReduceBuffer ? block.innerEnd - column : kReduceBuffer;
      for (long i = 0; i < columns; i++) {
        best[i] = 0;
        scratch.positions[i] = -1;
      }
      const long rowsAtOnce = columns == inner ? kReduceBuffer / columns : 1;
      for (long row = block.reducedStart; row < block.reducedEnd; row += rowsAtOnce) {
        const long rows = block.reducedEnd - row < rowsAtOnce ? block.reducedEnd - row : rowsAtOnce;
        const long start = (outer * reduce.reduced + row) * inner + column;
        const Scalar* values = sourceValues<Scalar>(reduce, worker, start, rows * columns);
        if (columns == 1) {
          extremeOfRun<E>(values, rows, static_cast<int>(row), best[0], scratch.positions[0]);
        } else {
          for (long i = 0; i < rows; i++) {
            extremeOfColumns<E>(values + i * columns, columns, static_cast<int>(row + i), best, scratch.positions);
          }
        }
      }
      for (long i = 0; i < columns; i++) {
        const long result = outer * inner + column + i;
        if (reduce.reducedTasks == 1) {
          output[result] = scratch.positions[i] < 0 ? 0 : scratch.positions[i];
        } else {
          Scalar* bests = reinterpret_cast<Scalar*>(instruction.workspace);
          int* positions = reinterpret_cast<int*>(bests + reduce.reducedTasks * results);
          bests[block.reducedTask * results + result] = best[i];
          positions[block.reducedTask * results + result] = scratch.positions[i];
        }
      }
    }
  }
}

template <class E>
void combineExtremes(const Instruction& instruction, int task) {
  typedef typename E::Scalar Scalar;
  const ReduceArguments& reduce = *static_cast<const ReduceArguments*>(instruction.arguments);
  const long results = reduce.outer * reduce.inner;
  const long first = task * kCombineChunk, end = first + kCombineChunk < results ? first + kCombineChunk : results;
  const Scalar* bests = reinterpret_cast<const Scalar*>(instruction.workspace);
  const int* positions = reinterpret_cast<const int*>(bests + reduce.reducedTasks * results);
  for (long i = first; i < end; i++) {
    Scalar best = bests[i];
    int position = positions[i];
    for (int chunk = 1; chunk < reduce.reducedTasks; chunk++) {
      if (E::beatsScalar(bests[chunk * results + i], best)) {
        best = bests[chunk * results + i];
        position = positions[chunk * results + i];
      }
    }
    reinterpret_cast<int*>(reduce.output)[i] = position;
  }
}

template <class F>
RAPPEL_INLINE void foldPhase(const Instruction& instruction, int phase, int task, Worker& worker) {
  if (phase == 0) return foldTask<F>(instruction, task, worker);
  combineTask<F>(instruction, task, worker);
}

template <class E>
RAPPEL_INLINE void extremePhase(const Instruction& instruction, int phase, int task, Worker& worker) {
  if (phase == 0) return extremeTask<E>(instruction, task, worker);
  combineExtremes<E>(instruction, task);
}

inline void reduceTask(const Instruction& instruction, int phase, int task, Worker& worker) {
  const ReduceArguments& reduce = *static_cast<const ReduceArguments*>(instruction.arguments);
  const bool integer = reduce.integer;
  switch (reduce.kind) {
    case ReduceKind::Sum: return integer ? foldPhase<SumInts>(instruction, phase, task, worker) : foldPhase<SumFloats>(instruction, phase, task, worker);
    case ReduceKind::Max: return integer ? foldPhase<LargestInts>(instruction, phase, task, worker) : foldPhase<LargestFloats>(instruction, phase, task, worker);
    case ReduceKind::Min: return integer ? foldPhase<SmallestInts>(instruction, phase, task, worker) : foldPhase<SmallestFloats>(instruction, phase, task, worker);
    case ReduceKind::Prod: return integer ? foldPhase<ProductInts>(instruction, phase, task, worker) : foldPhase<ProductFloats>(instruction, phase, task, worker);
    case ReduceKind::Any: return foldPhase<AnyOf>(instruction, phase, task, worker);
    case ReduceKind::All: return foldPhase<AllOf>(instruction, phase, task, worker);
    case ReduceKind::ArgMax:
      return integer ? extremePhase<Extreme<Ints, true>>(instruction, phase, task, worker) : extremePhase<Extreme<Floats, true>>(instruction, phase, task, worker);
    case ReduceKind::ArgMin:
      return integer ? extremePhase<Extreme<Ints, false>>(instruction, phase, task, worker) : extremePhase<Extreme<Floats, false>>(instruction, phase, task, worker);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
