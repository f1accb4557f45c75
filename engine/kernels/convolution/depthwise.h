// Depthwise convolution: every channel has a filter of its own, so there is no matrix product in it. Vectors run over the
// channels; the output and the input's gradient keep a few neighbouring results in registers and walk over the taps, the
// filter's gradient keeps a few vectors of channels and walks over the places of a row.
#pragma once
#include "../partial_sums.h"
#include "convolution_geometry.h"
#include "correlation.h"

namespace rappel {
namespace RAPPEL_ISA {

RAPPEL_INLINE bool isDepthwise(const ConvolutionArguments& c) {
  return c.groups > 1 && c.groups == c.inChannels && c.groups == c.outChannels;
}

// Multiply-adds count two, but each needs its own loads: about a quarter of a product's rate.
RAPPEL_INLINE long depthwiseTasks(const ConvolutionArguments& c) {
  const double results = static_cast<double>(c.batch) * c.outHeight * c.outWidth * c.outChannels;
  return tasksFor(8 * results * c.kernelHeight * c.kernelWidth / kFlopsPerMicrosecond);
}

// ---- Output and input gradient ---------------------------------------------------------------------------------------------

constexpr long kDepthwiseElements = 4096;  // of the result, handed to the tail at once

struct DepthwiseCorrelation {
  int resultHeight, resultWidth, sourceHeight, sourceWidth;
  int strideHeight, phasesWidth;  // of the result's phases, 1 for the output
  long channels;
  long rows, tasks, rowsAtOnce;  // rows of all images
};

inline DepthwiseCorrelation planDepthwise(const ConvolutionArguments& c) {
  const bool gradient = c.kind == ConvolutionKind::InputGradient;
  DepthwiseCorrelation plan{};
  plan.resultHeight = gradient ? c.inHeight : c.outHeight, plan.resultWidth = gradient ? c.inWidth : c.outWidth;
  plan.sourceHeight = gradient ? c.outHeight : c.inHeight, plan.sourceWidth = gradient ? c.outWidth : c.inWidth;
  plan.strideHeight = gradient ? c.strideHeight : 1, plan.phasesWidth = gradient ? c.strideWidth : 1;
  plan.channels = c.inChannels;
  plan.rows = static_cast<long>(c.batch) * plan.resultHeight;
  plan.tasks = maximum(1, minimum(depthwiseTasks(c), plan.rows));
  plan.rowsAtOnce = maximum(1, kDepthwiseElements / maximum(1, plan.resultWidth * plan.channels));
  return plan;
}

// One row of taps over `Results` results side by side, one vector of channels, added to `sums`.
template <int Results>
RAPPEL_INLINE void addTaps(const float* source, long resultStep, long tapStep, const float* filter, long filterStep, int taps, int lanes,
                           Floats (&sums)[Results]) {
  for (int tap = 0; tap < taps; tap++, source += tapStep, filter += filterStep) {
    if (lanes == kLanes) {
      const Floats weight = load(filter);
#pragma GCC unroll 4
      for (int i = 0; i < Results; i++) sums[i] = fma(load(source + i * resultStep), weight, sums[i]);
    } else {
      const Floats weight = loadFirst(filter, lanes);
#pragma GCC unroll 4
      for (int i = 0; i < Results; i++) sums[i] = fma(loadFirst(source + i * resultStep, lanes), weight, sums[i]);
    }
  }
}

// `Results` results of one row, numbers x and following of their phase, over all channels.
template <int Results>
inline void depthwiseResults(const ConvolutionArguments& c, const DepthwiseCorrelation& plan, const float* image, const AxisPhase& rows, int y,
                             const AxisPhase& columns, int x, float* result) {
  const long channels = plan.channels;
  const Range tapRows = tapsWithin(rows, y, plan.sourceHeight), tapColumns = tapsWithin(columns, x, plan.sourceWidth);
  const long resultStep = columns.step * channels, tapStep = columns.offsetStep * channels;
  for (long channel = 0; channel < channels; channel += kLanes) {
    const int lanes = static_cast<int>(minimum(kLanes, channels - channel));
    Floats sums[Results] = {};
    for (int tapRow = tapRows.begin; tapRow < tapRows.end; tapRow++) {
      const long sourceRow = y * rows.step + rows.offset + tapRow * rows.offsetStep;
      const long sourceColumn = x * columns.step + columns.offset + tapColumns.begin * columns.offsetStep;
      const long kernelRow = rows.kernel + tapRow * rows.kernelStep, kernelColumn = columns.kernel + tapColumns.begin * columns.kernelStep;
      addTaps<Results>(image + (sourceRow * plan.sourceWidth + sourceColumn) * channels + channel, resultStep, tapStep,
                       c.b + (kernelRow * c.kernelWidth + kernelColumn) * channels + channel, columns.kernelStep * channels,
                       tapColumns.end - tapColumns.begin, lanes, sums);
    }
#pragma GCC unroll 4
    for (int i = 0; i < Results; i++) storeFirst(result + (columns.first + (x + i) * columns.stride) * channels + channel, sums[i], lanes);
  }
}

inline void depthwiseRow(const ConvolutionArguments& c, const DepthwiseCorrelation& plan, long row, float* result) {
  const float* image = c.a + row / plan.resultHeight * plan.sourceHeight * plan.sourceWidth * plan.channels;
  const int resultRow = static_cast<int>(row % plan.resultHeight);
  const int shifted = resultRow + c.padTop;
  const AxisPhase rows = rowAxis(c, shifted - floorDivide(shifted, plan.strideHeight) * plan.strideHeight);
  const int y = (resultRow - rows.first) / rows.stride;
  for (int phase = 0; phase < plan.phasesWidth; phase++) {
    const AxisPhase columns = columnAxis(c, phase);
    for (int x = 0; x < columns.count;) {
      // Together only where the four have the same taps, and those are all of them.
      const Range first = tapsWithin(columns, x, plan.sourceWidth), last = tapsWithin(columns, x + 3, plan.sourceWidth);
      const bool whole = first.end - first.begin == columns.taps && last.end - last.begin == columns.taps;
      if (x + 4 <= columns.count && whole) {
        depthwiseResults<4>(c, plan, image, rows, y, columns, x, result);
        x += 4;
      } else {
        depthwiseResults<1>(c, plan, image, rows, y, columns, x, result);
        x++;
      }
    }
  }
}

inline void depthwiseSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  const DepthwiseCorrelation plan = planDepthwise(c);
  schedule.phases = 1;
  schedule.tasks[0] = static_cast<int>(plan.tasks);
  schedule.workspaceBytes = 0;
  schedule.scratchBytes = plan.rowsAtOnce * plan.resultWidth * plan.channels * sizeof(float);
}

inline void depthwiseTask(const ConvolutionArguments& c, const Tail& tail, int task, Worker& worker) {
  const DepthwiseCorrelation plan = planDepthwise(c);
  const long rowElements = plan.resultWidth * plan.channels;
  const long end = partStart(plan.rows, plan.tasks, task + 1);
  for (long row = partStart(plan.rows, plan.tasks, task); row < end; row += plan.rowsAtOnce) {
    const long rows = minimum(plan.rowsAtOnce, end - row);
    float* const results = tail.plain ? tail.plain + row * rowElements : reinterpret_cast<float*>(worker.scratch);
    for (long i = 0; i < rows; i++) depthwiseRow(c, plan, row + i, results + i * rowElements);
    finish(tail, worker, row * rowElements, rows * rowElements, results);
  }
}

// ---- Filter gradient -------------------------------------------------------------------------------------------------------

// The sums of one tap for `Vectors` vectors of channels (of the last one, the first `lanes`) over the places of a row.
template <int Vectors>
RAPPEL_INLINE void addPlaces(const float* source, long sourceStep, const float* gradient, long channels, long places, int lanes, float* sums) {
  Floats partial[Vectors];
#pragma GCC unroll 4
  for (int v = 0; v < Vectors; v++) partial[v] = loadFirst(sums + v * kLanes, v == Vectors - 1 ? lanes : kLanes);
  for (long place = 0; place < places; place++, source += sourceStep, gradient += channels) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; v++) {
      const int count = v == Vectors - 1 ? lanes : kLanes;
      partial[v] = fma(loadFirst(source + v * kLanes, count), loadFirst(gradient + v * kLanes, count), partial[v]);
    }
  }
#pragma GCC unroll 4
  for (int v = 0; v < Vectors; v++) storeFirst(sums + v * kLanes, partial[v], v == Vectors - 1 ? lanes : kLanes);
}

RAPPEL_INLINE long depthwiseChunks(const ConvolutionArguments& c) { return maximum(1, minimum(depthwiseTasks(c), static_cast<long>(c.batch))); }

inline void depthwiseFilterSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  const long elements = static_cast<long>(c.kernelHeight) * c.kernelWidth * c.outChannels;
  schedule.phases = 2;
  schedule.tasks[0] = static_cast<int>(depthwiseChunks(c));
  schedule.tasks[1] = partialSumTasks(elements);
  schedule.workspaceBytes = depthwiseChunks(c) * elements * sizeof(float);
  schedule.scratchBytes = kPartialSumScratch;
}

inline void depthwiseFilterTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const long channels = c.inChannels, chunks = depthwiseChunks(c);
  const long elements = static_cast<long>(c.kernelHeight) * c.kernelWidth * channels;
  float* const partials = reinterpret_cast<float*>(workspace);
  if (phase == 1) return addPartials(partials, chunks, elements, tail, task, worker);

  float* const sums = partials + task * elements;
  fillZeros(sums, elements);
  const long lastImage = partStart(c.batch, chunks, task + 1);
  for (long image = partStart(c.batch, chunks, task); image < lastImage; image++) {
    for (int y = 0; y < c.outHeight; y++) {
      const float* gradient = c.b + (image * c.outHeight + y) * c.outWidth * channels;
      for (int ky = 0; ky < c.kernelHeight; ky++) {
        const int row = y * c.strideHeight - c.padTop + ky * c.dilationHeight;
        if (row < 0 || row >= c.inHeight) continue;
        for (int kx = 0; kx < c.kernelWidth; kx++) {
          const int left = c.padLeft - kx * c.dilationWidth;  // place x reads source column x * stride - left
          const long begin = maximum(0, -floorDivide(-left, c.strideWidth));
          const long places = minimum(c.outWidth, floorDivide(c.inWidth - 1 + left, c.strideWidth) + 1) - begin;
          const float* source = c.a + ((image * c.inHeight + row) * c.inWidth + begin * c.strideWidth - left) * channels;
          float* tap = sums + (static_cast<long>(ky) * c.kernelWidth + kx) * channels;
          const long step = c.strideWidth * channels;
          long channel = 0;
          for (; channel + 4 * kLanes <= channels; channel += 4 * kLanes) {
            addPlaces<4>(source + channel, step, gradient + begin * channels + channel, channels, places, kLanes, tap + channel);
          }
          for (; channel < channels; channel += kLanes) {
            const int lanes = static_cast<int>(minimum(kLanes, channels - channel));
            addPlaces<1>(source + channel, step, gradient + begin * channels + channel, channels, places, lanes, tap + channel);
          }
        }
      }
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
