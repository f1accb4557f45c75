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

constexpr long kMaxDepth = 256;  // steps of the reduction at once: a panel of B is 32 KB on AVX-512
constexpr long kRowPadding = 16;  // keeps the rows of a copied A off the same cache sets

constexpr long depthBlocks(long depth) { return maximum(1, ceilDivide(depth, kMaxDepth)); }
constexpr long depthBlockSize(long depth) { return ceilDivide(depth, depthBlocks(depth)); }

// How the tiles come by A.
enum class AccessToA {
  Rows,        // in place, adjacent along the rows
  Reduction,   // in place, adjacent along the reduction
  PackedRows,  // packed tile by tile, as Rows
  Copied,      // copied row by row, as Reduction
};

inline AccessToA accessToA(const ProductBlock& block) {
  const bool reuse = block.columns >= 4 * kTileColumns;  // a copy is read by that many panels
  if (block.aColumnStride == 1 || block.depth <= 1) {
    // Rows a multiple of 2 KB apart fall into a handful of cache sets.
    return reuse && block.rows > 4 && block.aRowStride % 512 == 0 ? AccessToA::Copied : AccessToA::Reduction;
  }
  if (block.aRowStride == 1 || block.rows == 1) {
    // Every step of the reduction is on another page when the rows are long: more pages than the first-level TLB holds.
    return reuse && block.aColumnStride * depthBlockSize(block.depth) > 64 * 1024 ? AccessToA::PackedRows : AccessToA::Rows;
  }
  return AccessToA::Copied;
}

// Scratch, in floats, that multiplyBlock needs for a block of at most this size, also if it has an incomplete panel.
RAPPEL_INLINE long productScratch(const ProductBlock& block) {
  const long depth = depthBlockSize(block.depth);
  const long panels = panelElements(block.packsB ? block.columns : minimum(block.columns, kTileColumns), depth);
  return roundUp(panels, 16) + roundUp(block.rows * (depth + kRowPadding), 16);
}

inline void multiplyBlock(const ProductBlock& block, float* scratch) {
  const long blocks = depthBlocks(block.depth);
  const AccessToA access = accessToA(block);
  const Adjacent adjacent = access == AccessToA::Reduction || access == AccessToA::Copied ? Adjacent::Reduction : Adjacent::Rows;
  const long wholeColumns = block.packsB ? 0 : block.columns / kTileColumns * kTileColumns;
  const long packedColumns = block.columns - wholeColumns;
  const long rowTiles = ceilDivide(block.rows, tileRows(block.columns));
  float* const panels = scratch;
  float* const rowsOfA = scratch + roundUp(panelElements(packedColumns, depthBlockSize(block.depth)), 16);
  const long offset = 0;

  for (long part = 0; part < blocks; part++) {
    const long start = partStart(block.depth, blocks, part);
    const long depth = partStart(block.depth, blocks, part + 1) - start;
    const float* a = block.a + start * block.aColumnStride;
    const float* b = block.b + start * block.bRowStride;
    long rowStride = block.rows == 1 ? 1 : block.aRowStride, columnStride = block.aColumnStride;
    if (access == AccessToA::Copied) {
      rowStride = depth + kRowPadding;
      copyRows(a, block.aRowStride, columnStride, block.rows, depth, rowsOfA, rowStride);
      a = rowsOfA;
    } else if (access == AccessToA::PackedRows) {
      for (long i = 0; i < rowTiles; i++) {
        const long row = partStart(block.rows, rowTiles, i);
        packTileRows(a + row, columnStride, partStart(block.rows, rowTiles, i + 1) - row, depth, rowsOfA + row * depth);
      }
      a = rowsOfA;
      rowStride = depth;
    }
    if (packedColumns) {
      packPanels(b + wholeColumns * block.bColumnStride, block.bRowStride, block.bColumnStride, depth, packedColumns, panels, depth, 0);
    }

    Tile tile;
    tile.aStride = adjacent == Adjacent::Reduction ? rowStride : columnStride;
    tile.segmentOffsets = &offset;
    tile.segments = 1;
    tile.length = depth;
    tile.cStride = block.cStride;
    tile.accumulate = part > 0;
    for (long column = 0; column < block.columns; column += kTileColumns) {
      const long columns = panelColumns(column, block.columns);
      const MultiplyTile* kernels = tileKernels(adjacent, columns);
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
        if (access == AccessToA::PackedRows) tile.aStride = rows;
        tile.a = a + row * rowStride;
        tile.c = block.c + row * block.cStride + column;
        kernels[rows](tile);
      }
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
