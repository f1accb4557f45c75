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
  Range columns;  // of a copied source
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
  plan.windowElements = plan.copiesSource
                            ? roundUp(plan.imagesAtOnce * c.inHeight * (plan.columns.end - plan.columns.begin) * c.inChannels, 16)
                            : 0;
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

inline void filterGradientTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const FilterGradient plan = planFilterGradient(c);
  float* const partials = reinterpret_cast<float*>(workspace);
  if (phase == 1) return addPartials(partials, plan.chunks, plan.resultElements, tail, task, worker);

  long* const offsets = reinterpret_cast<long*>(worker.scratch);
  float* const panels = reinterpret_cast<float*>(offsets + plan.offsetElements);
  float* const window = panels + plan.panelElements;
  float* const result = partials + task / plan.rowBlocks * plan.resultElements;
  const long firstTile = partStart(plan.runs * plan.runTiles, plan.rowBlocks, task % plan.rowBlocks);
  const long lastTile = partStart(plan.runs * plan.runTiles, plan.rowBlocks, task % plan.rowBlocks + 1);
  const long firstImage = partStart(c.batch, plan.chunks, task / plan.rowBlocks);
  const long lastImage = partStart(c.batch, plan.chunks, task / plan.rowBlocks + 1);
  const long channels = c.inChannels;
  const long imageElements = static_cast<long>(c.inHeight) * c.inWidth * channels;
  const long pitch = plan.copiesSource ? plan.columns.end - plan.columns.begin : c.inWidth;  // places from row to row
  const long imageStride = c.inHeight * pitch * channels;

  Tile tile;
  tile.aStride = c.strideWidth * channels;
  tile.segmentOffsets = offsets;
  tile.length = c.outWidth;
  tile.cStride = c.outChannels;
  bool accumulate = tile.accumulate = false;
  long image = firstImage;
  do {
    const long images = minimum(plan.imagesAtOnce, lastImage - image);
    const float* source = c.a + (image * c.inHeight * c.inWidth + plan.columns.begin) * channels;
    if (plan.copiesSource) {
      for (long i = 0; i < images; i++) {
        copyWindow(c.a + (image + i) * imageElements, c.inHeight, c.inWidth, channels, {0, c.inHeight}, plan.columns, window + i * imageStride);
      }
      source = window;
    }
    int y = 0;
    do {
      // The reduction at hand, in the order of rows of places, in each of them the images, in each of them the places.
      const int rows = static_cast<int>(minimum(plan.rowsAtOnce, c.outHeight - y));
      const long steps = images * rows * c.outWidth;
      for (int row = 0; row < rows; row++) {
        for (long i = 0; i < images; i++) offsets[row * images + i] = i * imageStride + (y + row) * c.strideHeight * pitch * channels;
      }
      const float* gradient = c.b + (image * plan.places + static_cast<long>(y) * c.outWidth) * c.outChannels;
      for (int group = 0; group < c.groups; group++) {
        const float* b = gradient;
        if (plan.packsGradient) {
          for (int row = 0; row < rows; row++) {
            for (long i = 0; i < images; i++) {
              packPanels(gradient + (i * plan.places + row * c.outWidth) * c.outChannels + group * plan.outPerGroup, c.outChannels, 1, c.outWidth,
                         plan.outPerGroup, panels, steps, (row * images + i) * c.outWidth);
            }
          }
          b = panels;
        }
        for (long panel = 0; panel < plan.outPerGroup; panel += kTileColumns) {
          const long width = panelColumns(panel, plan.outPerGroup);
          const MultiplyTile* kernels = tileKernels(Adjacent::Rows, width);
          tile.lastLanes = lastLanesOf(width);
          tile.bStride = panelWidth(width);
          for (long index = firstTile; index < lastTile; index++) {
            const long run = index / plan.runTiles, part = index % plan.runTiles;
            const long row = partStart(plan.runRows, plan.runTiles, part);
            const long perKernelRow = plan.runs / c.kernelHeight;
            const int ky = static_cast<int>(run / perKernelRow);
            const long kx = run % perKernelRow;
            // Of the rows of places at hand, those whose row of taps meets the source.
            const int above = c.padTop - ky * c.dilationHeight;  // place y reads source row y * stride - above
            const long begin = maximum(y, -floorDivide(-above, c.strideHeight));
            const long end = minimum(y + rows, floorDivide(c.inHeight - 1 + above, c.strideHeight) + 1);
            if (begin >= end && accumulate) continue;
            tile.segments = begin < end ? static_cast<int>((end - begin) * images) : 0;
            tile.segmentOffsets = offsets + (begin - y) * images;
            tile.b = b + panelOffset(panel, steps) + (begin - y) * images * c.outWidth * tile.bStride;
            tile.a = source + (kx * c.dilationWidth - above * pitch) * channels + group * plan.inPerGroup + row;
            tile.c = result + (run * plan.runRows + row) * c.outChannels + group * plan.outPerGroup + panel;
            kernels[partStart(plan.runRows, plan.runTiles, part + 1) - row](tile);
          }
        }
      }
      tile.accumulate = accumulate = true;
      y += rows;
    } while (y < c.outHeight);
    image += images;
  } while (image < lastImage);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
