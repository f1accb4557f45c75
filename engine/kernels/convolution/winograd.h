// Convolutions of 3 x 3 at stride 1 between whole vectors of channels, output and input gradient, by minimal filtering F(2 x 2, 3 x 3): a tile of 2 x 2
// results comes from a patch of 4 x 4 places through 16 products instead of 36. Patches, filters and results go through small transforms of
// additions; between them stand 16 matrix products [tiles, source channels] [source channels, result channels].
//   V = B^T d B     U = G g G^T     M = U V, channel by channel     result = A^T M A
// Rounding errors are 0.7 to 1.7 times those of the plain sum (root mean square, 4 to 256 channels). What is not finite spreads over the tile it lies in.
// After A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015.
//
// Phase 0 transforms and packs the filter; in phase 1 each task takes rows of tiles, a band of them at a time, which stays in this core's caches
// from its source to its tail.
#pragma once
#include "../product/product.h"
#include "convolution_geometry.h"
#include "winograd_product.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr double kMostTilePlaces = 1.5;        // for each result: a last tile that is half empty costs as much as a full one
constexpr long kMinTiles = 2 * kLanes;         // of all images, for whose sake the filter is transformed: wider vectors wait longer for its memory
constexpr long kMinBandTiles = kSmallTiles ? 48 : 16;  // with fewer, many tiles of registers would be low ones
constexpr long kMaxBandElements = 160 * 1024;  // of transformed patches and products: 640 KB, a third of a usual L2
constexpr int kWinogradFilterTasks = kPatch;   // a row of the transformed filter each

struct Winograd {
  long sourceHeight, sourceWidth, sourceChannels;
  long resultHeight, resultWidth, resultChannels;
  long top, left;  // where the first patch begins in the source
  bool gradient;   // then the taps count from the last one down, and the filter is transposed
  long tileRows, tileColumns;  // of an image
  long rows, rowsPerTask, rowsPerBand;  // rows of tiles: of all images, of a task and of a band
  long patchPlane, productPlane;        // floats from one of the 16 places to the next
};

inline Winograd planWinograd(const ConvolutionArguments& c) {
  Winograd plan{};
  plan.gradient = c.kind == ConvolutionKind::InputGradient;
  if (plan.gradient) {
    plan.sourceHeight = c.outHeight, plan.sourceWidth = c.outWidth, plan.sourceChannels = c.outChannels;
    plan.resultHeight = c.inHeight, plan.resultWidth = c.inWidth, plan.resultChannels = c.inChannels;
    plan.top = c.padTop - 2, plan.left = c.padLeft - 2;
  } else {
    plan.sourceHeight = c.inHeight, plan.sourceWidth = c.inWidth, plan.sourceChannels = c.inChannels;
    plan.resultHeight = c.outHeight, plan.resultWidth = c.outWidth, plan.resultChannels = c.outChannels;
    plan.top = -c.padTop, plan.left = -c.padLeft;
  }
  plan.tileRows = ceilDivide(plan.resultHeight, 2), plan.tileColumns = ceilDivide(plan.resultWidth, 2);
  plan.rows = c.batch * plan.tileRows;
  return plan;
}

// Bands of at most so many elements of patches and products, nearly equal within a task of `rowsPerTask` rows of tiles.
inline void planBands(Winograd& plan, long rowsPerTask, long elements) {
  const long rowElements = kPatchPlaces * (plan.sourceChannels + plan.resultChannels) * plan.tileColumns;
  const long most = maximum(minimum(elements, kMaxBandElements) / rowElements, ceilDivide(kMinBandTiles, plan.tileColumns));
  plan.rowsPerTask = rowsPerTask;
  plan.rowsPerBand = ceilDivide(rowsPerTask, ceilDivide(rowsPerTask, most));
  const long tiles = plan.rowsPerBand * plan.tileColumns;
  plan.patchPlane = roundUp(tiles * plan.sourceChannels, 16) + 16;  // no power of two: the 16 places would share cache sets
  plan.productPlane = roundUp(tiles * plan.resultChannels, 16) + 16;
}

// Microseconds that the products of all tiles take.
inline double winogradProducts(const Winograd& plan) {
  return 2.0 * plan.rows * plan.tileColumns * kPatchPlaces * plan.sourceChannels * plan.resultChannels / kFlopsPerMicrosecond;
}

inline long winogradFilterElements(const Winograd& plan) { return plan.sourceChannels * plan.resultChannels; }

// Of a convolution's output or input gradient. A band is as large as the transformed filter, which each fetches once: with few channels both stay in
// L1, with many the filter, in L2, is shared by several rows of tiles.
inline Winograd planWinogradBands(const ConvolutionArguments& c) {
  Winograd plan = planWinograd(c);
  planBands(plan, ceilDivide(plan.rows, tasksFor(winogradProducts(plan))), kPatchPlaces * winogradFilterElements(plan));
  return plan;
}

inline bool isWinograd(const ConvolutionArguments& c, double mostTilePlaces = kMostTilePlaces) {
  if (c.kind == ConvolutionKind::FilterGradient || c.kernelHeight != 3 || c.kernelWidth != 3 || c.strideHeight != 1 || c.strideWidth != 1 ||
      c.dilationHeight != 1 || c.dilationWidth != 1 || c.groups != 1 || c.inChannels % kChannelUnit != 0 || c.outChannels % kChannelUnit != 0) {
    return false;
  }
  const bool gradient = c.kind == ConvolutionKind::InputGradient;
  const long height = gradient ? c.inHeight : c.outHeight, width = gradient ? c.inWidth : c.outWidth;
  const long tiles = ceilDivide(height, 2) * ceilDivide(width, 2);
  return c.batch * tiles >= kMinTiles && 4 * tiles <= mostTilePlaces * height * width;
}

inline void winogradSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  const Winograd plan = planWinogradBands(c);
  schedule.phases = 2;
  schedule.tasks[0] = kWinogradFilterTasks;
  schedule.tasks[1] = static_cast<int>(ceilDivide(plan.rows, plan.rowsPerTask));
  schedule.workspaceBytes = kPatchPlaces * winogradFilterElements(plan) * sizeof(float);
  const long results = roundUp(2 * plan.rowsPerBand * plan.resultWidth * plan.resultChannels, 16);
  const long band = kPatchPlaces * (plan.patchPlane + plan.productPlane) + results;
  schedule.scratchBytes = maximum(band, kPatch * winogradFilterElements(plan)) * sizeof(float);
}

// ---- The filter -----------------------------------------------------------------------------------------------------------------

// Row `row` of G (4 x 3) times three values, of which it takes the first, the last or halves of all.
RAPPEL_INLINE Floats filterRow(int row, Floats first, Floats middle, Floats last) {
  switch (row) {
    case 0: return first;
    case 1: return (first + last + middle) * 0.5f;
    case 2: return (first + last - middle) * 0.5f;
    default: return last;
  }
}

// The source channels are taken in parts, as products take their reduction: where that part begins, at a whole vector.
RAPPEL_INLINE long channelsBefore(const Winograd& plan, long part) {
  return partStart(plan.sourceChannels / kLanes, depthParts(plan.sourceChannels), part) * kLanes;
}

// Row `row` of U = G g G^T for all pairs of channels, packed as panels.
inline void transformFilter(const ConvolutionArguments& c, const Winograd& plan, int row, float* scratch, float* packed) {
  const long elements = winogradFilterElements(plan);
  for (long i = 0; i < elements; i += kLanes) {
    Floats taps[3];
    for (int column = 0; column < 3; column++) {
      const auto tap = [&](int tapRow) {
        const int number = tapRow * 3 + column;
        return load(c.b + (plan.gradient ? 8 - number : number) * elements + i);
      };
      taps[column] = filterRow(row, tap(0), tap(1), tap(2));
    }
    for (int column = 0; column < kPatch; column++) store(scratch + column * elements + i, filterRow(column, taps[0], taps[1], taps[2]));
  }
  const long rowStride = plan.gradient ? 1 : plan.resultChannels, columnStride = plan.gradient ? plan.sourceChannels : 1;
  for (int column = 0; column < kPatch; column++) {
    for (long part = 0; part < depthParts(plan.sourceChannels); part++) {
      const long start = channelsBefore(plan, part), depth = channelsBefore(plan, part + 1) - start;
      packPanels(scratch + column * elements + start * rowStride, rowStride, columnStride, depth, plan.resultChannels,
                 packed + (row * kPatch + column) * elements + start * plan.resultChannels, depth, 0);
    }
  }
}

// ---- A band of rows of tiles, which may lie in several images ----------------------------------------------------------------------

// Calls `visit(image, row, tile)` for the rows of tiles [begin, end): the row's number in its image, and its first tile's in the band.
template <typename Visit>
RAPPEL_INLINE void visitRows(const Winograd& plan, long begin, long end, Visit visit) {
  for (long row = begin; row < end; row++) visit(row / plan.tileRows, row % plan.tileRows, (row - begin) * plan.tileColumns);
}

inline void transformBandOfPatches(const ConvolutionArguments& c, const Winograd& plan, long begin, long end, float* patches) {
  visitRows(plan, begin, end, [&](long image, long row, long tile) {
    const Image source{c.a + image * plan.sourceHeight * plan.sourceWidth * plan.sourceChannels, plan.sourceHeight, plan.sourceWidth, plan.sourceChannels};
    transformPatches(source, plan.top + 2 * row, plan.left, plan.tileColumns, patches + tile * plan.sourceChannels, plan.patchPlane);
  });
}

inline void multiplyPatches(const Winograd& plan, long tiles, const float* patches, const float* filter, float* products) {
  const long parts = depthParts(plan.sourceChannels);
  for (long part = 0; part < parts; part++) {
    const long start = channelsBefore(plan, part);
    PlaceProducts panel;
    panel.rows = tiles, panel.depth = channelsBefore(plan, part + 1) - start;
    panel.aStride = plan.sourceChannels, panel.cStride = plan.resultChannels;
    panel.aPlane = plan.patchPlane, panel.bPlane = winogradFilterElements(plan), panel.cPlane = plan.productPlane;
    panel.accumulate = part > 0;
    for (long column = 0; column < plan.resultChannels; column += kTileColumns) {
      panel.columns = panelColumns(column, plan.resultChannels), panel.bStride = panelWidth(panel.columns);
      panel.a = patches + start, panel.c = products + column;
      panel.b = filter + start * plan.resultChannels + panelOffset(column, panel.depth);
      multiplyAllPlaces<Adjacent::Reduction>(panel);
    }
  }
}

// How many rows of results a row of tiles has, and the first of them, counted through all images.
RAPPEL_INLINE long resultRows(const Winograd& plan, long row) { return minimum(2, plan.resultHeight - 2 * row); }
RAPPEL_INLINE long firstResultRow(const Winograd& plan, long row) { return row / plan.tileRows * plan.resultHeight + 2 * (row % plan.tileRows); }

// `result` is where the band's first row of results goes.
inline void transformBandOfProducts(const Winograd& plan, long begin, long end, const float* products, float* result) {
  visitRows(plan, begin, end, [&](long, long row, long tile) {
    const long rows = resultRows(plan, row);
    transformProducts(products + tile * plan.resultChannels, plan.productPlane, plan.resultChannels, result, rows, plan.resultWidth);
    result += rows * plan.resultWidth * plan.resultChannels;
  });
}

inline void winogradTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const Winograd plan = planWinogradBands(c);
  float* const patches = reinterpret_cast<float*>(worker.scratch);
  float* const filter = reinterpret_cast<float*>(workspace);
  if (phase == 0) return transformFilter(c, plan, task, patches, filter);
  float* const products = patches + kPatchPlaces * plan.patchPlane;
  float* const tailInput = products + kPatchPlaces * plan.productPlane;
  const long last = minimum(plan.rows, (task + 1) * plan.rowsPerTask);
  for (long begin = task * plan.rowsPerTask; begin < last; begin += plan.rowsPerBand) {
    const long end = minimum(last, begin + plan.rowsPerBand);
    transformBandOfPatches(c, plan, begin, end, patches);
    multiplyPatches(plan, (end - begin) * plan.tileColumns, patches, filter, products);
    const long start = firstResultRow(plan, begin) * plan.resultWidth * plan.resultChannels;
    const long count = firstResultRow(plan, end) * plan.resultWidth * plan.resultChannels - start;
    float* const result = tail.plain ? tail.plain + start : tailInput;
    transformBandOfProducts(plan, begin, end, products, result);
    finish(tail, worker, start, count, result);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
