// Convolutions of 3 x 3 at stride 1 with many channels, output and input gradient, by minimal filtering F(2 x 2, 3 x 3): a tile of 2 x 2
// results comes from a patch of 4 x 4 places through 16 products instead of 36. Patches, filters and results go through small transforms of
// additions; between them stand 16 matrix products [tiles, source channels] [source channels, result channels].
//   V = B^T d B     U = G g G^T     M = U V, channel by channel     result = A^T M A
// Rounding errors are 0.8 to 1.7 times those of the plain sum (root mean square, 32 to 256 channels). What is not finite spreads over the tile it lies in.
// After A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015.
//
// Phase 0 transforms and packs the filter; phase 1 computes blocks of rows of tiles, each in L2 from its source to its tail.
#pragma once
#include "convolution_geometry.h"
#include "product.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kPatch = 4, kPatchPlaces = kPatch * kPatch;
constexpr long kMinWinogradChannels = 32;          // of source and result: with fewer, the transforms take what the products save
constexpr long kWinogradElements = 160 * 1024;     // of transformed patches and products at once: 640 KB, a third of a usual L2
constexpr int kWinogradFilterTasks = kPatch;       // a row of the transformed filter each

struct Winograd {
  int sourceHeight, sourceWidth, resultHeight, resultWidth;
  int top, left;  // where the first patch begins in the source
  long sourceChannels, resultChannels;
  bool gradient;  // then the taps count from the last one down, and the filter is transposed
  long tileRows, tileColumns;  // of an image
  long rows, rowsPerBlock;     // rows of tiles: of all images, and of a block
  bool copiesSource;
  long patchPlane, productPlane;  // floats from one of the 16 places to the next
  long patchElements, productElements, resultElements, windowElements;
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
  const long tileElements = kPatchPlaces * (plan.sourceChannels + plan.resultChannels);
  plan.rowsPerBlock = maximum(1, kWinogradElements / maximum(1, tileElements * plan.tileColumns));
  const long tasks = maximum(tasksFor(2.0 * plan.rows * plan.tileColumns * kPatchPlaces * plan.sourceChannels * plan.resultChannels / kFlopsPerMicrosecond), 1);
  plan.rowsPerBlock = maximum(1, minimum(plan.rowsPerBlock, ceilDivide(plan.rows, tasks)));
  plan.copiesSource = plan.top < 0 || plan.left < 0 || plan.top + 2 * plan.tileRows + 2 > plan.sourceHeight || plan.left + 2 * plan.tileColumns + 2 > plan.sourceWidth;

  const long tiles = plan.rowsPerBlock * plan.tileColumns;
  plan.patchPlane = roundUp(tiles * plan.sourceChannels, 16) + 16;  // no power of two: the 16 places would share cache sets
  plan.productPlane = roundUp(tiles * plan.resultChannels, 16) + 16;
  plan.patchElements = kPatchPlaces * plan.patchPlane;
  plan.productElements = kPatchPlaces * plan.productPlane;
  plan.resultElements = roundUp(2 * plan.rowsPerBlock * plan.resultWidth * plan.resultChannels, 16);
  const long windowRows = 2 * minimum(plan.rowsPerBlock, plan.tileRows) + 2;
  plan.windowElements = plan.copiesSource ? roundUp(windowRows * (2 * plan.tileColumns + 2) * plan.sourceChannels, 16) : 0;
  return plan;
}

inline bool isWinograd(const ConvolutionArguments& c) {
  if (c.kind == ConvolutionKind::FilterGradient || c.kernelHeight != 3 || c.kernelWidth != 3 || c.strideHeight != 1 || c.strideWidth != 1 ||
      c.dilationHeight != 1 || c.dilationWidth != 1 || c.groups != 1) {
    return false;
  }
  if (c.inChannels < kMinWinogradChannels || c.outChannels < kMinWinogradChannels || c.inChannels % kLanes || c.outChannels % kLanes) return false;
  const bool gradient = c.kind == ConvolutionKind::InputGradient;
  const long height = gradient ? c.inHeight : c.outHeight, width = gradient ? c.inWidth : c.outWidth;
  // A last tile that is half empty costs as much as a full one.
  return height * width > 0 && 4 * ceilDivide(height, 2) * ceilDivide(width, 2) * 4 <= 6 * height * width;
}

inline long winogradFilterElements(const Winograd& plan) { return plan.sourceChannels * plan.resultChannels; }

inline void winogradSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  const Winograd plan = planWinograd(c);
  schedule.phases = 2;
  schedule.tasks[0] = kWinogradFilterTasks;
  schedule.tasks[1] = static_cast<int>(ceilDivide(plan.rows, plan.rowsPerBlock));
  schedule.workspaceBytes = kPatchPlaces * winogradFilterElements(plan) * sizeof(float);
  const long block = plan.patchElements + plan.productElements + plan.resultElements + plan.windowElements;
  schedule.scratchBytes = maximum(block, kPatch * winogradFilterElements(plan)) * sizeof(float);
}

// The products of one of the 16 places: [rows, source channels] [source channels, result channels].
RAPPEL_INLINE ProductBlock placeProduct(const Winograd& plan, long rows) {
  ProductBlock block{};
  block.rows = rows, block.columns = plan.resultChannels, block.depth = plan.sourceChannels;
  block.aRowStride = plan.sourceChannels, block.aColumnStride = 1;
  block.cStride = plan.resultChannels;
  block.accessToA = AccessToA::Reduction;
  block.packsB = true;
  block.packedColumns = plan.resultChannels;
  return block;
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
  ProductBlock block = placeProduct(plan, 0);
  block.bRowStride = plan.gradient ? 1 : plan.resultChannels;
  block.bColumnStride = plan.gradient ? plan.sourceChannels : 1;
  const long parts = depthParts(block.depth);
  for (int column = 0; column < kPatch; column++) {
    block.b = scratch + column * elements;
    for (long part = 0; part < parts; part++) {
      const long start = partStart(block.depth, parts, part);
      packBlockOfB(block, start, partStart(block.depth, parts, part + 1) - start, 0, packed + (row * kPatch + column) * elements + start * block.packedColumns);
    }
  }
}

// ---- Patches and results -------------------------------------------------------------------------------------------------------------

// B^T d B of one patch: its places go to `target`, a plane apart.
inline void transformPatch(const float* source, long rowStride, long channels, float* target, long plane) {
  for (long channel = 0; channel < channels; channel += kLanes) {
    Floats rows[kPatch][kPatch];
#pragma GCC unroll 4
    for (int column = 0; column < kPatch; column++) {
      const float* from = source + column * channels + channel;
      const Floats d0 = load(from), d1 = load(from + rowStride), d2 = load(from + 2 * rowStride), d3 = load(from + 3 * rowStride);
      rows[0][column] = d0 - d2, rows[1][column] = d1 + d2, rows[2][column] = d2 - d1, rows[3][column] = d1 - d3;
    }
#pragma GCC unroll 4
    for (int row = 0; row < kPatch; row++) {
      const Floats* r = rows[row];
      float* const to = target + row * kPatch * plane + channel;
      store(to, r[0] - r[2]);
      store(to + plane, r[1] + r[2]);
      store(to + 2 * plane, r[2] - r[1]);
      store(to + 3 * plane, r[1] - r[3]);
    }
  }
}

// A^T M A of one tile, of which `height` x `width` results are wanted.
inline void transformProducts(const float* products, long plane, long channels, float* result, long rowStride, int height, int width) {
  for (long channel = 0; channel < channels; channel += kLanes) {
    Floats rows[2][kPatch];
#pragma GCC unroll 4
    for (int column = 0; column < kPatch; column++) {
      const float* from = products + column * plane + channel;
      const Floats m0 = load(from), m1 = load(from + kPatch * plane), m2 = load(from + 2 * kPatch * plane), m3 = load(from + 3 * kPatch * plane);
      rows[0][column] = m0 + m1 + m2, rows[1][column] = m1 - m2 - m3;
    }
#pragma GCC unroll 2
    for (int row = 0; row < 2; row++) {
      if (row == height) break;
      const Floats* r = rows[row];
      float* const to = result + row * rowStride + channel;
      store(to, r[0] + r[1] + r[2]);
      if (width > 1) store(to + channels, r[1] - r[2] - r[3]);
    }
  }
}

// ---- A block of rows of tiles, which may lie in several images -----------------------------------------------------------------------------

// Calls `visit(image, first, last, tile)` for the rows of tiles [first, last) of each image; the first of their tiles has that number in the block.
template <typename Visit>
RAPPEL_INLINE void visitImages(const Winograd& plan, long begin, long end, Visit visit) {
  for (long row = begin; row < end;) {
    const long image = row / plan.tileRows, first = row % plan.tileRows;
    const long last = minimum(plan.tileRows, first + end - row);
    visit(image, first, last, (row - begin) * plan.tileColumns);
    row += last - first;
  }
}

inline void transformPatches(const ConvolutionArguments& c, const Winograd& plan, long begin, long end, float* window, float* patches) {
  visitImages(plan, begin, end, [&](long image, long first, long last, long tile) {
    const float* source = c.a + image * plan.sourceHeight * plan.sourceWidth * plan.sourceChannels;
    const int top = static_cast<int>(plan.top + 2 * first);
    long pitch = plan.sourceWidth;
    if (plan.copiesSource) {
      pitch = 2 * plan.tileColumns + 2;
      copyWindow(source, plan.sourceHeight, plan.sourceWidth, plan.sourceChannels, {top, static_cast<int>(plan.top + 2 * last + 2)},
                 {plan.left, static_cast<int>(plan.left + pitch)}, window);
      source = window;
    } else {
      source += (top * pitch + plan.left) * plan.sourceChannels;
    }
    const long rowStride = pitch * plan.sourceChannels;
    for (long row = first; row < last; row++, source += 2 * rowStride) {
      for (long column = 0; column < plan.tileColumns; column++, tile++) {
        transformPatch(source + 2 * column * plan.sourceChannels, rowStride, plan.sourceChannels, patches + tile * plan.sourceChannels, plan.patchPlane);
      }
    }
  });
}

// `result` is where the block's first row of results goes.
inline void transformResults(const Winograd& plan, long begin, long end, const float* products, float* result) {
  const long rowStride = plan.resultWidth * plan.resultChannels;
  visitImages(plan, begin, end, [&](long, long first, long last, long tile) {
    for (long row = first; row < last; row++) {
      const int height = static_cast<int>(minimum(2, plan.resultHeight - 2 * row));
      for (long column = 0; column < plan.tileColumns; column++, tile++) {
        const int width = static_cast<int>(minimum(2, plan.resultWidth - 2 * column));
        transformProducts(products + tile * plan.resultChannels, plan.productPlane, plan.resultChannels, result + 2 * column * plan.resultChannels, rowStride,
                          height, width);
      }
      result += height * rowStride;
    }
  });
}

// The first row of results of a row of tiles, counted through all images.
RAPPEL_INLINE long firstResultRow(const Winograd& plan, long row) { return row / plan.tileRows * plan.resultHeight + 2 * (row % plan.tileRows); }

inline void winogradTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const Winograd plan = planWinograd(c);
  float* const patches = reinterpret_cast<float*>(worker.scratch);
  float* const filter = reinterpret_cast<float*>(workspace);
  if (phase == 0) return transformFilter(c, plan, task, patches, filter);
  float* const products = patches + plan.patchElements;
  float* const tailInput = products + plan.productElements;
  const long begin = task * plan.rowsPerBlock, end = minimum(plan.rows, begin + plan.rowsPerBlock);
  transformPatches(c, plan, begin, end, tailInput + plan.resultElements, patches);

  ProductBlock block = placeProduct(plan, (end - begin) * plan.tileColumns);
  for (long place = 0; place < kPatchPlaces; place++) {
    block.a = patches + place * plan.patchPlane;
    block.c = products + place * plan.productPlane;
    block.packedB = filter + place * winogradFilterElements(plan);
    multiplyBlock(block, nullptr);
  }

  const long start = firstResultRow(plan, begin) * plan.resultWidth * plan.resultChannels;
  const long count = firstResultRow(plan, end) * plan.resultWidth * plan.resultChannels - start;
  float* const result = tail.plain ? tail.plain + start : tailInput;
  transformResults(plan, begin, end, products, result);
  finish(tail, worker, start, count, result);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
