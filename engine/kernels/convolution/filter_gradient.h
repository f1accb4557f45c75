// The filter's gradient: G[(ky, kx, i), o] = sum over images and places of in[place + tap, i] * gradient[place, o], a product with few
// results and a reduction over every place of every image. Its rows (kx, i) are adjacent in an image row, so the tiles read
// the source where it lies, or small ones a packed copy; rows of places whose tap is beyond the source are left out. Tasks take chunks of the
// images and ranges of row tiles; a second phase adds the chunks.
#pragma once
#include "../partial_sums.h"
#include "../product/packing.h"
#include "../product/product.h"
#include "convolution_geometry.h"

namespace rappel {
namespace RAPPEL_ISA {

struct FilterGradient {
  long inPerGroup, outPerGroup;
  long runs, runRows, runTiles;  // rows of the result whose sources are adjacent: how many runs, rows of each, tiles of each
  long places, imagesAtOnce, rowsAtOnce;  // of one image; how much of the reduction the tiles take at once
  long chunks, rowBlocks;                 // the split into tasks
  bool packsGradient, copiesSource, packsTiles, asksAhead;
  Range columns;     // of a copied source
  long windowRows;   // of it that one turn reads at most
  long resultElements, offsetElements, panelElements, windowElements, tileElements;
};

constexpr long kPartialElements = 512 * 1024;  // of all chunks together: 2 MB
constexpr long kMinPlacesAhead = 12;           // of a row: the steps between which memory is asked for must not be few
constexpr long kTilesAtOnce = 4;               // that are packed together: of rows as long as a vector they are a cache line

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
  // A small tile takes little of each cache line of the source, and again for every panel, and rows of places may be short.
  plan.packsTiles = kSmallTiles && plan.outPerGroup >= 4 * kTileColumns && plan.runRows >= kTilesAtOnce * kTileRows;
  plan.asksAhead = !plan.packsTiles && plan.outPerGroup > kLanes && c.outWidth >= kMinPlacesAhead && c.kernelHeight >= c.strideHeight;
  plan.tileElements = plan.packsTiles ? roundUp(kTilesAtOnce * kTileRows * plan.imagesAtOnce * plan.rowsAtOnce * c.outWidth, 16) : 0;
  return plan;
}

inline void filterGradientSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  const FilterGradient plan = planFilterGradient(c);
  schedule.phases = 2;
  schedule.tasks[0] = static_cast<int>(plan.chunks * plan.rowBlocks);
  schedule.tasks[1] = partialSumTasks(plan.resultElements);
  schedule.workspaceBytes = plan.chunks * plan.resultElements * sizeof(float);
  schedule.scratchBytes = plan.offsetElements * sizeof(long) + (plan.panelElements + plan.windowElements + plan.tileElements) * sizeof(float);
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

// Rows of tiles in the order of packTiles, from every place of some segments: row `row` of a place is at segment's offset + x * placeStride + row.
inline void packPlaces(const float* source, long placeStride, const long* segmentOffsets, long segments, long places, long rows, long tiles, float* target) {
  const long steps = segments * places;
  if (kTileRows == kLanes && tiles == kTilesAtOnce && rows == kTilesAtOnce * kLanes) {
    for (long segment = 0; segment < segments; segment++) {
      const float* from = source + segmentOffsets[segment];
      for (long x = 0; x < places; x++, from += placeStride, target += kLanes) {
#pragma GCC unroll 4
        for (long i = 0; i < kTilesAtOnce; i++) store(target + i * kLanes * steps, load(from + i * kLanes));
      }
    }
    return;
  }
  for (long tile = 0; tile < tiles; tile++) {
    const long first = partStart(rows, tiles, tile), height = partStart(rows, tiles, tile + 1) - first;
    for (long segment = 0; segment < segments; segment++) {
      const float* from = source + segmentOffsets[segment] + first;
      for (long x = 0; x < places; x++, from += placeStride, target += height) copyFloats(from, height, target);
    }
  }
}

// Adds the turn's products to the row tiles [firstTile, lastTile) of one run and group in the panels from firstPanel to lastPanel; the first
// turn stores them.
inline void multiplyRun(const ConvolutionArguments& c, const FilterGradient& plan, const FilterTurn& turn, int group, const float* gradient, const long* offsets,
                        long firstTile, long lastTile, long firstPanel, long lastPanel, bool accumulate, float* tiles, float* result, Tile& tile) {
  const long channels = c.inChannels, runsPerKernelRow = plan.runs / c.kernelHeight;
  const long run = firstTile / plan.runTiles, part = firstTile % plan.runTiles, lastPart = part + lastTile - firstTile;
  const int ky = static_cast<int>(run / runsPerKernelRow);
  const long kx = run % runsPerKernelRow;
  // Of the turn's rows of places, those whose tap meets the source: place y reads its row y * stride - above.
  const int above = c.padTop - ky * c.dilationHeight;
  const long begin = maximum(turn.y, -floorDivide(-above, c.strideHeight));
  const long end = minimum(turn.y + turn.rows, floorDivide(c.inHeight - 1 + above, c.strideHeight) + 1);
  if (begin >= end && accumulate) return;
  const long first = (begin - turn.y) * turn.images, none = 0;
  const long row = partStart(plan.runRows, plan.runTiles, part);
  tile.aStride = c.strideWidth * channels;
  tile.length = c.outWidth;
  tile.cStride = c.outChannels;
  tile.accumulate = accumulate;
  tile.segments = begin < end ? static_cast<int>((end - begin) * turn.images) : 0;
  tile.segmentOffsets = offsets + first;
  const float* a = turn.source + (kx * c.dilationWidth - above * turn.pitch) * channels + group * plan.inPerGroup;
  long aRow = 1;
  if (plan.packsTiles) {
    const long rows = partStart(plan.runRows, plan.runTiles, lastPart) - row;
    packPlaces(a + row, tile.aStride, tile.segmentOffsets, tile.segments, tile.length, rows, lastPart - part, tiles);
    tile.length *= tile.segments;
    tile.segments = 1;
    tile.segmentOffsets = &none;
    aRow = tile.length;
    a = tiles - row * aRow;
  }
  for (long panel = firstPanel; panel < lastPanel; panel += kTileColumns) {
    const long width = panelColumns(panel, plan.outPerGroup);
    tile.a = a;
    tile.lastLanes = lastLanesOf(width);
    tile.bStride = panelWidth(width);
    tile.b = gradient + panelOffset(panel, turn.steps) + first * c.outWidth * tile.bStride;
    tile.c = result + (run * plan.runRows + row) * c.outChannels + group * plan.outPerGroup + panel;
    multiplyColumn(tileKernels(Adjacent::Rows, width), tile, plan.runRows, plan.runTiles, part, lastPart, aRow, c.outChannels, plan.packsTiles);
  }
}

// The same for the row tiles [firstTile, lastTile) of all runs and all panels.
inline void multiplyTurn(const ConvolutionArguments& c, const FilterGradient& plan, const FilterTurn& turn, int group, const float* gradient,
                         const long* offsets, long firstTile, long lastTile, bool accumulate, float* tiles, float* result, Tile& tile) {
  const long panels = plan.packsTiles ? plan.outPerGroup : kTileColumns;  // a panel stays in L1, or packed tiles do
  const long tilesAtOnce = plan.packsTiles ? kTilesAtOnce : plan.runTiles;
  for (long panel = 0; panel < plan.outPerGroup; panel += panels) {
    for (long index = firstTile, next; index < lastTile; index = next) {
      next = minimum(minimum(lastTile, index + tilesAtOnce), (index / plan.runTiles + 1) * plan.runTiles);
      multiplyRun(c, plan, turn, group, gradient, offsets, index, next, panel, panel + panels, accumulate, tiles, result, tile);
    }
  }
}

// Spreads asking for what the next turn reads over the `tiles` of each panel. It follows this turn's in memory, also into the next image.
inline void askForNextTurn(const ConvolutionArguments& c, const FilterGradient& plan, const FilterTurn& turn, long tiles, Tile& tile) {
  const long sourceImage = static_cast<long>(c.inHeight) * c.inWidth * c.inChannels, gradientImage = plan.places * c.outChannels;
  const bool sameImages = turn.y + turn.rows < c.outHeight;
  const long sourceRow = static_cast<long>(c.strideHeight) * c.inWidth * c.inChannels, gradientRow = static_cast<long>(c.outWidth) * c.outChannels;
  const long nextImage = turn.image + (sameImages ? 0 : turn.images);
  if (nextImage >= c.batch) return;
  const int nextRow = sameImages ? turn.y + turn.rows : 0;
  const long images = minimum(turn.images, c.batch - nextImage);
  const long source = images > 1 ? images * sourceImage : turn.rows * sourceRow;
  const float* const from = c.a + nextImage * sourceImage + nextRow * sourceRow;
  Ahead ahead;
  for (long half = 0; half < 2; half++) ahead.add(from + half * source / 2, source / 2);
  ahead.add(c.b + nextImage * gradientImage + nextRow * gradientRow, images > 1 ? images * gradientImage : turn.rows * gradientRow);
  tile.askAhead(ahead, tiles * c.groups * ceilDivide(plan.outPerGroup, kTileColumns) * turn.steps);
}

inline void filterGradientTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const FilterGradient plan = planFilterGradient(c);
  float* const partials = reinterpret_cast<float*>(workspace);
  if (phase == 1) return addPartials(partials, plan.chunks, plan.resultElements, tail, task, worker);

  long* const offsets = reinterpret_cast<long*>(worker.scratch);
  float* const panels = reinterpret_cast<float*>(offsets + plan.offsetElements);
  float* const window = panels + plan.panelElements;
  float* const tiles = window + plan.windowElements;
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
      Tile tile;
      if (kPrefetches && plan.asksAhead) askForNextTurn(c, plan, turn, lastTile - firstTile, tile);
      for (int group = 0; group < c.groups; group++) {
        if (plan.packsGradient) packTurn(c, plan, turn, group, panels);
        const float* gradient = plan.packsGradient ? panels : c.b + (image * plan.places + static_cast<long>(y) * c.outWidth) * c.outChannels;
        multiplyTurn(c, plan, turn, group, gradient, offsets, firstTile, lastTile, accumulate, tiles,
                     partials + chunk * plan.resultElements, tile);
      }
      accumulate = true;
      y += turn.rows;
    } while (y < c.outHeight);
    image += images;
  } while (image < lastImage);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
