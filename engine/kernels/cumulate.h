// Cumulate: along an axis, each result from the one before it and the next element: sums, products, extremes, linear recurrences. A line is
// walked from one end to the other, so the order of the operations is fixed; lines beside each other in memory go together.
#pragma once
#include "../instruction.h"
#include "../vector.h"
#include "split.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kCumulateColumns = 64;  // lines that are walked together

// Sums and products of floats are kept in double, so that a long line loses nothing; results are rounded as they are stored.
struct CumulateSum {
  static constexpr double start = 0;
  static RAPPEL_INLINE double next(double total, float x, float) { return total + static_cast<double>(x); }
};
struct CumulateProduct {
  static constexpr double start = 1;
  static RAPPEL_INLINE double next(double total, float x, float) { return total * static_cast<double>(x); }
};
struct CumulateMax {
  static constexpr float start = -__builtin_inff();
  static RAPPEL_INLINE float next(float best, float x, float) { return x > best || x != x ? x : best; }
};
struct CumulateMin {
  static constexpr float start = __builtin_inff();
  static RAPPEL_INLINE float next(float best, float x, float) { return x < best || x != x ? x : best; }
};
struct LinearRecurrence {
  static constexpr double start = 0;
  static RAPPEL_INLINE double next(double before, float x, float factor) { return static_cast<double>(factor) * before + static_cast<double>(x); }
};
struct CumulateSumInt {
  static constexpr int start = 0;
  static RAPPEL_INLINE int next(int total, int x, int) { return plus(total, x); }
};
struct CumulateProductInt {
  static constexpr int start = 1;
  static RAPPEL_INLINE int next(int total, int x, int) { return times(total, x); }
};
struct CumulateMaxInt {
  static constexpr int start = -2147483647 - 1;
  static RAPPEL_INLINE int next(int best, int x, int) { return x > best ? x : best; }
};
struct CumulateMinInt {
  static constexpr int start = 2147483647;
  static RAPPEL_INLINE int next(int best, int x, int) { return x < best ? x : best; }
};

inline void cumulateSchedule(Instruction& instruction) {
  CumulateArguments& cumulate = *static_cast<CumulateArguments*>(instruction.arguments);
  cumulate.blocks = ceilDivide(cumulate.inner, kCumulateColumns);
  const long blocks = cumulate.size == 0 ? 0 : cumulate.outer * cumulate.blocks;
  const double elements = static_cast<double>(cumulate.outer) * static_cast<double>(cumulate.size) * static_cast<double>(cumulate.inner);
  const double bytes = (cumulate.hasFactors ? 12.0 : 8.0) * elements;
  // One line by itself waits for each operation to end.
  const double microseconds = cumulate.inner == 1 ? elements * 0.0015 : bytes / kBytesPerMicrosecond;
  const long tasks = minimum(blocks, tasksFor(microseconds));
  cumulate.blocksPerTask = tasks == 0 ? 1 : ceilDivide(blocks, tasks);
  Schedule& schedule = instruction.schedule;
  schedule.tasks[0] = static_cast<int>(ceilDivide(blocks, cumulate.blocksPerTask));
  schedule.flops = elements;
  schedule.bytes = bytes;
}

template <class Rule, class Element>
void cumulateBlocks(const CumulateArguments& cumulate, long first, long end) {
  const long size = cumulate.size, inner = cumulate.inner;
  const long step = cumulate.reverse ? -inner : inner, begin = cumulate.reverse ? (size - 1) * inner : 0;
  for (long block = first; block < end; block++) {
    const long column = block % cumulate.blocks * kCumulateColumns;
    const long place = block / cumulate.blocks * size * inner + begin + column;
    const long columns = minimum(kCumulateColumns, inner - column);
    const Element* source = reinterpret_cast<const Element*>(cumulate.source) + place;
    const Element* factors = cumulate.hasFactors ? reinterpret_cast<const Element*>(cumulate.factors) + place : source;
    Element* result = reinterpret_cast<Element*>(cumulate.result) + place;
    if (columns == 1) {
      auto value = Rule::start;
      for (long i = 0; i < size; i++, source += step, factors += step, result += step) {
        value = Rule::next(value, *source, *factors);
        *result = static_cast<Element>(value);
      }
      continue;
    }
    decltype(Rule::next(0, 0, 0)) values[kCumulateColumns];
    for (long c = 0; c < kCumulateColumns; c++) values[c] = Rule::start;
    for (long i = 0; i < size; i++, source += step, factors += step, result += step) {
      const Element* __restrict x = source;
      const Element* __restrict factor = factors;
      Element* __restrict target = result;
      for (long c = 0; c < columns; c++) {
        values[c] = Rule::next(values[c], x[c], factor[c]);
        target[c] = static_cast<Element>(values[c]);
      }
    }
  }
}

inline void cumulateTask(const Instruction& instruction, int, int task, Worker&) {
  const CumulateArguments& cumulate = *static_cast<const CumulateArguments*>(instruction.arguments);
  const long first = task * cumulate.blocksPerTask, end = minimum(first + cumulate.blocksPerTask, cumulate.outer * cumulate.blocks);
  const bool integer = cumulate.integer;
  switch (cumulate.kind) {
    case CumulateKind::Sum: return integer ? cumulateBlocks<CumulateSumInt, int>(cumulate, first, end) : cumulateBlocks<CumulateSum, float>(cumulate, first, end);
    case CumulateKind::Product:
      return integer ? cumulateBlocks<CumulateProductInt, int>(cumulate, first, end) : cumulateBlocks<CumulateProduct, float>(cumulate, first, end);
    case CumulateKind::Max: return integer ? cumulateBlocks<CumulateMaxInt, int>(cumulate, first, end) : cumulateBlocks<CumulateMax, float>(cumulate, first, end);
    case CumulateKind::Min: return integer ? cumulateBlocks<CumulateMinInt, int>(cumulate, first, end) : cumulateBlocks<CumulateMin, float>(cumulate, first, end);
    case CumulateKind::LinearRecurrence: return cumulateBlocks<LinearRecurrence, float>(cumulate, first, end);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
