// The input's gradient where the input has few channels (a first layer, an image that a generator ends in). As a correlation
// it would leave most lanes of a vector idle. Here each place of the output's gradient is multiplied with the whole filter,
// [places, outChannels] x [outChannels, taps * inChannels], which fills the lanes with taps, and the products are added to
// the pixels under the taps, in the fixed order of places.
//
// Phase 0 packs the transposed filter; phase 1 computes rows of the result, from the places that reach them.
#pragma once
#include "../product/product.h"
#include "convolution_geometry.h"

namespace rappel {
namespace RAPPEL_ISA {

struct ScatteredGradient {
  long columns;        // taps * inChannels
  long panelElements;  // of the packed filter
  long width;          // elements of a result row with room on both sides for taps beyond the image
  long imagesPerTask, rowBlocks, rowsPerTask;
  long productScratch, rowProducts;  // floats
};

// The taps must fill vectors better than the channels do.
RAPPEL_INLINE bool scattersInputGradient(const ConvolutionArguments& c) {
  return c.kind == ConvolutionKind::InputGradient && c.groups == 1 && 2 * c.inChannels <= kLanes && c.kernelHeight * c.kernelWidth > 1;
}

// One row of places times one panel of the filter.
RAPPEL_INLINE ProductBlock rowOfPlaces(const ConvolutionArguments& c, const ScatteredGradient& plan, long panel) {
  ProductBlock block{};
  block.rows = c.outWidth, block.depth = c.outChannels;
  block.aRowStride = c.outChannels, block.aColumnStride = 1;
  block.columns = panelWidth(panelColumns(panel, plan.columns));
  block.bRowStride = block.columns, block.bColumnStride = 1;
  block.cStride = roundUp(plan.columns, kLanes);
  block.accessToA = AccessToA::Reduction;
  return block;
}

inline ScatteredGradient planScatteredGradient(const ConvolutionArguments& c) {
  ScatteredGradient plan{};
  plan.columns = static_cast<long>(c.kernelHeight) * c.kernelWidth * c.inChannels;
  plan.panelElements = panelElements(plan.columns, c.outChannels);
  const int reach = (c.outWidth - 1) * c.strideWidth - c.padLeft + (c.kernelWidth - 1) * c.dilationWidth + 1;
  plan.width = (maximum(c.inWidth, reach) + maximum(0, c.padLeft)) * c.inChannels;
  const double microseconds = 2.0 * c.batch * c.outHeight * c.outWidth * c.outChannels * plan.columns / kFlopsPerMicrosecond;
  const long wanted = tasksFor(microseconds);
  plan.imagesPerTask = maximum(1, c.batch / wanted);
  plan.rowBlocks = c.batch < wanted ? minimum(ceilDivide(wanted, maximum(1, c.batch)), ceilDivide(c.inHeight, 2 * c.kernelHeight)) : 1;
  plan.rowBlocks = maximum(1, plan.rowBlocks);
  plan.rowsPerTask = ceilDivide(c.inHeight, plan.rowBlocks);
  plan.productScratch = productScratch(rowOfPlaces(c, plan, 0));
  plan.rowProducts = roundUp(c.outWidth * roundUp(plan.columns, kLanes), 16);
  return plan;
}

inline void scatteredGradientSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  const ScatteredGradient plan = planScatteredGradient(c);
  schedule.phases = 2;
  schedule.tasks[0] = 1;
  schedule.tasks[1] = static_cast<int>(maximum(1, plan.rowBlocks * ceilDivide(c.batch, plan.imagesPerTask)));
  schedule.workspaceBytes = plan.panelElements * sizeof(float);
  const long rows = roundUp(plan.rowsPerTask * plan.width, 16) + roundUp(plan.rowsPerTask * c.inWidth * c.inChannels, 16);
  schedule.scratchBytes = (plan.productScratch + plan.rowProducts + rows) * sizeof(float);
}

// In fours, not in whole vectors with masks: a masked load waits for any store under its full width.
RAPPEL_INLINE void addFloats(const float* source, long count, float* target) {
  typedef float Four __attribute__((vector_size(16), aligned(4), may_alias));
  long i = 0;
  for (; i + 4 <= count; i += 4) *reinterpret_cast<Four*>(target + i) += *reinterpret_cast<const Four*>(source + i);
  for (; i < count; i++) target[i] += source[i];
}

inline void scatteredGradientTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const ScatteredGradient plan = planScatteredGradient(c);
  float* const filter = reinterpret_cast<float*>(workspace);
  if (phase == 0) return packPanels(c.b, 1, c.outChannels, c.outChannels, plan.columns, filter, c.outChannels, 0);

  float* const scratch = reinterpret_cast<float*>(worker.scratch);
  float* const products = scratch + plan.productScratch;
  float* const sums = products + plan.rowProducts;  // result rows of `width` elements; pixel (row, 0) begins after the left margin
  float* const tailInput = sums + roundUp(plan.rowsPerTask * plan.width, 16);
  const long margin = maximum(0, c.padLeft) * static_cast<long>(c.inChannels);
  const long rowElements = static_cast<long>(c.inWidth) * c.inChannels;
  const long runLength = c.dilationWidth == 1 ? c.kernelWidth * static_cast<long>(c.inChannels) : c.inChannels;  // taps side by side
  const long runs = plan.columns / c.kernelHeight / runLength;                                                  // of a row of taps
  const long step = c.strideWidth * static_cast<long>(c.inChannels), productStride = roundUp(plan.columns, kLanes);
  const long passes = ceilDivide(runLength, step);
  const int firstRow = static_cast<int>(minimum(c.inHeight, task % plan.rowBlocks * plan.rowsPerTask));
  const int lastRow = static_cast<int>(minimum(c.inHeight, firstRow + plan.rowsPerTask));
  const long firstImage = task / plan.rowBlocks * plan.imagesPerTask;
  const long lastImage = minimum(c.batch, firstImage + plan.imagesPerTask);
  for (long image = firstImage; image < lastImage; image++) {
    fillZeros(sums, (lastRow - firstRow) * plan.width);
    for (int y = 0; y < c.outHeight; y++) {
      const int top = y * c.strideHeight - c.padTop;
      if (top >= lastRow || top + (c.kernelHeight - 1) * c.dilationHeight < firstRow) continue;
      for (long panel = 0; panel < plan.columns; panel += kTileColumns) {
        ProductBlock block = rowOfPlaces(c, plan, panel);
        block.a = c.a + (image * c.outHeight + y) * c.outWidth * c.outChannels;
        block.b = filter + panelOffset(panel, c.outChannels);
        block.c = products + panel;
        multiplyBlock(block, scratch);
      }
      // Places that share pixels come in different passes: a load right after a store that it overlaps would stall.
      for (long pass = 0; pass < passes; pass++) {
        for (int ky = 0; ky < c.kernelHeight; ky++) {
          const int row = top + ky * c.dilationHeight;
          if (row < firstRow || row >= lastRow) continue;
          for (long run = 0; run < runs; run++) {
            float* target = sums + (row - firstRow) * plan.width + margin + (run * c.dilationWidth - c.padLeft) * c.inChannels;
            const float* product = products + (ky * runs + run) * runLength;
            for (long x = pass; x < c.outWidth; x += passes) addFloats(product + x * productStride, runLength, target + x * step);
          }
        }
      }
    }
    const long start = (image * c.inHeight + firstRow) * rowElements;
    float* const result = tail.plain ? tail.plain + start : tailInput;
    for (int row = firstRow; row < lastRow; row++) {
      copyFloats(sums + (row - firstRow) * plan.width + margin, rowElements, result + (row - firstRow) * rowElements);
    }
    finish(tail, worker, start, (lastRow - firstRow) * rowElements, result);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
