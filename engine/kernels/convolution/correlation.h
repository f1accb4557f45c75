// Correlation: the convolution's output, and its gradient for the input, by implicit matrix products. The rows of a register
// tile are neighbouring results of an image row; along the reduction the tile walks over the taps, reading the source
// where it lies. Rows of taps beyond the source are left out; only a source that needs padding at its sides is copied,
// with its zeros. Nothing is ever unfolded into patches.
//
// Phase 0 packs the filter into panels where the tiles cannot read it as it is; the next phase computes rows of images, a band of them at a time:
// its copied source, its results and their tail stay in L1 or near it, and the next band's memory is asked for between the steps.
#pragma once
#include "../product/product.h"
#include "correlation_plan.h"

namespace rappel {
namespace RAPPEL_ISA {

// Packs the filter, in the order of the phases, their groups, and in each of these the taps row by row.
inline void packFilter(const ConvolutionArguments& c, const Correlation& plan, int task, float* target) {
  long unit = 0;
  for (int phaseRow = 0; phaseRow < plan.phasesHeight; phaseRow++) {
    const AxisPhase rows = rowAxis(c, phaseRow);
    for (int phaseColumn = 0; phaseColumn < plan.phasesWidth; phaseColumn++) {
      const AxisPhase columns = columnAxis(c, phaseColumn);
      const long steps = rows.taps * columns.taps * plan.sourcePerGroup;
      for (int tapRow = 0; tapRow < rows.taps; tapRow++) {
        if (unit++ % plan.packingTasks != task) continue;
        for (int tapColumn = 0; tapColumn < columns.taps; tapColumn++) {
          const long tap = (rows.kernel + tapRow * rows.kernelStep) * static_cast<long>(c.kernelWidth) + columns.kernel + tapColumn * columns.kernelStep;
          const long firstStep = (static_cast<long>(tapRow) * columns.taps + tapColumn) * plan.sourcePerGroup;
          for (int group = 0; group < plan.groups; group++) {
            packPanels(c.b + tap * plan.filterTap + group * plan.filterGroup, plan.filterSource, plan.filterResult, plan.sourcePerGroup,
                       plan.resultPerGroup, target + group * panelElements(plan.resultPerGroup, steps), steps, firstStep);
          }
        }
      }
      target += plan.groups * panelElements(plan.resultPerGroup, steps);
    }
  }
}

// A source image as the tiles read it: the element at (row, column, 0) is at data + (row * pitch + column) * channels.
struct SourceView {
  const float* data;
  long pitch;
};

// All results of one phase in a range of rows, and the reduction that leads to them: over taps row by row, in segments of
// `length` adjacent elements of the source, which `offsets` lists from the place of tap (0, 0).
struct CorrelationPhase {
  AxisPhase rows, columns;
  Range results;  // of `rows`
  long steps, length;
  int segments, columnSegments;  // all of them, and those of one row of taps
};

inline CorrelationPhase preparePhase(const Correlation& plan, const AxisPhase& rows, const AxisPhase& columns, Range results, long pitch, long* offsets) {
  CorrelationPhase phase{rows, columns, results, 0, 0, 0, 0};
  const bool joined = plan.groups == 1 && columns.offsetStep == 1;  // taps that follow each other in memory make one segment
  phase.steps = rows.taps * columns.taps * plan.sourcePerGroup;
  phase.length = joined ? columns.taps * plan.sourceChannels : plan.sourcePerGroup;
  phase.columnSegments = columns.taps == 0 ? 0 : joined ? 1 : columns.taps;
  phase.segments = rows.taps * phase.columnSegments;
  for (int row = 0; row < rows.taps; row++) {
    for (int column = 0; column < phase.columnSegments; column++) {
      *offsets++ = ((rows.offset + row * rows.offsetStep) * pitch + columns.offset + column * columns.offsetStep) * plan.sourceChannels;
    }
  }
  return phase;
}

// What one panel of the filter contributes by a range of segments, of each of these by `length` elements from `start`.
struct PanelStep {
  int group;
  long panel;
  const float* filter;  // of the phase and group
  long firstSegment, lastSegment, start, length;
  bool accumulate;
};

// `result` is the image row `firstRow`.
inline void correlatePanel(const Correlation& plan, const CorrelationPhase& phase, const PanelStep& step, SourceView source, const long* offsets,
                           float* result, int firstRow, Tile& tile) {
  const AxisPhase &rows = phase.rows, &columns = phase.columns;
  const long rowTiles = ceilDivide(columns.count, tileRows(plan.resultPerGroup));
  const long width = panelColumns(step.panel, plan.resultPerGroup);
  const MultiplyTiles* kernels = tileKernels(Adjacent::Reduction, width, tile.asksAhead);
  tile.aStride = columns.step * plan.sourceChannels;
  tile.length = step.length;
  tile.bStride = panelWidth(width);
  tile.cStride = columns.stride * plan.resultChannels;
  tile.lastLanes = lastLanesOf(width);
  tile.accumulate = step.accumulate;
  const long sourceRow = source.pitch * plan.sourceChannels, resultRow = plan.resultWidth * plan.resultChannels;
  for (int y = phase.results.begin, next; y < phase.results.end; y = next) {
    // Of the segments at hand, those whose row of taps meets the source. Short rows with the same ones go together, tile under tile.
    const Range taps = tapsWithin(rows, y, plan.sourceHeight);
    for (next = y + 1; next < phase.results.end && rowTiles <= kMostTilesAcross; next++) {
      const Range others = tapsWithin(rows, next, plan.sourceHeight);
      if (others.begin != taps.begin || others.end != taps.end) break;
    }
    const long begin = maximum(step.firstSegment, taps.begin * phase.columnSegments);
    const long end = minimum(step.lastSegment, taps.end * phase.columnSegments);
    if (begin >= end && step.accumulate) continue;
    tile.segmentOffsets = offsets + begin;
    tile.segments = begin < end ? static_cast<int>(end - begin) : 0;
    tile.b = step.filter + panelOffset(step.panel, phase.steps) + (begin * phase.length + step.start) * tile.bStride;
    tile.a = source.data + y * rows.step * sourceRow + step.group * plan.sourcePerGroup + step.start;
    tile.c = result + (rows.first + y * rows.stride - firstRow) * resultRow + columns.first * plan.resultChannels + step.group * plan.resultPerGroup + step.panel;
    if (rowTiles > kMostTilesAcross) {
      multiplyColumn(kernels, tile, columns.count, rowTiles, 0, rowTiles, tile.aStride, tile.cStride, false);
      continue;
    }
    tile.tiles = next - y;
    tile.aStep = rows.step * sourceRow, tile.cStep = rows.stride * resultRow;
    for (long i = 0; i < rowTiles; i++) {
      const long height = columns.count / rowTiles + (i < columns.count % rowTiles);
      kernels[height](tile);
      tile.goAhead();
      tile.a += height * tile.aStride;
      tile.c += height * tile.cStride;
    }
  }
}

// The whole phase, for all groups; `result` is the image row `firstRow`. The reduction goes in steps whose panels stay in L1:
// several segments at once, or parts of one.
inline void correlatePhase(const Correlation& plan, const CorrelationPhase& phase, SourceView source, const float* filter, const long* offsets,
                           float* result, int firstRow, Tile& tile) {
  const long parts = depthParts(phase.length);
  const long segmentsAtOnce = phase.segments == 0 || parts > 1 ? 1 : ceilDivide(phase.segments, depthParts(phase.steps));
  PanelStep step;
  step.filter = filter;
  for (step.group = 0; step.group < plan.groups; step.group++) {
    step.firstSegment = 0;
    do {  // also without any tap, where the results are zero
      step.lastSegment = minimum(phase.segments, step.firstSegment + segmentsAtOnce);
      for (long part = 0; part < parts; part++) {
        step.start = partStart(phase.length, parts, part);
        step.length = partStart(phase.length, parts, part + 1) - step.start;
        step.accumulate = step.firstSegment > 0 || part > 0;
        for (step.panel = 0; step.panel < plan.resultPerGroup; step.panel += kTileColumns) {
          correlatePanel(plan, phase, step, source, offsets, result, firstRow, tile);
        }
      }
      step.firstSegment = step.lastSegment;
    } while (step.firstSegment < phase.segments);
    step.filter += panelElements(plan.resultPerGroup, phase.steps);
  }
}

// What the next band needs: the rows of the source that this one has not read, and what its `count` results from `start` on meet. They follow this
// band's in memory, also into the next image.
inline Ahead afterBand(const Correlation& plan, const Tail& tail, const float* source, long start, long count) {
  Ahead ahead;
  const long sourceCount = plan.readsAllRows ? plan.sourceHeight * plan.sourceWidth * plan.sourceChannels * plan.rowsPerBand / plan.resultHeight : 0;
  if (sourceCount > count) {
    for (long half = 0; half < 2; half++) ahead.add(source + half * sourceCount / 2, sourceCount / 2);
  } else if (sourceCount > 0) {
    ahead.add(source, sourceCount);
  }
  addMemoryOf(tail, start, count, ahead);
  return ahead;
}

// The rows [firstRow, lastRow) of one image's result.
inline void correlateBand(const ConvolutionArguments& c, const Correlation& plan, const Tail& tail, long image, int firstRow, int lastRow, Worker& worker,
                          char* workspace) {
  long* const offsets = reinterpret_cast<long*>(worker.scratch);
  float* const tailInput = reinterpret_cast<float*>(offsets + plan.offsetElements);
  float* const window = tailInput + plan.resultElements;
  const long sourceElements = static_cast<long>(plan.sourceHeight) * plan.sourceWidth * plan.sourceChannels;
  SourceView source{c.a + image * sourceElements, plan.sourceWidth};
  if (plan.copiesSource) {
    const Range copied = sourceRows(c, plan, firstRow, lastRow);
    copyWindow(source.data, plan.sourceHeight, plan.sourceWidth, plan.sourceChannels, copied, plan.sourceColumns, window);
    source.pitch = plan.sourceColumns.end - plan.sourceColumns.begin;
    source.data = window - (copied.begin * source.pitch + plan.sourceColumns.begin) * plan.sourceChannels;
  }
  const long rowElements = plan.resultWidth * plan.resultChannels;
  const long start = (image * plan.resultHeight + firstRow) * rowElements, count = (lastRow - firstRow) * rowElements;
  float* const result = tail.plain ? tail.plain + start : tailInput;
  const float* filter = plan.packsFilter ? reinterpret_cast<const float*>(workspace) : c.b;
  Tile tile;
  if (kAsksAlongReduction && plan.asksAhead && (image + 1 < plan.batch || lastRow < plan.resultHeight)) {
    const long sourceAfter = static_cast<long>(sourceRows(c, plan, firstRow, lastRow).end) * plan.sourceWidth * plan.sourceChannels;
    const Ahead ahead = afterBand(plan, tail, c.a + image * sourceElements + sourceAfter, start + count, count);
    if (ahead.count > 0) tile.askAhead(ahead, plan.stepsPerBand);
  }
  if (plan.hasGaps) fillZeros(result, count);
  for (int phaseRow = 0; phaseRow < plan.phasesHeight; phaseRow++) {
    const AxisPhase rows = rowAxis(c, phaseRow);
    for (int phaseColumn = 0; phaseColumn < plan.phasesWidth; phaseColumn++) {
      const CorrelationPhase phase =
          preparePhase(plan, rows, columnAxis(c, phaseColumn), phaseResults(rows, firstRow, lastRow), source.pitch, offsets);
      if (phase.segments > 0) correlatePhase(plan, phase, source, filter, offsets, result, firstRow, tile);
      filter += plan.groups * panelElements(plan.resultPerGroup, phase.steps);
    }
  }
  finish(tail, worker, start, count, result);
}

inline void correlationTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const Correlation plan = planCorrelation(c);
  if (plan.packsFilter && phase == 0) return packFilter(c, plan, task, reinterpret_cast<float*>(workspace));
  if (plan.resultWidth == 0 || plan.resultHeight == 0 || plan.resultChannels == 0) return;

  const long block = task % plan.rowBlocks;
  const int firstRow = static_cast<int>(partStart(plan.resultHeight, plan.rowBlocks, block));
  const int lastRow = static_cast<int>(partStart(plan.resultHeight, plan.rowBlocks, block + 1));
  const long firstImage = task / plan.rowBlocks * plan.imagesPerTask;
  const long lastImage = minimum(plan.batch, firstImage + plan.imagesPerTask);
  for (long image = firstImage; image < lastImage; image++) {
    for (int row = firstRow, next; row < lastRow; row = next) {
      next = static_cast<int>(minimum(lastRow, row + plan.rowsPerBand));
      correlateBand(c, plan, tail, image, row, next, worker, workspace);
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
