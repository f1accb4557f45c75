// Gather and ScatterAdd along one axis. An index out of range is never followed: it is reported as a fault, the smallest position first.
#pragma once
#include "../instruction.h"
#include "../vector.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kGatherBytesPerTask = 64 << 10;

// Tasks may report at the same time; the report with the smallest position stays.
inline void reportFault(Worker& worker, long position, int index) {
  const unsigned long long report = static_cast<unsigned long long>(position) << 32 | static_cast<unsigned>(index);
  unsigned long long current = __atomic_load_n(worker.fault, __ATOMIC_RELAXED);
  while (report < current && !__atomic_compare_exchange_n(worker.fault, &current, report, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

inline void gatherSchedule(Instruction& instruction) {
  GatherArguments& gather = *static_cast<GatherArguments*>(instruction.arguments);
  const long rows = gather.outer * gather.count;
  const long rowBytes = gather.inner * gather.elementBytes;
  gather.rowsPerTask = rowBytes == 0 ? 1 : (kGatherBytesPerTask + rowBytes - 1) / rowBytes;
  if (gather.rowsPerTask > 8192) gather.rowsPerTask = 8192;
  if (rows / gather.rowsPerTask > 4096) gather.rowsPerTask = rows / 4096 + 1;
  Schedule& schedule = instruction.schedule;
  schedule.tasks[0] = rows == 0 ? 0 : static_cast<int>((rows + gather.rowsPerTask - 1) / gather.rowsPerTask);
  schedule.bytes = 2.0 * static_cast<double>(rows) * static_cast<double>(rowBytes) + 4.0 * static_cast<double>(gather.count);
}

// Elements of a fixed size are copied as such, not as a run of bytes.
template <class Row>
RAPPEL_INLINE void gatherSmallRows(const GatherArguments& gather, Worker& worker, long first, long end) {
  Row* result = reinterpret_cast<Row*>(gather.result);
  // A division for each row would take longer than the row.
  const long count = gather.count;
  long position = first % count;
  const Row* source = reinterpret_cast<const Row*>(gather.source) + first / count * gather.axisSize;
  for (long row = first; row < end; row++) {
    const int index = gather.indices[position];
    if (__builtin_expect(static_cast<unsigned>(index) >= static_cast<unsigned long>(gather.axisSize), 0)) {
      reportFault(worker, position, index);
    } else {
      result[row] = source[index];
    }
    if (++position == count) {
      position = 0;
      source += gather.axisSize;
    }
  }
}

inline void gatherTask(const Instruction& instruction, int, int task, Worker& worker) {
  const GatherArguments& gather = *static_cast<const GatherArguments*>(instruction.arguments);
  const long rows = gather.outer * gather.count;
  const long first = task * gather.rowsPerTask, end = first + gather.rowsPerTask < rows ? first + gather.rowsPerTask : rows;
  const size_type rowBytes = static_cast<size_type>(gather.inner * gather.elementBytes);
  if (rowBytes == 1) return gatherSmallRows<unsigned char>(gather, worker, first, end);
  if (rowBytes == 4 && gather.elementBytes == 4) return gatherSmallRows<unsigned>(gather, worker, first, end);
  for (long row = first; row < end; row++) {
    const long outer = row / gather.count, position = row % gather.count;
    const int index = gather.indices[position];
    if (__builtin_expect(static_cast<unsigned>(index) >= static_cast<unsigned long>(gather.axisSize), 0)) {
      reportFault(worker, position, index);
      continue;
    }
    __builtin_memcpy(gather.result + static_cast<size_type>(row) * rowBytes,
                     gather.source + static_cast<size_type>(outer * gather.axisSize + index) * rowBytes, rowBytes);
  }
}

// A task owns a range of the result's rows: it clears them, looks through all indices in their order, and adds those that are its own.
inline void scatterAddSchedule(Instruction& instruction) {
  GatherArguments& scatter = *static_cast<GatherArguments*>(instruction.arguments);
  const long rows = scatter.outer * scatter.axisSize;
  const double traffic = 4.0 * static_cast<double>(scatter.outer) * static_cast<double>(scatter.inner) *
                         (static_cast<double>(scatter.axisSize) + 3.0 * static_cast<double>(scatter.count));
  long tasks = static_cast<long>(traffic / static_cast<double>(kGatherBytesPerTask));
  if (tasks > 32) tasks = 32;  // each task reads all indices
  if (tasks < 1) tasks = 1;
  scatter.rowsPerTask = (rows + tasks - 1) / tasks;
  if (scatter.rowsPerTask < 1) scatter.rowsPerTask = 1;
  Schedule& schedule = instruction.schedule;
  // Without results there may still be indices to check.
  schedule.tasks[0] = rows == 0 ? (scatter.count > 0 ? 1 : 0) : static_cast<int>((rows + scatter.rowsPerTask - 1) / scatter.rowsPerTask);
  schedule.flops = static_cast<double>(scatter.outer) * static_cast<double>(scatter.count) * static_cast<double>(scatter.inner);
  schedule.bytes = traffic;
}

template <class Element>
RAPPEL_INLINE void addRow(Element* __restrict target, const Element* __restrict source, long count) {
  long i = 0;
  for (; i + kLanes <= count; i += kLanes) store(target + i, load(target + i) + load(source + i));
  const int rest = static_cast<int>(count - i);
  if (rest > 0) storeFirst(target + i, loadFirst(target + i, rest) + loadFirst(source + i, rest), rest);
}

template <class Element>
void scatterAddRange(const GatherArguments& scatter, Worker& worker, long first, long end) {
  const Element* source = reinterpret_cast<const Element*>(scatter.source);
  Element* result = reinterpret_cast<Element*>(scatter.result);
  const long inner = scatter.inner;
  if (end > first) __builtin_memset(result + first * inner, 0, static_cast<size_type>((end - first) * inner) * sizeof(Element));
  if (first == 0) {
    for (long position = 0; position < scatter.count; position++) {
      const int index = scatter.indices[position];
      if (static_cast<unsigned>(index) >= static_cast<unsigned long>(scatter.axisSize)) reportFault(worker, position, index);
    }
  }
  const long axisSize = scatter.axisSize;
  if (axisSize == 0) return;
  for (long outer = first / axisSize; outer * axisSize < end; outer++) {
    const long low = first > outer * axisSize ? first - outer * axisSize : 0;
    const long high = end - outer * axisSize < axisSize ? end - outer * axisSize : axisSize;
    for (long position = 0; position < scatter.count; position++) {
      const long index = scatter.indices[position];
      if (index < low || index >= high) continue;
      const Element* from = source + (outer * scatter.count + position) * inner;
      Element* to = result + (outer * axisSize + index) * inner;
      if (inner == 1) {
        *to = plus(*to, *from);
      } else {
        addRow(to, from, inner);
      }
    }
  }
}

inline void scatterAddTask(const Instruction& instruction, int, int task, Worker& worker) {
  const GatherArguments& scatter = *static_cast<const GatherArguments*>(instruction.arguments);
  const long rows = scatter.outer * scatter.axisSize;
  const long first = task * scatter.rowsPerTask, end = first + scatter.rowsPerTask < rows ? first + scatter.rowsPerTask : rows;
  if (scatter.integer) {
    scatterAddRange<int>(scatter, worker, first, end);
  } else {
    scatterAddRange<float>(scatter, worker, first, end);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
