// The product of one block: C[rows, columns] = A[rows, depth] B[depth, columns] on one thread, any strides. It takes the
// reduction in steps that let a panel of B stay in L1, walks over panels and register tiles, and packs only what the
// tiles cannot read where it lies.
#pragma once
#include "packing.h"

namespace rappel {
namespace RAPPEL_ISA {

struct ProductBlock {
  const float* a;
  long aRowStride, aColumnStride;
  const float* b;
  long bRowStride, bColumnStride;
  long rows, columns, depth;
  float* c;  // its columns are adjacent
  long cStride;
  bool packsB;  // otherwise only an incomplete last panel is packed; requires bColumnStride == 1
};

constexpr long kMaxDepth = 384;      // steps of the reduction at once: a panel of B is 48 KB on AVX-512
constexpr long kCopiedRowPadding = 16;  // keeps the rows of a copied A off the same cache sets

constexpr long depthBlocks(long depth) { return maximum(1, ceilDivide(depth, kMaxDepth)); }
constexpr long depthBlockSize(long depth) { return ceilDivide(depth, depthBlocks(depth)); }

// How the tiles read A; copied into scratch first where neither its rows nor its columns are adjacent.
RAPPEL_INLINE bool copiesA(const ProductBlock& block) {
  return block.aColumnStride != 1 && block.aRowStride != 1 && block.rows > 1 && block.depth > 1;
}

// Scratch, in floats, that multiplyBlock needs for a block of at most this size, also if it has an incomplete panel.
RAPPEL_INLINE long productScratch(const ProductBlock& block) {
  const long depth = depthBlockSize(block.depth);
  const long panels = panelElements(block.packsB ? block.columns : minimum(block.columns, kTileColumns), depth);
  const long rows = copiesA(block) ? block.rows * (depth + kCopiedRowPadding) : 0;
  return roundUp(panels, 16) + roundUp(rows, 16);
}

inline void multiplyBlock(const ProductBlock& block, float* scratch) {
  const long blocks = depthBlocks(block.depth);
  const bool copied = copiesA(block);
  const bool byReduction = copied || block.aColumnStride == 1 || block.depth <= 1;
  const long wholeColumns = block.packsB ? 0 : block.columns / kTileColumns * kTileColumns;
  const long packedColumns = block.columns - wholeColumns;
  const long rowTiles = ceilDivide(block.rows, kTileRows);
  float* const panels = scratch;
  float* const rowsOfA = scratch + roundUp(panelElements(packedColumns, depthBlockSize(block.depth)), 16);
  const long offset = 0;

  for (long part = 0; part < blocks; part++) {
    const long start = partStart(block.depth, blocks, part);
    const long depth = partStart(block.depth, blocks, part + 1) - start;
    const float* a = block.a + start * block.aColumnStride;
    const float* b = block.b + start * block.bRowStride;
    long aRowStride = block.aRowStride;
    if (copied) {
      aRowStride = depth + kCopiedRowPadding;
      copyRows(a, block.aRowStride, block.aColumnStride, block.rows, depth, rowsOfA, aRowStride);
      a = rowsOfA;
    } else if (!byReduction && block.rows == 1) {
      aRowStride = 1;
    }
    if (packedColumns) {
      packPanels(b + wholeColumns * block.bColumnStride, block.bRowStride, block.bColumnStride, depth, packedColumns, panels, depth, 0);
    }

    Tile tile;
    tile.aStride = byReduction ? aRowStride : block.aColumnStride;
    tile.segmentOffsets = &offset;
    tile.segments = 1;
    tile.length = depth;
    tile.cStride = block.cStride;
    tile.accumulate = part > 0;
    for (long column = 0; column < block.columns; column += kTileColumns) {
      const long columns = panelColumns(column, block.columns);
      const MultiplyTile* kernels = tileKernels(byReduction ? Adjacent::Reduction : Adjacent::Rows, columns);
      tile.lastLanes = lastLanesOf(columns);
      if (column < wholeColumns) {
        tile.b = b + column;
        tile.bStride = block.bRowStride;
      } else {
        tile.b = panels + panelOffset(column - wholeColumns, depth);
        tile.bStride = panelWidth(columns);
      }
      for (long i = 0; i < rowTiles; i++) {
        const long row = partStart(block.rows, rowTiles, i);
        const long rows = partStart(block.rows, rowTiles, i + 1) - row;
        tile.a = a + row * aRowStride;
        tile.c = block.c + row * block.cStride + column;
        kernels[rows](tile);
      }
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
