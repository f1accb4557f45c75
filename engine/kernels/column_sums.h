// Column sums: what the tail of a matmul or a convolution adds up over the rows of its results while they are in L1, so that nobody has to read
// them from memory again for that: a bias's gradient, the mean and the variance of batch normalization.
//
// Every task has totals of its own, a row for each thing that is added up. They go to the instruction's workspace, and one more phase adds
// them in the order of the tasks, in double precision.
#pragma once
#include "../instruction.h"
#include "reduce_accumulate.h"
#include "split.h"

namespace rappel {
namespace RAPPEL_ISA {

// The deviations of a task are counted from a mean of its first rows: close enough to the columns' own for the squares to lose nothing.
struct Deviations {
  float *counts, *references, *sums, *squares;
  RAPPEL_INLINE Deviations(float* totals, long columns)
      : counts(totals), references(totals + columns), sums(totals + 2 * columns), squares(totals + 3 * columns) {}
};
constexpr int kDeviationTotals = 4;

constexpr int totalsOf(ColumnSumKind kind) { return kind == ColumnSumKind::Sum ? 1 : kDeviationTotals; }

// Rows of `count` columns from `column` on, at a distance of `rowStride`, into the totals.
RAPPEL_OUT_OF_LINE void addDeviations(Deviations totals, long column, const float* values, long rows, long count, long rowStride) {
  constexpr int chains = 4;
  for (long i = 0; i < count; i += kLanes) {
    const int lanes = static_cast<int>(minimum(count - i, kLanes));
    const long at = column + i;
    const auto row = [&](long number) { return loadFirst(values + number * rowStride + i, lanes); };
    const Floats known = loadFirst(totals.counts + at, lanes);
    Floats reference = loadFirst(totals.references + at, lanes);
    if (foldLanes<SmallestFloats>(known) == 0) {
      Floats sum{};
      for (long number = 0; number < rows; number++) sum += row(number);
      const Floats mean = sum / static_cast<float>(rows);
      const Floats finite = select(abs(mean) < kInfinity, mean, Floats{});  // that the sum of infinite values is infinite
      reference = select(known == 0.0f, finite, reference);
    }
    Floats sums[chains] = {}, squares[chains] = {};
    const auto add = [&](int chain, Floats value) {
      const Floats deviation = value - reference;
      sums[chain] += deviation;
      squares[chain] = fma(deviation, deviation, squares[chain]);
    };
    long number = 0;
    for (; number + chains <= rows; number += chains) {
      for (int chain = 0; chain < chains; chain++) add(chain, row(number + chain));
    }
    for (; number < rows; number++) add(0, row(number));
    storeFirst(totals.counts + at, known + static_cast<float>(rows), lanes);
    storeFirst(totals.references + at, reference, lanes);
    storeFirst(totals.sums + at, loadFirst(totals.sums + at, lanes) + ((sums[0] + sums[1]) + (sums[2] + sums[3])), lanes);
    storeFirst(totals.squares + at, loadFirst(totals.squares + at, lanes) + ((squares[0] + squares[1]) + (squares[2] + squares[3])), lanes);
  }
}

constexpr long kAddedAtOnce = 4096;  // that go into totals at once: rounding errors grow with the rows of one such part, and with their number

// `count` values from row-major index `index` on, which may begin and end within a row.
inline void addToSum(const ColumnSum& sum, float* totals, const float* values, long index, long count) {
  const long columns = sum.columns;
  const auto add = [&](long column, long rows, long width) {
    if (sum.kind == ColumnSumKind::Deviations) return addDeviations(Deviations(totals, columns), column, values, rows, width, width);
    foldRows<SumFloats>(values, rows, width, width, totals + column);
  };
  while (count > 0) {
    const long column = index % columns;
    const bool wholeRows = column == 0 && count >= columns;
    const long width = wholeRows ? columns : minimum(columns - column, count);
    const long rows = wholeRows ? maximum(1, minimum(count, kAddedAtOnce) / columns) : 1;
    add(column, rows, width);
    values += rows * width, index += rows * width, count -= rows * width;
  }
}

RAPPEL_OUT_OF_LINE void addToSums(const Body& body, float* totals, const void* const* places, long index, long count) {
  for (int i = 0; i < body.sumCount; i++) {
    const ColumnSum& sum = body.sums[i];
    if (!sum.fromDeviations) addToSum(sum, totals + sum.firstTotal, static_cast<const float*>(places[sum.place]), index, count);
  }
}

// ---- The totals of all tasks ---------------------------------------------------------------------------------------------------------

// Parts as one: T. Chan, G. Golub and R. LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
inline float combinedDeviations(const float* partials, long columns, long column, long tasks, long stride) {
  double count = 0, mean = 0, squares = 0;
  for (long task = 0; task < tasks; task++, partials += stride) {
    const Deviations part(const_cast<float*>(partials), columns);
    const double more = part.counts[column];
    if (more == 0) continue;
    const double sum = part.sums[column], difference = part.references[column] + sum / more - mean;
    squares += part.squares[column] - sum * sum / more + difference * difference * count * more / (count + more);
    mean += difference * more / (count + more);
    count += more;
  }
  return squares < 0 ? 0 : static_cast<float>(squares);
}

inline float combinedSum(const ColumnSum& sum, const float* partials, long column, long tasks, long stride) {
  double total = 0;
  for (long task = 0; task < tasks; task++, partials += stride) {
    const Deviations part(const_cast<float*>(partials), sum.columns);
    total += sum.fromDeviations ? part.sums[column] + static_cast<double>(part.counts[column]) * part.references[column] : partials[column];
  }
  return static_cast<float>(total);
}

RAPPEL_OUT_OF_LINE void combineSums(const Body& body, const char* workspace, long tasks) {
  for (int i = 0; i < body.sumCount; i++) {
    const ColumnSum& sum = body.sums[i];
    const float* const partials = reinterpret_cast<const float*>(workspace + body.firstPartial) + sum.firstTotal;
    for (long column = 0; column < sum.columns; column++) {
      sum.result[column] = sum.kind == ColumnSumKind::Sum ? combinedSum(sum, partials, column, tasks, body.totalCount)
                                                          : combinedDeviations(partials, sum.columns, column, tasks, body.totalCount);
    }
  }
}

// Where the totals of each sum are.
inline void placeTotals(Body& body) {
  for (int i = 0; i < body.sumCount; i++) {
    ColumnSum& sum = body.sums[i];
    sum.firstTotal = body.totalCount;
    body.totalCount += static_cast<int>(roundUp(totalsOf(sum.kind) * sum.columns, 16));
  }
  for (int i = 0; i < body.sumCount; i++) {
    ColumnSum& sum = body.sums[i];
    for (int j = 0; j < body.sumCount; j++) {
      const ColumnSum& other = body.sums[j];
      const bool isAlike = other.kind == ColumnSumKind::Deviations && other.place == sum.place && other.columns == sum.columns;
      if (sum.kind == ColumnSumKind::Sum && isAlike) sum.firstTotal = other.firstTotal, sum.fromDeviations = true;
    }
  }
}

// Room for the totals of all tasks of the last phase, and the phase that adds them.
inline void scheduleSums(Schedule& schedule, Body& body) {
  if (body.sumCount == 0) return;
  const size_type totals = static_cast<size_type>(body.totalCount) * sizeof(float);
  body.firstPartial = (schedule.workspaceBytes + 63) / 64 * 64;
  schedule.workspaceBytes = body.firstPartial + static_cast<size_type>(schedule.tasks[schedule.phases - 1]) * totals;
  schedule.tasks[schedule.phases++] = 1;
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
