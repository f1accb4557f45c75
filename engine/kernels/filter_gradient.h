// The filter's gradient: G[(ky, kx, i), o] = sum over images and places of in[place + tap, i] * gradient[place, o], a product with few
// results and a reduction over every place of every image. Its rows (kx, i) are adjacent in an image row, so the tiles read
// the source where it lies; rows of places whose tap is beyond the source are left out. Tasks take chunks of the images and
// ranges of row tiles; a second phase adds the chunks.
#pragma once
#include "convolution_geometry.h"
#include "packing.h"
#include "partial_sums.h"
#include "product.h"

namespace rappel {
namespace RAPPEL_ISA {

struct FilterGradient {
  long inPerGroup, outPerGroup;
  long runs, runRows, runTiles;  // rows of the result whose sources are adjacent: how many runs, rows of each, tiles of each
  long places, imagesAtOnce, rowsAtOnce;  // of one image; how much of the reduction the tiles take at once
  long chunks, rowBlocks;                 // the split into tasks
  bool packsGradient, copiesSource;
  Range columns;     // of a copied source
  long windowRows;   // of it that one turn reads at most
  long resultElements, offsetElements, panelElements, windowElements;
};

constexpr long kPartialElements = 512 * 1024;  // of all chunks together: 2 MB

inline FilterGradient planFilterGradient(const ConvolutionArguments& c) {
  FilterGradient plan{};
  plan.inPerGroup = c.inChannels / c.groups, plan.outPerGroup = c.outChannels / c.groups;
  const bool joined = c.groups == 1 && c.dilationWidth == 1;
  plan.runs = joined ? c.kernelHeight : static_cast<long>(c.kernelHeight) * c.kernelWidth;
  plan.runRows = joined ? c.kernelWidth * plan.inPerGroup : plan.inPerGroup;
  plan.runTiles = ceilDivide(plan.runRows, tileRows(plan.outPerGroup));
  plan.places = static_cast<long>(c.outHeight) * c.outWidth;
  plan.imagesAtOnce = maximum(1, minimum(kMaxDepth / maximum(1, plan.places), maximum(1, c.batch)));
  plan.rowsAtOnce = maximum(1, minimum(kMaxDepth / maximum(1, c.outWidth), maximum(1, c.outHeight)));
  if (plan.imagesAtOnce == 1 && c.outHeight > 0) plan.rowsAtOnce = ceilDivide(c.outHeight, ceilDivide(c.outHeight, plan.rowsAtOnce));

  const long resultElements = plan.runs * plan.runRows * c.outChannels;
  plan.resultElements = resultElements;
  const long wanted = tasksFor(2.0 * c.batch * plan.places * resultElements / c.groups / kFlopsPerMicrosecond);
  plan.chunks = minimum(wanted, maximum(1, kPartialElements / maximum(1, resultElements)));
  plan.chunks = maximum(1, minimum(plan.chunks, ceilDivide(c.batch, plan.imagesAtOnce)));
  plan.rowBlocks = maximum(1, minimum(ceilDivide(wanted, plan.chunks), plan.runs * plan.runTiles));
  if (plan.chunks > 1) plan.imagesAtOnce = minimum(plan.imagesAtOnce, ceilDivide(c.batch, plan.chunks));

  plan.columns = {-c.padLeft, (c.outWidth - 1) * c.strideWidth - c.padLeft + (c.kernelWidth - 1) * c.dilationWidth + 1};
  plan.copiesSource = plan.columns.begin < 0 || plan.columns.end > c.inWidth;
  plan.packsGradient = c.groups > 1 || plan.imagesAtOnce > 1 || (c.outChannels != kLanes && c.outChannels != kTileColumns);
  plan.offsetElements = roundUp(plan.imagesAtOnce * plan.rowsAtOnce, 16);
  plan.panelElements = plan.packsGradient ? panelElements(plan.outPerGroup, plan.imagesAtOnce * plan.rowsAtOnce * c.outWidth) : 0;
  plan.windowRows = minimum(c.inHeight, (plan.rowsAtOnce - 1) * c.strideHeight + (c.kernelHeight - 1) * c.dilationHeight + 1);
  const long windowImage = plan.windowRows * (plan.columns.end - plan.columns.begin) * c.inChannels;
  plan.windowElements = plan.copiesSource ? roundUp(plan.imagesAtOnce * windowImage, 16) : 0;
  return plan;
}

inline void filterGradientSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  const FilterGradient plan = planFilterGradient(c);
  schedule.phases = 2;
  schedule.tasks[0] = static_cast<int>(plan.chunks * plan.rowBlocks);
  schedule.tasks[1] = partialSumTasks(plan.resultElements);
  schedule.workspaceBytes = plan.chunks * plan.resultElements * sizeof(float);
  schedule.scratchBytes = plan.offsetElements * sizeof(long) + (plan.panelElements + plan.windowElements) * sizeof(float);
  if (schedule.scratchBytes < kPartialSumScratch) schedule.scratchBytes = kPartialSumScratch;
}

// One turn of the reduction: the places of `rows` rows from y on, of `images` images from `image` on. Its steps go through the
// rows, in each of them through the images, in each of these through the places.
struct FilterTurn {
  long image, images;
  int y, rows;
  long steps;
  const float* source;      // where row 0, column `columns.begin` of the first image lies or would lie
  long pitch, imageStride;  // of the source: places from row to row, elements from image to image
};

inline FilterTurn prepareTurn(const ConvolutionArguments& c, const FilterGradient& plan, long image, long images, int y, float* window, long* offsets) {
  FilterTurn turn;
  const long channels = c.inChannels;
  const long imageElements = static_cast<long>(c.inHeight) * c.inWidth * channels;
  turn.image = image, turn.images = images, turn.y = y;
  turn.rows = static_cast<int>(minimum(plan.rowsAtOnce, c.outHeight - y));
  turn.steps = images * turn.rows * c.outWidth;
  if (plan.copiesSource) {
    const long top = static_cast<long>(y) * c.strideHeight - c.padTop;
    const long bottom = top + (turn.rows - 1) * c.strideHeight + (c.kernelHeight - 1) * c.dilationHeight + 1;
    const Range rows{static_cast<int>(maximum(0, top)), static_cast<int>(minimum(c.inHeight, bottom))};
    turn.pitch = plan.columns.end - plan.columns.begin;
    turn.imageStride = plan.windowRows * turn.pitch * channels;
    for (long i = 0; i < images; i++) {
      copyWindow(c.a + (image + i) * imageElements, c.inHeight, c.inWidth, channels, rows, plan.columns, window + i * turn.imageStride);
    }
    turn.source = window - rows.begin * turn.pitch * channels;
  } else {
    turn.pitch = c.inWidth;
    turn.imageStride = imageElements;
    turn.source = c.a + image * imageElements + plan.columns.begin * channels;
  }
  for (int row = 0; row < turn.rows; row++) {
    for (long i = 0; i < images; i++) {
      offsets[row * images + i] = i * turn.imageStride + (y + row) * c.strideHeight * turn.pitch * channels;
    }
  }
  return turn;
}

// The turn's part of the output's gradient, one group's channels, as panels in the order of the steps.
inline void packTurn(const ConvolutionArguments& c, const FilterGradient& plan, const FilterTurn& turn, int group, float* panels) {
  const float* gradient = c.b + (turn.image * plan.places + static_cast<long>(turn.y) * c.outWidth) * c.outChannels + group * plan.outPerGroup;
  for (int row = 0; row < turn.rows; row++) {
    for (long i = 0; i < turn.images; i++) {
      packPanels(gradient + (i * plan.places + row * c.outWidth) * c.outChannels, c.outChannels, 1, c.outWidth, plan.outPerGroup, panels, turn.steps,
                 (row * turn.images + i) * c.outWidth);
    }
  }
}

// Adds the turn's products to the row tiles [firstTile, lastTile) of one group; the first turn stores them.
inline void multiplyTurn(const ConvolutionArguments& c, const FilterGradient& plan, const FilterTurn& turn, int group, const float* gradient,
                         const long* offsets, long firstTile, long lastTile, bool accumulate, float* result) {
  const long channels = c.inChannels, runsPerKernelRow = plan.runs / c.kernelHeight;
  Tile tile;
  tile.aStride = c.strideWidth * channels;
  tile.length = c.outWidth;
  tile.cStride = c.outChannels;
  tile.accumulate = accumulate;
  for (long panel = 0; panel < plan.outPerGroup; panel += kTileColumns) {
    const long width = panelColumns(panel, plan.outPerGroup);
    const MultiplyTiles* kernels = tileKernels(Adjacent::Rows, width);
    tile.lastLanes = lastLanesOf(width);
    tile.bStride = panelWidth(width);
    for (long index = firstTile, next; index < lastTile; index = next) {
      const long run = index / plan.runTiles, part = index % plan.runTiles;
      const long row = partStart(plan.runRows, plan.runTiles, part);
      next = minimum(lastTile, (run + 1) * plan.runTiles);
      const int ky = static_cast<int>(run / runsPerKernelRow);
      const long kx = run % runsPerKernelRow;
      // Of the turn's rows of places, those whose tap meets the source: place y reads its row y * stride - above.
      const int above = c.padTop - ky * c.dilationHeight;
      const long begin = maximum(turn.y, -floorDivide(-above, c.strideHeight));
      const long end = minimum(turn.y + turn.rows, floorDivide(c.inHeight - 1 + above, c.strideHeight) + 1);
      if (begin >= end && accumulate) continue;
      const long first = (begin - turn.y) * turn.images;
      tile.segments = begin < end ? static_cast<int>((end - begin) * turn.images) : 0;
      tile.segmentOffsets = offsets + first;
      tile.a = turn.source + (kx * c.dilationWidth - above * turn.pitch) * channels + group * plan.inPerGroup;
      tile.b = gradient + panelOffset(panel, turn.steps) + first * c.outWidth * tile.bStride;
      tile.c = result + (run * plan.runRows + row) * c.outChannels + group * plan.outPerGroup + panel;
      multiplyColumn(kernels, tile, plan.runRows, plan.runTiles, part, part + next - index, 1, c.outChannels, false);
    }
  }
}

inline void filterGradientTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const FilterGradient plan = planFilterGradient(c);
  float* const partials = reinterpret_cast<float*>(workspace);
  if (phase == 1) return addPartials(partials, plan.chunks, plan.resultElements, tail, task, worker);

  long* const offsets = reinterpret_cast<long*>(worker.scratch);
  float* const panels = reinterpret_cast<float*>(offsets + plan.offsetElements);
  float* const window = panels + plan.panelElements;
  const long chunk = task / plan.rowBlocks, rowBlock = task % plan.rowBlocks;
  const long firstTile = partStart(plan.runs * plan.runTiles, plan.rowBlocks, rowBlock);
  const long lastTile = partStart(plan.runs * plan.runTiles, plan.rowBlocks, rowBlock + 1);
  const long lastImage = partStart(c.batch, plan.chunks, chunk + 1);
  long image = partStart(c.batch, plan.chunks, chunk);
  bool accumulate = false;
  do {  // also for an empty batch, whose gradient is zero
    const long images = minimum(plan.imagesAtOnce, lastImage - image);
    int y = 0;
    do {
      const FilterTurn turn = prepareTurn(c, plan, image, images, y, window, offsets);
      for (int group = 0; group < c.groups; group++) {
        if (plan.packsGradient) packTurn(c, plan, turn, group, panels);
        const float* gradient = plan.packsGradient ? panels : c.b + (image * plan.places + static_cast<long>(y) * c.outWidth) * c.outChannels;
        multiplyTurn(c, plan, turn, group, gradient, offsets, firstTile, lastTile, accumulate, partials + chunk * plan.resultElements);
      }
      accumulate = true;
      y += turn.rows;
    } while (y < c.outHeight);
    image += images;
  } while (image < lastImage);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
