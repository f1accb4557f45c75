// How a correlation is cut up: into phases, of which each meets the same taps everywhere, and into bands of rows that stay in a core's caches.
#pragma once
#include "../product/packing.h"
#include "convolution_geometry.h"

namespace rappel {
namespace RAPPEL_ISA {

struct Correlation {
  int phasesHeight, phasesWidth;
  int batch, groups;
  int sourceHeight, sourceWidth, resultHeight, resultWidth;
  long sourceChannels, resultChannels, sourcePerGroup, resultPerGroup;
  long filterTap, filterSource, filterResult, filterGroup;  // strides in the filter
  bool packsFilter, copiesSource;
  bool hasGaps;       // results that no tap reaches
  bool readsAllRows;  // of the source
  bool asksAhead;     // for the next band's memory
  Range sourceColumns;  // of a copied source
  long imagesPerTask, rowBlocks;
  long rowsPerBand, stepsPerBand;  // rows of results that are computed together, and how many steps of the tiles that takes
  long packingTasks, packedElements;
  long offsetElements, resultElements, windowElements;  // scratch: the table in longs, the others in floats
};

constexpr long kBandElements = 24 * 1024;  // of the result and what it is computed from: 96 KB, which stay in L1 or near it
constexpr long kMinBandPlaces = 256;       // of each phase: the filter is read again for every band
constexpr long kMostTilesAcross = 2;       // a row of so few tiles is too short for one call
constexpr long kMinChannelsAhead = 8;      // of the source: the steps between which memory is asked for must not be few

RAPPEL_INLINE AxisPhase rowAxis(const ConvolutionArguments& c, int phase) {
  return c.kind == ConvolutionKind::Output ? outputAxis(c.outHeight, c.kernelHeight, c.strideHeight, c.padTop, c.dilationHeight)
                                           : inputGradientAxis(c.inHeight, c.kernelHeight, c.strideHeight, c.padTop, c.dilationHeight, phase);
}
RAPPEL_INLINE AxisPhase columnAxis(const ConvolutionArguments& c, int phase) {
  return c.kind == ConvolutionKind::Output ? outputAxis(c.outWidth, c.kernelWidth, c.strideWidth, c.padLeft, c.dilationWidth)
                                           : inputGradientAxis(c.inWidth, c.kernelWidth, c.strideWidth, c.padLeft, c.dilationWidth, phase);
}

// The rows of the source that result rows [begin, end) touch.
RAPPEL_INLINE Range sourceRows(const ConvolutionArguments& c, const Correlation& plan, int begin, int end) {
  Range range{0, 0};
  for (int phase = 0; phase < plan.phasesHeight; phase++) {
    const AxisPhase axis = rowAxis(c, phase);
    range = unite(range, phaseSource(axis, phaseResults(axis, begin, end)));
  }
  range.begin = range.begin < 0 ? 0 : range.begin;
  range.end = range.end > plan.sourceHeight ? plan.sourceHeight : range.end;
  return range.begin < range.end ? range : Range{0, 0};
}

// Bands have whole numbers of rows of every phase, nearly equal ones within `rows` rows of results.
inline void planBands(const ConvolutionArguments& c, long rows, Correlation& plan) {
  const long places = maximum(1, ceilDivide(plan.resultWidth, plan.phasesWidth));  // of a phase in a row
  const long source = plan.sourceHeight * plan.sourceWidth * plan.sourceChannels / maximum(1, plan.resultHeight);
  const long rowElements = plan.phasesHeight * (source + plan.resultWidth * plan.resultChannels);  // of a row of every phase
  const long most = maximum(kBandElements / maximum(1, rowElements), ceilDivide(kMinBandPlaces, places));
  const long phaseRows = maximum(1, ceilDivide(rows, plan.phasesHeight));
  const long bandRows = ceilDivide(phaseRows, ceilDivide(phaseRows, most));
  const long tiles = ceilDivide(places, tileRows(plan.resultPerGroup)) * ceilDivide(plan.resultPerGroup, kTileColumns) * plan.groups;
  plan.rowsPerBand = bandRows * plan.phasesHeight;
  plan.stepsPerBand = bandRows * tiles * c.kernelHeight * c.kernelWidth * plan.sourcePerGroup;
  plan.asksAhead = plan.sourcePerGroup >= kMinChannelsAhead;
}

inline Correlation planCorrelation(const ConvolutionArguments& c) {
  Correlation plan{};
  const bool gradient = c.kind == ConvolutionKind::InputGradient;
  plan.batch = c.batch, plan.groups = c.groups;
  const long inPerGroup = c.inChannels / c.groups, outPerGroup = c.outChannels / c.groups;
  plan.filterTap = inPerGroup * c.outChannels;
  plan.filterGroup = outPerGroup;
  if (gradient) {
    plan.phasesHeight = c.strideHeight, plan.phasesWidth = c.strideWidth;
    plan.sourceHeight = c.outHeight, plan.sourceWidth = c.outWidth, plan.sourceChannels = c.outChannels, plan.sourcePerGroup = outPerGroup;
    plan.resultHeight = c.inHeight, plan.resultWidth = c.inWidth, plan.resultChannels = c.inChannels, plan.resultPerGroup = inPerGroup;
    plan.filterSource = 1, plan.filterResult = c.outChannels;
  } else {
    plan.phasesHeight = plan.phasesWidth = 1;
    plan.sourceHeight = c.inHeight, plan.sourceWidth = c.inWidth, plan.sourceChannels = c.inChannels, plan.sourcePerGroup = inPerGroup;
    plan.resultHeight = c.outHeight, plan.resultWidth = c.outWidth, plan.resultChannels = c.outChannels, plan.resultPerGroup = outPerGroup;
    plan.filterSource = c.outChannels, plan.filterResult = 1;
  }

  for (int phase = 0; phase < plan.phasesWidth; phase++) {
    const AxisPhase axis = columnAxis(c, phase);
    plan.sourceColumns = unite(plan.sourceColumns, phaseSource(axis, {0, axis.count}));
    plan.hasGaps |= axis.taps == 0;
  }
  for (int phase = 0; phase < plan.phasesHeight; phase++) plan.hasGaps |= rowAxis(c, phase).taps == 0;
  plan.readsAllRows = gradient || c.kernelHeight >= c.strideHeight;
  plan.copiesSource = plan.sourceColumns.begin < 0 || plan.sourceColumns.end > plan.sourceWidth;

  const double flops = 2.0 * c.batch * c.outHeight * c.outWidth * c.kernelHeight * c.kernelWidth * inPerGroup * c.outChannels;
  const long wanted = tasksFor(flops / kFlopsPerMicrosecond);
  plan.imagesPerTask = maximum(1, c.batch / wanted);
  plan.rowBlocks = c.batch < wanted ? maximum(1, minimum(ceilDivide(wanted, maximum(1, c.batch)), plan.resultHeight)) : 1;
  planBands(c, ceilDivide(plan.resultHeight, plan.rowBlocks), plan);

  // One panel that is the filter itself needs no packing.
  const long width = plan.resultChannels;
  plan.packsFilter = gradient || plan.groups > 1 || (width != kLanes && width != kTileColumns);
  plan.packedElements = plan.packsFilter ? c.kernelHeight * c.kernelWidth * plan.groups * panelElements(plan.resultPerGroup, plan.sourcePerGroup) : 0;
  plan.packingTasks = plan.packedElements > 32 * 1024 ? static_cast<long>(c.kernelHeight) * plan.phasesWidth : 1;
  plan.offsetElements = roundUp(static_cast<long>(c.kernelHeight) * c.kernelWidth, 16);
  plan.resultElements = roundUp(plan.rowsPerBand * plan.resultWidth * plan.resultChannels, 16);
  return plan;
}

inline void correlationSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  Correlation plan = planCorrelation(c);
  if (plan.copiesSource) {
    for (int row = 0; row < plan.resultHeight; row++) {
      const Range rows = sourceRows(c, plan, row, static_cast<int>(minimum(plan.resultHeight, row + plan.rowsPerBand)));
      const long elements = (rows.end - rows.begin) * (plan.sourceColumns.end - plan.sourceColumns.begin) * plan.sourceChannels;
      plan.windowElements = maximum(plan.windowElements, elements);
    }
  }
  const long tasks = plan.rowBlocks * ceilDivide(plan.batch, plan.imagesPerTask);
  schedule.phases = 0;
  if (plan.packsFilter) schedule.tasks[schedule.phases++] = static_cast<int>(plan.packingTasks);
  schedule.tasks[schedule.phases++] = static_cast<int>(maximum(1, tasks));
  schedule.workspaceBytes = plan.packedElements * sizeof(float);
  schedule.scratchBytes = plan.offsetElements * sizeof(long) + (plan.resultElements + roundUp(plan.windowElements, 16)) * sizeof(float);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
