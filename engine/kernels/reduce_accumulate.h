// The inner loops of reductions: the operators that fold, and how a buffer of values is folded into running totals.
#pragma once
#include "elementwise/steps.h"

namespace rappel {
namespace RAPPEL_ISA {

// What a reduction does with two partial results, and what it begins with.
template <class Step, class Vector>
struct Fold {
  typedef Vector Values;
  typedef typename Element<Vector>::type Scalar;
  static RAPPEL_INLINE Vector apply(Vector a, Vector b) { return Step::apply(a, b); }
  // On one value: the first lane of the same expression.
  static RAPPEL_INLINE Scalar applyScalar(Scalar a, Scalar b) { return Step::apply(broadcast(a), broadcast(b))[0]; }
};
struct SumFloats : Fold<AddStep, Floats> {
  static constexpr float identity = 0;
};
struct ProductFloats : Fold<MulStep, Floats> {
  static constexpr float identity = 1;
};
struct LargestFloats : Fold<MaxStep, Floats> {
  static constexpr float identity = -kInfinity;
};
struct SmallestFloats : Fold<MinStep, Floats> {
  static constexpr float identity = kInfinity;
};
struct SumInts : Fold<AddIStep, Ints> {
  static constexpr int identity = 0;
};
struct ProductInts : Fold<MulIStep, Ints> {
  static constexpr int identity = 1;
};
struct LargestInts : Fold<MaxIStep, Ints> {
  static constexpr int identity = -2147483647 - 1;
};
struct SmallestInts : Fold<MinIStep, Ints> {
  static constexpr int identity = 2147483647;
};
struct AnyOf : Fold<OrStep, Ints> {
  static constexpr int identity = 0;
};
struct AllOf : Fold<AndStep, Ints> {
  static constexpr int identity = -1;
};

// The vector turned by half, a quarter, ... of its lanes: a tree of these folds all lanes into each of them.
template <class Vector>
RAPPEL_INLINE Vector turned(Vector v, int lanes) {
#if RAPPEL_LANES == 16
  if (lanes == 8) return __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  if (lanes == 4) return __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  if (lanes == 2) return __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  return __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
#elif RAPPEL_LANES == 8
  if (lanes == 4) return __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  if (lanes == 2) return __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5);
  return __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6);
#else
  if (lanes == 2) return __builtin_shufflevector(v, v, 2, 3, 0, 1);
  return __builtin_shufflevector(v, v, 1, 0, 3, 2);
#endif
}

template <class F>
RAPPEL_INLINE typename F::Scalar foldLanes(typename F::Values v) {
#if RAPPEL_LANES >= 16
  v = F::apply(v, turned(v, 8));
#endif
#if RAPPEL_LANES >= 8
  v = F::apply(v, turned(v, 4));
#endif
  v = F::apply(v, turned(v, 2));
  v = F::apply(v, turned(v, 1));
  return v[0];
}

// All values of a run, by eight accumulators: the chains of additions are short, and so is their rounding error.
template <class F>
__attribute__((noinline)) typename F::Scalar foldRun(const typename F::Scalar* values, long count) {
  typedef typename F::Values Vector;
  constexpr int chains = 8;
  const Vector identity = broadcast(F::identity);
  long i = 0;
  Vector total = identity;
  if (count >= chains * kLanes) {
    Vector chain[chains];
    for (int c = 0; c < chains; c++) chain[c] = load(values + c * kLanes);
    for (i = chains * kLanes; i + chains * kLanes <= count; i += chains * kLanes) {
      for (int c = 0; c < chains; c++) chain[c] = F::apply(chain[c], load(values + i + c * kLanes));
    }
    for (int width = chains / 2; width >= 1; width /= 2) {
      for (int c = 0; c < width; c++) chain[c] = F::apply(chain[c], chain[c + width]);
    }
    total = chain[0];
  }
  for (; i + kLanes <= count; i += kLanes) total = F::apply(total, load(values + i));
  const int rest = static_cast<int>(count - i);
  if (rest > 0) total = F::apply(total, select(laneIndex() < rest, loadFirst(values + i, rest), identity));
  return foldLanes<F>(total);
}

// totals[column] = fold of it and values[row, column] over all rows, at a distance of `rowStride`, for four vectors of columns.
template <class F>
RAPPEL_INLINE void foldFourVectors(const typename F::Scalar* values, long rows, long rowStride, typename F::Scalar* totals) {
  typename F::Values sums[4];
  for (int c = 0; c < 4; c++) sums[c] = load(values + c * kLanes);
  for (long row = 1; row < rows; row++) {
    for (int c = 0; c < 4; c++) sums[c] = F::apply(sums[c], load(values + row * rowStride + c * kLanes));
  }
  for (int c = 0; c < 4; c++) store(totals + c * kLanes, F::apply(load(totals + c * kLanes), sums[c]));
}

// The same for one vector of columns: four rows side by side, since one alone would wait for one addition after another.
template <class F>
RAPPEL_INLINE void foldVector(const typename F::Scalar* values, long rows, long rowStride, typename F::Scalar* totals) {
  typename F::Values sum = load(values);
  long row = 1;
  if (rows >= 8) {
    typename F::Values sums[4] = {sum, load(values + rowStride), load(values + 2 * rowStride), load(values + 3 * rowStride)};
    for (row = 4; row + 4 <= rows; row += 4) {
      for (int i = 0; i < 4; i++) sums[i] = F::apply(sums[i], load(values + (row + i) * rowStride));
    }
    sum = F::apply(F::apply(sums[0], sums[1]), F::apply(sums[2], sums[3]));
  }
  for (; row < rows; row++) sum = F::apply(sum, load(values + row * rowStride));
  store(totals, F::apply(load(totals), sum));
}

template <class F>
inline void foldColumns(const typename F::Scalar* values, long rows, long rowStride, long columns, typename F::Scalar* totals) {
  if (rows <= 0) return;
  long column = 0;
  for (; column + 4 * kLanes <= columns; column += 4 * kLanes) foldFourVectors<F>(values + column, rows, rowStride, totals + column);
  for (; column + kLanes <= columns; column += kLanes) foldVector<F>(values + column, rows, rowStride, totals + column);
  const int rest = static_cast<int>(columns - column);
  if (rest > 0) {
    typename F::Values sum = loadFirst(values + column, rest);
    for (long row = 1; row < rows; row++) sum = F::apply(sum, loadFirst(values + row * rowStride + column, rest));
    storeFirst(totals + column, F::apply(loadFirst(totals + column, rest), sum), rest);
  }
}

// The same for rows shorter than a vector that follow each other without a gap: as many rows as a vector has lanes fill `columns` whole
// vectors, in which lane l of vector v always belongs to column (v * lanes + l) % columns.
template <class F>
inline void foldNarrowColumns(const typename F::Scalar* values, long rows, int columns, typename F::Scalar* totals) {
  typedef typename F::Scalar Scalar;
  const long groups = rows / kLanes;
  const long groupLength = static_cast<long>(columns) * kLanes;
  Scalar sums[kLanes];  // of these rows: the totals take part in one addition only
  for (int column = 0; column < columns; column++) sums[column] = F::identity;
  for (int v = 0; v < columns && groups > 0; v++) {
    typename F::Values sum = load(values + v * kLanes);
    for (long g = 1; g < groups; g++) sum = F::apply(sum, load(values + g * groupLength + v * kLanes));
    Scalar lanes[kLanes];
    store(lanes, sum);
    int column = v * kLanes % columns;
    for (int lane = 0; lane < kLanes; lane++) {
      sums[column] = F::applyScalar(sums[column], lanes[lane]);
      if (++column == columns) column = 0;
    }
  }
  for (long row = groups * kLanes; row < rows; row++) {
    for (int column = 0; column < columns; column++) sums[column] = F::applyScalar(sums[column], values[row * columns + column]);
  }
  for (int column = 0; column < columns; column++) totals[column] = F::applyScalar(totals[column], sums[column]);
}

// Folds `rows` rows of `columns` values at a distance of `rowStride` into the totals.
template <class F>
__attribute__((noinline)) void foldRows(const typename F::Scalar* values, long rows, long columns, long rowStride, typename F::Scalar* totals) {
  if (columns == 1) {
    totals[0] = F::applyScalar(totals[0], foldRun<F>(values, rows));
  } else if (columns < kLanes && columns == rowStride) {
    foldNarrowColumns<F>(values, rows, static_cast<int>(columns), totals);
  } else {
    foldColumns<F>(values, rows, rowStride, columns, totals);
  }
}

// ---- Positions of extremes -------------------------------------------------------------------------------------------------------

template <class V, bool largest>
struct Extreme {
  typedef V Values;
  typedef typename Element<V>::type Scalar;

  // -1 where the candidate beats the best so far; NaN beats everything but NaN.
  static RAPPEL_INLINE Ints beats(Values candidate, Values best) {
    const Ints better = largest ? candidate > best : candidate < best;
    return better | ((candidate != candidate) & (best == best));
  }
  static RAPPEL_INLINE bool beatsScalar(Scalar candidate, Scalar best) {
    const bool better = largest ? candidate > best : candidate < best;
    return better || (candidate != candidate && best == best);
  }
  static RAPPEL_INLINE bool equals(Scalar a, Scalar b) { return a == b || (a != a && b != b); }
};

// The best of a run and its position, the first of equals; positions count from `base`.
template <class E>
inline void extremeOfRun(const typename E::Scalar* values, long count, int base, typename E::Scalar& best, int& position) {
  typedef typename E::Values Vector;
  long i = 0;
  if (count >= kLanes) {
    Vector bests = load(values);
    Ints positions = laneIndex() + base;
    for (i = kLanes; i + kLanes <= count; i += kLanes) {
      const Vector candidates = load(values + i);
      const Ints better = E::beats(candidates, bests);
      bests = select(better, candidates, bests);
      positions = select(better, laneIndex() + (base + static_cast<int>(i)), positions);
    }
    for (int lane = 0; lane < kLanes; lane++) {
      const bool earlier = E::equals(bests[lane], best) && positions[lane] < position;
      if (position < 0 || E::beatsScalar(bests[lane], best) || earlier) {
        best = bests[lane];
        position = positions[lane];
      }
    }
  }
  for (; i < count; i++) {
    if (position < 0 || E::beatsScalar(values[i], best)) {
      best = values[i];
      position = base + static_cast<int>(i);
    }
  }
}

// One more row, number `row`, into the best value and position of each column.
template <class E>
inline void extremeOfColumns(const typename E::Scalar* values, long columns, int row, typename E::Scalar* best, int* position) {
  for (long column = 0; column < columns; column += kLanes) {
    const int n = columns - column < kLanes ? static_cast<int>(columns - column) : kLanes;
    const typename E::Values candidates = loadFirst(values + column, n), bests = loadFirst(best + column, n);
    const Ints positions = loadFirst(position + column, n);
    const Ints better = (positions < 0) | E::beats(candidates, bests);
    storeFirst(best + column, select(better, candidates, bests), n);
    storeFirst(position + column, select(better, broadcast(row), positions), n);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
