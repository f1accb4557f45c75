// The products between Winograd's transforms, one for each of the 16 places of a patch, in a single call: each by itself is too small to bear what a
// product of any size has to be asked first. Both operands are read where they lie; tiles of registers cover up to kNarrowTileRows rows of one
// vector of columns, or kTileRows of two.
#pragma once
#include "../product/tile.h"
#include "winograd_transforms.h"

namespace rappel {
namespace RAPPEL_ISA {

// C = A B, or C + A B, of every place; of B and C one panel of columns.
struct PlaceProducts {
  const float* a;  // [rows, depth]
  const float* b;  // [depth, columns]
  float* c;        // [rows, columns]
  long aStride, bStride, cStride;  // of A from row to row, or from column to column: of what is not adjacent
  long aPlane, bPlane, cPlane;     // from place to place
  long rows, columns, depth;       // columns: one whole vector or two
  bool accumulate;
};

constexpr int kUnrolledSteps = kUnrolls ? 2 : 1;

// Channels come in multiples of this. Pages fetch the engine, and kernels for a single vector of four channels would be seldom used.
#if defined(__wasm__)
constexpr bool kSingleVectors = false;
#else
constexpr bool kSingleVectors = true;
#endif
constexpr int kChannelUnit = kSingleVectors ? kLanes : kTileColumns;

// Tiles of `Rows` rows, `count` of them under each other, at every place. Of A are adjacent the Rows or the Reduction's steps; these are of an even number.
template <int Rows, int Vectors, Adjacent A>
void multiplyPlaces(const PlaceProducts& products, long count) {
  // Copies, since stores to c might change the arguments for all that the compiler knows.
  const long aStride = products.aStride, bStride = products.bStride, cStride = products.cStride;
  const long aPlane = products.aPlane, bPlane = products.bPlane, cPlane = products.cPlane;
  const long depth = products.depth, aStep = Rows * (A == Adjacent::Rows ? 1 : aStride);
  const bool accumulate = products.accumulate;
  const float *a = products.a, *b = products.b;
  float* c = products.c;
#pragma GCC unroll 1
  for (int place = 0; place < kPatchPlaces; place++, a += aPlane, b += bPlane, c += cPlane) {
    const float* from = a;
    float* to = c;
    for (long n = 0; n < count; n++, from += aStep, to += Rows * cStride) {
      Floats sums[Rows][Vectors] = {};
      if (accumulate) {
#pragma GCC unroll 16
        for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
          for (int v = 0; v < Vectors; v++) sums[i][v] = load(to + i * cStride + v * kLanes);
        }
      }
      // Every fourth row of A, so that pointers and multiples of the stride fit the registers.
      const float *row0 = from, *row4 = from + 4 * aStride, *row8 = from + 8 * aStride, *row12 = from + 12 * aStride;
      const float* row = b;
      const auto step = [&](int number) {
        Floats values[Vectors];
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; v++) values[v] = load(row + v * kLanes);
#pragma GCC unroll 16
        for (int i = 0; i < Rows; i++) {
          const float* const fourth = i < 4 ? row0 : i < 8 ? row4 : i < 12 ? row8 : row12;
          const Floats element = broadcast(A == Adjacent::Rows ? row0[i] : fourth[i % 4 * aStride + number]);
#pragma GCC unroll 2
          for (int v = 0; v < Vectors; v++) sums[i][v] = fma(element, values[v], sums[i][v]);
        }
        row += bStride;
        if (A == Adjacent::Rows) row0 += aStride;
      };
      long steps = depth;
      for (; steps >= kUnrolledSteps; steps -= kUnrolledSteps) {
        // Hides how the pointers relate: left alone, the compiler keeps one a row, on the stack.
        if (A == Adjacent::Reduction) asm("" : "+r"(row0), "+r"(row4), "+r"(row8), "+r"(row12));
#pragma GCC unroll 2
        for (int number = 0; number < kUnrolledSteps; number++) step(number);
        if (A == Adjacent::Reduction) row0 += kUnrolledSteps, row4 += kUnrolledSteps, row8 += kUnrolledSteps, row12 += kUnrolledSteps;
      }
      if (A == Adjacent::Rows && steps > 0) step(0);
#pragma GCC unroll 16
      for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; v++) store(to + i * cStride + v * kLanes, sums[i][v]);
      }
    }
  }
}

typedef void (*MultiplyPlaces)(const PlaceProducts& products, long count);

template <int Vectors, Adjacent A>
struct PlaceKernel {
  template <int Rows>
  static constexpr MultiplyPlaces of = multiplyPlaces<Rows, Vectors, A>;
};
template <int Vectors, Adjacent A>
constexpr ByRows<MultiplyPlaces, PlaceKernel<Vectors, A>, mostRows(Vectors)> kPlaceKernels;

// All rows, in nearly equal tiles: of two heights at the most, the taller ones first.
template <Adjacent A>
inline void multiplyAllPlaces(PlaceProducts products) {
  constexpr int narrow = kSingleVectors ? 1 : 2;
  const MultiplyPlaces* const kernels = products.columns > kLanes ? kPlaceKernels<2, A>.byRows : kPlaceKernels<narrow, A>.byRows;
  const long tiles = ceilDivide(products.rows, tileRows(products.columns));
  const long height = products.rows / tiles, taller = products.rows % tiles, row = taller * (height + 1);
  if (taller > 0) kernels[height + 1](products, taller);
  products.a += row * (A == Adjacent::Rows ? 1 : products.aStride);
  products.c += row * products.cStride;
  kernels[height](products, tiles - taller);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
