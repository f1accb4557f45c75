// The gradient of a filter of 3 x 3 at stride 1 between many channels, by the same transforms as the convolution in winograd.h: F(3 x 3, 2 x 2).
//   G^T [sum over tiles of (B^T d B) (A e A^T), place by place] G     d: a patch of the source, e: the gradient of its 2 x 2 results
// Between the transforms stand 16 products [source channels, tiles] [tiles, result channels].
//
// Phase 0: tasks take chunks of the tiles, each with sums of its own. Phase 1 adds them up in their order and transforms them back.
#pragma once
#include "partial_sums.h"
#include "winograd.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kMaxWinogradPairs = 8 * 1024;  // of channels: the sums of at least four chunks have room
constexpr long kWinogradSums = 512;           // pairs of channels that a task of phase 1 transforms back

struct WinogradFilter {
  Winograd tiles;
  long pairs, sums;  // of channels; and the sums of a chunk, of all 16 places
  long chunks;
  ProductBlock product;  // of a whole block
  long productScratch;
};

// The convolution itself, whose patches and tiles these are.
inline ConvolutionArguments asOutput(ConvolutionArguments c) {
  c.kind = ConvolutionKind::Output;
  return c;
}

inline bool isWinogradFilter(const ConvolutionArguments& c) {
  return c.kind == ConvolutionKind::FilterGradient && static_cast<long>(c.inChannels) * c.outChannels <= kMaxWinogradPairs && isWinograd(asOutput(c));
}

inline WinogradFilter planWinogradFilter(const ConvolutionArguments& c) {
  WinogradFilter plan{};
  const Winograd& tiles = plan.tiles = planWinograd(asOutput(c));
  plan.pairs = tiles.sourceChannels * tiles.resultChannels;
  plan.sums = kPatchPlaces * plan.pairs;
  const long wanted = tasksFor(2.0 * tiles.rows * tiles.tileColumns * plan.sums / kFlopsPerMicrosecond);
  plan.chunks = maximum(1, minimum(minimum(wanted, tiles.rows), kPartialElements / plan.sums));
  ProductBlock& block = plan.product;
  block.rows = tiles.sourceChannels, block.columns = tiles.resultChannels, block.depth = tiles.rowsPerBlock * tiles.tileColumns;
  block.aRowStride = 1, block.aColumnStride = tiles.sourceChannels;
  block.bRowStride = tiles.resultChannels, block.bColumnStride = 1;
  block.cStride = tiles.resultChannels;
  block.accessToA = kSmallTiles ? AccessToA::PackedRows : AccessToA::Rows;
  plan.productScratch = productScratch(block);
  return plan;
}

inline void winogradFilterSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  const WinogradFilter plan = planWinogradFilter(c);
  schedule.phases = 2;
  schedule.tasks[0] = static_cast<int>(plan.chunks);
  schedule.tasks[1] = static_cast<int>(ceilDivide(plan.pairs, kWinogradSums));
  schedule.workspaceBytes = plan.chunks * plan.sums * sizeof(float);
  const long sums = plan.tiles.patchElements + plan.tiles.productElements + plan.tiles.windowElements + plan.productScratch;
  schedule.scratchBytes = maximum(sums, 9 * kWinogradSums) * sizeof(float);
}

// A e A^T of one tile, of which `height` x `width` results exist: its places go to `target`, a plane apart.
inline void transformResultGradient(const float* gradient, long rowStride, long channels, int height, int width, float* target, long plane) {
  for (long channel = 0; channel < channels; channel += kLanes) {
    Floats rows[kPatch][2];
#pragma GCC unroll 2
    for (int column = 0; column < 2; column++) {
      const float* from = gradient + column * channels + channel;
      const Floats e0 = column < width ? load(from) : Floats{};
      const Floats e1 = column < width && height > 1 ? load(from + rowStride) : Floats{};
      rows[0][column] = e0, rows[1][column] = e0 + e1, rows[2][column] = e0 - e1, rows[3][column] = -e1;
    }
#pragma GCC unroll 4
    for (int row = 0; row < kPatch; row++) {
      const Floats* r = rows[row];
      float* const to = target + row * kPatch * plane + channel;
      store(to, r[0]);
      store(to + plane, r[0] + r[1]);
      store(to + 2 * plane, r[0] - r[1]);
      store(to + 3 * plane, -r[1]);
    }
  }
}

inline void transformResultGradients(const ConvolutionArguments& c, const Winograd& plan, long begin, long end, float* target) {
  const long rowStride = plan.resultWidth * plan.resultChannels;
  visitImages(plan, begin, end, [&](long image, long first, long last, long tile) {
    for (long row = first; row < last; row++) {
      const float* gradient = c.b + (image * plan.resultHeight + 2 * row) * rowStride;
      const int height = static_cast<int>(minimum(2, plan.resultHeight - 2 * row));
      for (long column = 0; column < plan.tileColumns; column++, tile++) {
        const int width = static_cast<int>(minimum(2, plan.resultWidth - 2 * column));
        transformResultGradient(gradient + 2 * column * plan.resultChannels, rowStride, plan.resultChannels, height, width, target + tile * plan.resultChannels,
                                plan.productPlane);
      }
    }
  });
}

// Adds up the chunks' sums for some pairs of channels, and transforms them back.
inline void transformSums(const WinogradFilter& plan, const float* chunks, const Tail& tail, int task, Worker& worker) {
  const long start = task * kWinogradSums, count = minimum(kWinogradSums, plan.pairs - start);
  float* const taps = tail.plain ? tail.plain + start : reinterpret_cast<float*>(worker.scratch);
  const long tapStride = tail.plain ? plan.pairs : kWinogradSums;
  for (long pair = 0; pair < count; pair += kLanes) {
    Floats rows[3][kPatch];
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
  float* const gradients = patches + tiles.patchElements;
  float* const window = gradients + tiles.productElements;
  float* const scratch = window + tiles.windowElements;
  const long first = partStart(tiles.rows, plan.chunks, task), last = partStart(tiles.rows, plan.chunks, task + 1);
  if (first == last) fillZeros(chunks, plan.sums);  // no image at all
  ProductBlock block = plan.product;
  for (long begin = first; begin < last; begin += tiles.rowsPerBlock) {
    const long end = minimum(last, begin + tiles.rowsPerBlock);
    transformPatches(c, tiles, begin, end, window, patches);
    transformResultGradients(c, tiles, begin, end, gradients);
    block.depth = (end - begin) * tiles.tileColumns;
    block.adds = begin > first;
    for (long place = 0; place < kPatchPlaces; place++) {
      block.a = patches + place * tiles.patchPlane;
      block.b = gradients + place * tiles.productPlane;
      block.c = chunks + task * plan.sums + place * plan.pairs;
      multiplyBlock(block, scratch);
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
