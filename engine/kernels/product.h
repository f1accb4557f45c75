// The product of one block: C[rows, columns] = A[rows, depth] B[depth, columns] on one thread, any strides. It takes the
// reduction in parts that let a panel of B stay in L1, walks over panels and register tiles, and packs only what the
// tiles cannot read well where it lies, unless that was packed before for several blocks together.
#pragma once
#include "packing.h"

namespace rappel {
namespace RAPPEL_ISA {

// How the tiles come by A.
enum class AccessToA {
  Rows,        // in place, adjacent along the rows
  Reduction,   // in place, adjacent along the reduction
  PackedRows,  // packed tile by tile, as Rows
  Copied,      // copied row by row, as Reduction
};

struct ProductBlock {
  const float* a;
  long aRowStride, aColumnStride;
  const float* b;
  long bRowStride, bColumnStride;
  long rows, columns, depth;
  float* c;  // its columns are adjacent
  long cStride;
  AccessToA accessToA;
  bool packsB;  // otherwise only an incomplete last panel is packed; requires bColumnStride == 1
  // Not null: packed before, for `packedRows` rows of which this block has those from `firstRow` (columns likewise; whole
  // panels). One part of the reduction follows another.
  const float* packedA;
  long packedRows, firstRow;
  const float* packedB;
  long packedColumns, firstColumn;
};

constexpr long kMaxDepth = 256;  // steps of the reduction in one part: a panel of B is 32 KB on AVX-512

constexpr long depthParts(long depth) { return maximum(1, ceilDivide(depth, kMaxDepth)); }
constexpr long depthOfPart(long depth) { return ceilDivide(depth, depthParts(depth)); }

RAPPEL_INLINE bool packsA(const ProductBlock& block) {
  return block.accessToA == AccessToA::PackedRows || block.accessToA == AccessToA::Copied;
}

inline AccessToA chooseAccessToA(const ProductBlock& block) {
  const bool reuse = block.columns >= 4 * kTileColumns;  // a copy is read by that many panels
  if (block.aColumnStride == 1 || block.depth <= 1) {
    // Rows a multiple of 2 KB apart fall into a handful of cache sets.
    return reuse && block.rows > 4 && block.aRowStride % 512 == 0 ? AccessToA::Copied : AccessToA::Reduction;
  }
  if (block.aRowStride == 1 || block.rows == 1) {
    // Every step of the reduction is on another page when the rows are long: more pages than the first-level TLB holds.
    return reuse && block.aColumnStride * depthOfPart(block.depth) > 64 * 1024 ? AccessToA::PackedRows : AccessToA::Rows;
  }
  return AccessToA::Copied;
}

// Scratch, in floats, that multiplyBlock needs for a block of at most this size, also if it has an incomplete panel.
inline long productScratch(const ProductBlock& block) {
  const long depth = depthOfPart(block.depth);
  const long panels = block.packedB ? 0 : panelElements(block.packsB ? block.columns : minimum(block.columns, kTileColumns), depth);
  const long rows = packsA(block) && !block.packedA ? block.rows * depth : 0;
  return roundUp(panels, 16) + roundUp(rows, 16);
}

// The block's rows of one part of the reduction, packed: element (row, step) lies at row * depth + step, or, tile by tile, at
// tile's first row * depth + step * tile's rows + row within the tile.
inline void packBlockOfA(const ProductBlock& block, long start, long depth, float* target) {
  const float* a = block.a + start * block.aColumnStride;
  if (block.accessToA == AccessToA::Copied) {
    copyRows(a, block.aRowStride, block.aColumnStride, block.rows, depth, target, depth);
    return;
  }
  const long tiles = ceilDivide(block.rows, tileRows(block.columns));
  for (long i = 0; i < tiles; i++) {
    const long row = partStart(block.rows, tiles, i);
    packTileRows(a + row, block.aColumnStride, partStart(block.rows, tiles, i + 1) - row, depth, target + row * depth);
  }
}

inline void multiplyBlock(const ProductBlock& block, float* scratch) {
  const long parts = depthParts(block.depth);
  const bool byTile = block.accessToA == AccessToA::PackedRows;
  const Adjacent adjacent = byTile || block.accessToA == AccessToA::Rows ? Adjacent::Rows : Adjacent::Reduction;
  const long columnsInPlace = block.packsB ? 0 : block.columns / kTileColumns * kTileColumns;
  const long columnsPacked = block.columns - columnsInPlace;
  const long rowTiles = ceilDivide(block.rows, tileRows(block.columns));
  float* const ownPanels = scratch;
  float* const ownRows = scratch + (block.packedB ? 0 : roundUp(panelElements(columnsPacked, depthOfPart(block.depth)), 16));
  const long offset = 0;

  for (long part = 0; part < parts; part++) {
    const long start = partStart(block.depth, parts, part);
    const long depth = partStart(block.depth, parts, part + 1) - start;
    const float* a = block.a + start * block.aColumnStride;
    long rowStride = block.rows == 1 ? 1 : block.aRowStride;
    if (packsA(block)) {
      if (!block.packedA) packBlockOfA(block, start, depth, ownRows);
      a = block.packedA ? block.packedA + start * block.packedRows + block.firstRow * depth : ownRows;
      rowStride = depth;
    }
    const float* b = block.b + start * block.bRowStride;
    const float* panels = ownPanels;
    if (block.packedB) {
      panels = block.packedB + start * block.packedColumns + panelOffset(block.firstColumn, depth);
    } else if (columnsPacked) {
      packPanels(b + columnsInPlace * block.bColumnStride, block.bRowStride, block.bColumnStride, depth, columnsPacked, ownPanels, depth, 0);
    }

    Tile tile;
    tile.aStride = adjacent == Adjacent::Reduction ? rowStride : block.aColumnStride;
    tile.segmentOffsets = &offset;
    tile.segments = 1;
    tile.length = depth;
    tile.cStride = block.cStride;
    tile.accumulate = part > 0;
    for (long column = 0; column < block.columns; column += kTileColumns) {
      const long columns = panelColumns(column, block.columns);
      const MultiplyTile* kernels = tileKernels(adjacent, columns);
      tile.lastLanes = lastLanesOf(columns);
      const bool inPlace = column < columnsInPlace;
      tile.b = inPlace ? b + column : panels + panelOffset(column - columnsInPlace, depth);
      tile.bStride = inPlace ? block.bRowStride : panelWidth(columns);
      for (long i = 0; i < rowTiles; i++) {
        const long row = partStart(block.rows, rowTiles, i);
        const long rows = partStart(block.rows, rowTiles, i + 1) - row;
        if (byTile) tile.aStride = rows;
        tile.a = a + row * rowStride;
        tile.c = block.c + row * block.cStride + column;
        kernels[rows](tile);
      }
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
