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
};

struct ProductBlock {
  const float* a;
  long aRowStride, aColumnStride;
  const float* b;
  long bRowStride, bColumnStride;
  long rows, columns, depth;
  float* c;  // its columns are adjacent
  long cStride;
  int addendCount;
  Addend addends[kMaxAddends];  // where the block begins
  AccessToA accessToA;
  bool packsB;  // otherwise only an incomplete last panel is packed; requires bColumnStride == 1
  bool rounds;  // packed elements are rounded to bfloat16; then nothing is read in place
  // Not null: packed before, for `packedRows` rows of which this block has those from `firstRow` (columns likewise; whole
  // panels). One part of the reduction follows another.
  const float* packedA;
  long packedRows, firstRow;
  const float* packedB;
  long packedColumns, firstColumn;
};

constexpr long kMaxDepth = kSmallTiles ? 512 : 256;  // steps of the reduction in one part: a panel of B is 16 to 32 KB

constexpr long depthParts(long depth) { return maximum(1, ceilDivide(depth, kMaxDepth)); }
constexpr long depthOfPart(long depth) { return ceilDivide(depth, depthParts(depth)); }

RAPPEL_INLINE bool packsA(const ProductBlock& block) { return block.accessToA == AccessToA::PackedRows; }

// `columns` is over how many a packed copy would be read.
inline AccessToA chooseAccessToA(const ProductBlock& block, long columns) {
  if (block.rounds) return AccessToA::PackedRows;
  if (block.aColumnStride == 1 || block.depth <= 1) {
    // Rows a multiple of 2 KB apart fall into a handful of cache sets.
    return columns >= 8 * kTileColumns && block.rows > 4 && block.aRowStride % 512 == 0 ? AccessToA::PackedRows : AccessToA::Reduction;
  }
  if (block.aRowStride == 1 || block.rows == 1) {
    // Every step of the reduction is on another page when the rows are long: more pages than the first-level TLB holds. And a small tile uses
    // little of each cache line, whose distance lets few of them stay in L1.
    const bool reuse = columns >= 4 * kTileColumns;
    return reuse && (kSmallTiles || block.aColumnStride * depthOfPart(block.depth) > 64 * 1024) ? AccessToA::PackedRows : AccessToA::Rows;
  }
  return AccessToA::PackedRows;
}

// Scratch, in floats, that multiplyBlock needs for a block of at most this size, also if it has an incomplete panel.
inline long productScratch(const ProductBlock& block) {
  const long depth = depthOfPart(block.depth);
  const long panels = block.packedB ? 0 : panelElements(block.packsB ? block.columns : minimum(block.columns, kTileColumns), depth);
  const long rows = packsA(block) && !block.packedA ? block.rows * depth : 0;
  return roundUp(panels, 16) + roundUp(rows, 16);
}

// The block's rows of one part of the reduction, packed tile by tile.
RAPPEL_OUT_OF_LINE void packBlockOfA(const ProductBlock& block, long start, long depth, float* target) {
  const float* a = block.a + start * block.aColumnStride;
  packTiles(a, block.aRowStride, block.aColumnStride, block.rows, ceilDivide(block.rows, tileRows(block.columns)), depth, target);
  if (block.rounds) roundToBfloat16(target, block.rows * depth);
}

// Columns of one part of the reduction, from the block's `firstColumn`th, packed as panels.
RAPPEL_OUT_OF_LINE void packBlockOfB(const ProductBlock& block, long start, long depth, long firstColumn, float* target) {
  const float* b = block.b + start * block.bRowStride + firstColumn * block.bColumnStride;
  const long columns = block.columns - firstColumn;
  packPanels(b, block.bRowStride, block.bColumnStride, depth, columns, target, depth, 0);
  if (block.rounds) roundToBfloat16(target, panelElements(columns, depth));
}

// One part of the reduction with everything that its tiles read in place or packed.
struct PreparedPart {
  const float *a, *b, *panels;
  long rowStride, depth, columnsInPlace;
  bool byTile;
  bool packsAlong;  // whole panels are packed by the first tile that reads them
  Adjacent adjacent;
  bool accumulate;
};

RAPPEL_OUT_OF_LINE PreparedPart preparePart(const ProductBlock& block, long part, float* scratch) {
  PreparedPart prepared;
  const long parts = depthParts(block.depth);
  const long start = partStart(block.depth, parts, part);
  const long depth = partStart(block.depth, parts, part + 1) - start;
  const long columnsInPlace = block.packsB ? 0 : block.columns / kTileColumns * kTileColumns;
  const long columnsPacked = block.columns - columnsInPlace;
  prepared.depth = depth;
  prepared.columnsInPlace = columnsInPlace;
  prepared.accumulate = part > 0;
  prepared.byTile = packsA(block);
  prepared.adjacent = prepared.byTile || block.accessToA == AccessToA::Rows ? Adjacent::Rows : Adjacent::Reduction;

  prepared.a = block.a + start * block.aColumnStride;
  prepared.rowStride = block.rows == 1 ? 1 : block.aRowStride;
  if (packsA(block)) {
    float* const ownRows = scratch + (block.packedB ? 0 : roundUp(panelElements(columnsPacked, depthOfPart(block.depth)), 16));
    if (!block.packedA) packBlockOfA(block, start, depth, ownRows);
    prepared.a = block.packedA ? block.packedA + start * block.packedRows + block.firstRow * depth : ownRows;
    prepared.rowStride = depth;
  }
  prepared.b = block.b + start * block.bRowStride;
  prepared.panels = scratch;
  prepared.packsAlong = false;
  if (block.packedB) {
    prepared.panels = block.packedB + start * block.packedColumns + panelOffset(block.firstColumn, depth);
  } else if (columnsPacked) {
    prepared.packsAlong = !kSmallTiles && block.packsB && block.bColumnStride == 1 && !block.rounds && block.rows > 1;
    const long packedLater = prepared.packsAlong ? block.columns / kTileColumns * kTileColumns : columnsInPlace;
    if (packedLater < block.columns) packBlockOfB(block, start, depth, packedLater, scratch + panelOffset(packedLater - columnsInPlace, depth));
  }
  return prepared;
}

// The first tile of a panel that is not packed yet, and what packs it.
RAPPEL_INLINE void packingTile(const ProductBlock& block, const PreparedPart& part, long column, Tile tile) {
  const long rows = tallestTile(block.rows, ceilDivide(block.rows, kTileRows));
  if (part.byTile) tile.aStride = rows;
  tile.packed = const_cast<float*>(tile.b);
  tile.b = part.b + column;
  tile.bStride = block.bRowStride;
  const MultiplyTiles* kernels = part.adjacent == Adjacent::Rows ? kPackingKernels<Adjacent::Rows>.byRows : kPackingKernels<Adjacent::Reduction>.byRows;
  kernels[rows](tile);
}

// The tiles of the panel at `column` from firstTile to lastTile, counted down the rows. Their result begins at c.
RAPPEL_INLINE void multiplyPanel(const ProductBlock& block, const PreparedPart& part, long column, long firstTile, long lastTile, float* c,
                                 const Ahead& ahead) {
  const long tiles = ceilDivide(block.rows, tileRows(block.columns));
  const long columns = panelColumns(column, block.columns);
  const bool inPlace = column < part.columnsInPlace;
  const long offset = 0;
  Tile tile;
  tile.aStride = part.adjacent == Adjacent::Reduction ? part.rowStride : block.aColumnStride;
  tile.segmentOffsets = &offset;
  tile.segments = 1;
  tile.length = part.depth;
  tile.b = inPlace ? part.b + column : part.panels + panelOffset(column - part.columnsInPlace, part.depth);
  tile.bStride = inPlace ? block.bRowStride : panelWidth(columns);
  tile.cStride = block.cStride;
  tile.lastLanes = lastLanesOf(columns);
  tile.accumulate = part.accumulate;
  tile.c = c;
  tile.a = part.a;
  if (kAddsInTiles && block.addendCount > 0 && !part.accumulate) {
    tile.addendCount = block.addendCount;
    const long row = partStart(block.rows, tiles, firstTile);
    for (int i = 0; i < block.addendCount; i++) {
      const auto [values, rowStride] = block.addends[i];
      tile.addends[i] = {values + row * rowStride + column, rowStride};
    }
  }
  if (part.packsAlong && firstTile == 0 && columns == kTileColumns) {
    packingTile(block, part, column, tile);
    if (++firstTile == lastTile) return ahead.fetchAll();
    tile.skipRows(tallestTile(block.rows, tiles), block.cStride);
  }
  if (part.byTile || (mayAskAhead(part.adjacent) && ahead.count > 0)) tile.askAhead(ahead, (lastTile - firstTile) * tile.length);
  multiplyColumn(tileKernels(part.adjacent, columns, tile.asksAhead), tile, block.rows, tiles, firstTile, lastTile, part.rowStride, block.cStride, part.byTile);
}

// What of B follows the panel at `column`: the next one, if it is packed. Panels in place, of rows without gaps, share the rows of the next part:
// a panel takes little of each row, which is no pattern that the processor would foresee.
RAPPEL_INLINE Ahead nextOfB(const ProductBlock& block, const PreparedPart& part, long index, long column) {
  Ahead ahead;
  const long next = column + kTileColumns, parts = depthParts(block.depth);
  if (column >= part.columnsInPlace) {
    // Where the reduction is adjacent, asking for what was packed just now costs more time than it saves.
    if (next < block.columns && part.adjacent == Adjacent::Rows) {
      ahead.add(part.panels + panelOffset(next - part.columnsInPlace, part.depth), panelElements(panelColumns(next, block.columns), part.depth));
    }
  } else if (index + 1 < parts && block.bRowStride == block.columns) {
    const long start = partStart(block.depth, parts, index + 1), end = partStart(block.depth, parts, index + 2);
    const long panels = ceilDivide(block.columns, kTileColumns), panel = column / kTileColumns;
    const long first = partStart((end - start) * block.columns, panels, panel);
    ahead.add(block.b + start * block.columns + first, partStart((end - start) * block.columns, panels, panel + 1) - first);
  }
  return ahead;
}

RAPPEL_OUT_OF_LINE void multiplyBlock(const ProductBlock& block, float* scratch) {
  const long parts = depthParts(block.depth), tiles = ceilDivide(block.rows, tileRows(block.columns));
  for (long i = 0; i < parts; i++) {
    const PreparedPart part = preparePart(block, i, scratch);
    for (long column = 0; column < block.columns; column += kTileColumns) {
      multiplyPanel(block, part, column, 0, tiles, block.c + column, nextOfB(block, part, i, column));
    }
  }
}

constexpr long kStripTiles = kSmallTiles ? 4 : 1;  // the height of a strip: with hundreds of columns it stays in L1

// The same for a reduction of one part, a strip of rows after another, all of them at block.c: during each panel of a strip it
// fetches what `inputs(row, rows, column)` names, after each strip it calls `finished(row, rows)`, while the strip is still in L1.
template <typename Inputs, typename Finished>
RAPPEL_INLINE void multiplyStrips(const ProductBlock& block, float* scratch, Inputs inputs, Finished finished) {
  const long tiles = ceilDivide(block.rows, tileRows(block.columns));
  const PreparedPart part = preparePart(block, 0, scratch);
  for (long i = 0; i < tiles; i += kStripTiles) {
    const long end = minimum(i + kStripTiles, tiles);
    const long row = partStart(block.rows, tiles, i);
    const long rows = partStart(block.rows, tiles, end) - row;
    for (long column = 0; column < block.columns; column += kTileColumns) {
      const Ahead ahead = inputs(row, rows, column);
      if (!mayAskAhead(part.adjacent)) ahead.fetchAll();
      multiplyPanel(block, part, column, i, end, block.c + column, ahead);
    }
    finished(row, rows);
  }
}

// What matmul.h asks of a product: this one computes in float32, on operands that may be rounded to bfloat16.
struct FloatProduct {
  static constexpr double kSpeed = 1;     // how many times as fast as float32, for the split into tasks
  static constexpr bool kPacksAll = false;
  static constexpr double kMinSharedMicroseconds = 200;  // of a product whose blocks share what is packed: a phase more must be worth its barrier
  static constexpr long kRowUnit = kSmallTiles ? kTileRows : 1;  // blocks of A begin at a multiple of this row

  static long parts(long depth) { return depthParts(depth); }
  static long partOf(long depth, long part) { return partStart(depth, depthParts(depth), part); }

  // Shared memory for all of A or B, in floats: for each part of the reduction its rows (or columns) one after another.
  static long packedRows(long rows) { return rows; }
  static long packedColumns(long columns) { return roundUp(columns, kLanes); }
  static long packedFloats(long lines, long depth) { return lines * depth; }
  // Where those from `firstLine` begin in the part from `start`, of `lines` in all.
  static long placeInPacked(long start, long lines, long firstLine, long depth) { return start * lines + firstLine * depth; }

  static void packA(const ProductBlock& block, long start, long depth, float* target) { packBlockOfA(block, start, depth, target); }
  static void packB(const ProductBlock& block, long start, long depth, float* target) { packBlockOfB(block, start, depth, 0, target); }

  static long scratch(const ProductBlock& block) { return productScratch(block); }
  static void multiply(const ProductBlock& block, float* scratch) { multiplyBlock(block, scratch); }
  template <typename Inputs, typename Finished>
  RAPPEL_INLINE static void multiplyByStrips(const ProductBlock& block, float* scratch, Inputs inputs, Finished finished) {
    multiplyStrips(block, scratch, inputs, finished);
  }
};

}  // namespace RAPPEL_ISA
}  // namespace rappel
