// The gradient of a filter of 3 x 3 at stride 1 between whole vectors of channels, by the same transforms as the convolution in winograd.h: F(3 x 3, 2 x 2).
//   G^T [sum over tiles of (B^T d B) (A e A^T), place by place] G     d: a patch of the source, e: the gradient of its 2 x 2 results
// Between the transforms stand 16 products [source channels, tiles] [tiles, result channels].
//
// Phase 0: tasks take chunks of the tiles, each with sums of its own. Phase 1 adds them up in their order and transforms them back.
#pragma once
#include "../partial_sums.h"
#include "winograd.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kMaxWinogradPairs = 8 * 1024;  // of channels: the sums of at least four chunks have room
constexpr long kWinogradSums = 512;           // pairs of channels that a task of phase 1 transforms back
constexpr long kWinogradSumsPerBand = 8;      // a band is so many times as large as the sums, which it reads and writes
// With one vector of 16 channels the direct sum is at its best, and most tiles must be whole ones.
constexpr double kMostNarrowTilePlaces = kLanes == 16 ? 1.1 : kMostTilePlaces;

struct WinogradFilter {
  Winograd tiles;
  long pairs, sums;  // of channels; and the sums of a chunk, of all 16 places
  long chunks;
};

// The convolution itself, whose patches and tiles these are.
inline ConvolutionArguments asOutput(ConvolutionArguments c) {
  c.kind = ConvolutionKind::Output;
  return c;
}

inline bool isWinogradFilter(const ConvolutionArguments& c) {
  if (c.kind != ConvolutionKind::FilterGradient || static_cast<long>(c.inChannels) * c.outChannels > kMaxWinogradPairs) return false;
  return isWinograd(asOutput(c), c.outChannels > kLanes ? kMostTilePlaces : kMostNarrowTilePlaces);
}

inline WinogradFilter planWinogradFilter(const ConvolutionArguments& c) {
  WinogradFilter plan{};
  Winograd& tiles = plan.tiles = planWinograd(asOutput(c));
  plan.pairs = tiles.sourceChannels * tiles.resultChannels;
  plan.sums = kPatchPlaces * plan.pairs;
  const long wanted = tasksFor(winogradProducts(tiles));
  plan.chunks = minimum(minimum(wanted, tiles.rows), kPartialElements / plan.sums);
  planBands(tiles, ceilDivide(tiles.rows, plan.chunks), kWinogradSumsPerBand * plan.sums);
  return plan;
}

inline void winogradFilterSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  const WinogradFilter plan = planWinogradFilter(c);
  schedule.phases = 2;
  schedule.tasks[0] = static_cast<int>(plan.chunks);
  schedule.tasks[1] = static_cast<int>(ceilDivide(plan.pairs, kWinogradSums));
  schedule.workspaceBytes = plan.chunks * plan.sums * sizeof(float);
  const long sums = kPatchPlaces * (plan.tiles.patchPlane + plan.tiles.productPlane);
  schedule.scratchBytes = maximum(sums, 9 * kWinogradSums) * sizeof(float);
}

inline void transformBandOfGradients(const ConvolutionArguments& c, const Winograd& plan, long begin, long end, float* target) {
  visitRows(plan, begin, end, [&](long image, long row, long tile) {
    const float* gradient = c.b + (image * plan.resultHeight + 2 * row) * plan.resultWidth * plan.resultChannels;
    transformResultGradients(gradient, plan.resultChannels, resultRows(plan, row), plan.resultWidth, target + tile * plan.resultChannels, plan.productPlane);
  });
}

// The products of a band of so many tiles, or the sums so far and these.
inline void addProducts(const Winograd& plan, long tiles, const float* patches, const float* gradients, bool adds, float* sums) {
  PlaceProducts panel;
  panel.rows = plan.sourceChannels, panel.depth = tiles;
  panel.aStride = plan.sourceChannels, panel.bStride = panel.cStride = plan.resultChannels;
  panel.aPlane = plan.patchPlane, panel.bPlane = plan.productPlane, panel.cPlane = plan.sourceChannels * plan.resultChannels;
  panel.accumulate = adds;
  for (long column = 0; column < plan.resultChannels; column += kTileColumns) {
    panel.columns = panelColumns(column, plan.resultChannels);
    panel.a = patches, panel.b = gradients + column, panel.c = sums + column;
    multiplyAllPlaces<Adjacent::Rows>(panel);
  }
}

// Adds up the chunks' sums for some pairs of channels, and transforms them back.
inline void transformSums(const WinogradFilter& plan, const float* chunks, const Tail& tail, int task, Worker& worker) {
  const long start = task * kWinogradSums, count = minimum(kWinogradSums, plan.pairs - start);
  float* const taps = tail.plain ? tail.plain + start : reinterpret_cast<float*>(worker.scratch);
  const long tapStride = tail.plain ? plan.pairs : kWinogradSums;
  for (long pair = 0; pair < count; pair += kLanes) {
    Floats rows[3][kPatch];
#pragma GCC unroll 1
    for (int column = 0; column < kPatch; column++) {
      Floats m[kPatch];
      for (int row = 0; row < kPatch; row++) {
        const float* from = chunks + (row * kPatch + column) * plan.pairs + start + pair;
        m[row] = load(from);
        for (long chunk = 1; chunk < plan.chunks; chunk++) m[row] += load(from + chunk * plan.sums);
      }
      const Floats sum = (m[1] + m[2]) * 0.5f;
      rows[0][column] = m[0] + sum, rows[1][column] = (m[1] - m[2]) * 0.5f, rows[2][column] = sum + m[3];
    }
#pragma GCC unroll 1
    for (int row = 0; row < 3; row++) {
      const Floats* r = rows[row];
      const Floats sum = (r[1] + r[2]) * 0.5f;
      float* const to = taps + 3 * row * tapStride + pair;
      store(to, r[0] + sum);
      store(to + tapStride, (r[1] - r[2]) * 0.5f);
      store(to + 2 * tapStride, sum + r[3]);
    }
  }
  for (long tap = 0; tap < 9; tap++) finish(tail, worker, tap * plan.pairs + start, count, taps + tap * tapStride);
}

inline void winogradFilterTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const WinogradFilter plan = planWinogradFilter(c);
  const Winograd& tiles = plan.tiles;
  float* const chunks = reinterpret_cast<float*>(workspace);
  if (phase == 1) return transformSums(plan, chunks, tail, task, worker);

  float* const patches = reinterpret_cast<float*>(worker.scratch);
  float* const gradients = patches + kPatchPlaces * tiles.patchPlane;
  const long first = partStart(tiles.rows, plan.chunks, task), last = partStart(tiles.rows, plan.chunks, task + 1);
  for (long begin = first; begin < last; begin += tiles.rowsPerBand) {
    const long end = minimum(last, begin + tiles.rowsPerBand);
    transformBandOfPatches(c, tiles, begin, end, patches);
    transformBandOfGradients(c, tiles, begin, end, gradients);
    addProducts(tiles, (end - begin) * tiles.tileColumns, patches, gradients, begin > first, chunks + task * plan.sums);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
