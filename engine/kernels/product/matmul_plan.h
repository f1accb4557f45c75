// How a matmul is cut up into blocks, and its reduction into chunks: a function of shapes and strides alone.
#pragma once
#include "../../arguments.h"
#include "../partial_sums.h"
#include "product.h"

namespace rappel {
namespace RAPPEL_ISA {

struct MatmulPlan {
  int batchRank;  // after an innermost batch dimension was folded into the rows
  long batches, m;
  long batchesPerTask;
  long rowBlocks, columnBlocks, chunks;  // of one matrix
  bool sharesA, sharesB;                 // packed once for all blocks
  long sharedElementsOfA, sharedElementsOfB;
  ProductBlock largest;                // the shape of the largest block
  long productScratch, resultScratch;  // floats
};

constexpr long kBlockColumns = 512;         // full rows of this length serve the tail well
constexpr long kBlockRows = 256;            // with kBlockColumns: 512 KB of results, a quarter of a usual L2
constexpr long kMinPackedRows = kSmallTiles ? 32 : 96;  // fewer rows do not repay packing B
// A long reduction for a small result, a batch's gradient of weights: each core reads the rows of activations and gradients that it wrote itself.
constexpr long kMinChunk = 1024;            // but halves may be shorter: less of it does not repay adding the partial results
// A few rows times a large matrix, a batch times weights: reading B is what takes time. In two halves of its rows, each core reads one run
// of memory, and mostly the rows that it wrote itself when the weights were updated: that product's blocks are rows, too.
constexpr long kFlatness = 6;               // how many times as long as high A must be to outweigh the partial results
constexpr long kMinElementsFromAfar = 128 * 1024;  // of B: less of it is soon fetched from the core that wrote it
// Narrow blocks share little of what they read of A, and give the tail short runs: the more of them there are already, the less a further one
// is worth to the threads.
constexpr long leastPanels(long blocks, bool packsB) { return packsB && blocks < 4 ? 1 : !packsB || blocks < 8 ? 2 : 4; }

// Whether B is worth packing: always where its columns are not adjacent, else when enough rows use it and it is large: a
// million elements leave no room in L2 for anything else, and the rows of a smaller one may still share cache sets. Narrow panels use half a
// cache line of each row in place, and packing costs little beside their arithmetic.
constexpr bool choosesPackedB(bool adjacentColumns, long rows, long elements) {
  if (kSmallTiles && rows >= kMinPackedRows) return true;
  return !adjacentColumns || (rows >= kMinPackedRows && elements > 256 * 1024) || (rows >= 512 && elements > 64 * 1024);
}

constexpr double matmulFlops(double batches, double m, double n, double k) { return 2 * batches * m * n * k; }
constexpr double matmulBytes(double batches, double m, double n, double k) { return sizeof(float) * batches * (m * k + k * n + m * n); }

// Rows of several matrices that follow each other and share B are one matrix with more rows.
RAPPEL_INLINE bool foldsBatch(const MatmulArguments& arguments) {
  const int last = arguments.batchRank - 1;
  return last >= 0 && arguments.b.batchStrides[last] == 0 && arguments.a.batchStrides[last] == arguments.m * arguments.a.rowStride;
}

// The block of one matrix with these numbers; its operands begin at the matrix's first element.
template <class Product> ProductBlock blockOf(const MatmulArguments& arguments, const MatmulPlan& plan, long rowBlock, long columnBlock) {
  ProductBlock block = plan.largest;
  const long columnUnits = ceilDivide(arguments.n, kTileColumns);
  const long rowUnits = ceilDivide(plan.m, Product::kRowUnit);
  block.firstRow = partStart(rowUnits, plan.rowBlocks, rowBlock) * Product::kRowUnit;
  block.firstColumn = partStart(columnUnits, plan.columnBlocks, columnBlock) * kTileColumns;
  block.rows = minimum(plan.m, partStart(rowUnits, plan.rowBlocks, rowBlock + 1) * Product::kRowUnit) - block.firstRow;
  block.columns = minimum(arguments.n, partStart(columnUnits, plan.columnBlocks, columnBlock + 1) * kTileColumns) - block.firstColumn;
  return block;
}

template <class Product>
MatmulPlan planMatmul(const MatmulArguments& arguments) {
  MatmulPlan plan{};
  plan.batchRank = arguments.batchRank;
  plan.m = arguments.m;
  if (foldsBatch(arguments)) plan.m *= arguments.batchDims[--plan.batchRank];
  plan.batches = 1;
  for (int i = 0; i < plan.batchRank; i++) plan.batches *= arguments.batchDims[i];
  const long m = plan.m, n = arguments.n, k = arguments.k;

  const double microseconds = estimateMicroseconds(matmulFlops(plan.batches, m, n, k) / Product::kSpeed, matmulBytes(plan.batches, m, n, k));
  long wanted = tasksFor(microseconds);
  plan.batchesPerTask = maximum(1, plan.batches / wanted);
  wanted = ceilDivide(wanted, maximum(1, plan.batches));
  plan.rowBlocks = plan.columnBlocks = plan.chunks = 1;
  const bool rounds = arguments.precision == Precision::BFloat16;
  const bool packsB = Product::kPacksAll || rounds || choosesPackedB(arguments.b.columnStride == 1 || n <= 1, m, k * n);
  if (plan.batches == 1 && wanted > 1 && k >= kMinChunk && k >= 2 * maximum(m, n) && m * n <= kBlockRows * kBlockColumns) {
    plan.chunks = minimum(wanted, maximum(2, k / kMinChunk));
    wanted = ceilDivide(wanted, plan.chunks);
  } else if (plan.batches == 1 && (!packsB || Product::kPacksAll) && wanted > 1 && k >= 2 * kMaxDepth && k >= kFlatness * m && k * n >= kMinElementsFromAfar) {
    plan.chunks = 2;
    wanted = ceilDivide(wanted, plan.chunks);
  }
  // Halve blocks until there are enough: columns first where every block of rows would need all of a packed B, else rows.
  plan.rowBlocks = maximum(1, ceilDivide(m, kBlockRows));
  plan.columnBlocks = maximum(1, ceilDivide(n, kBlockColumns));
  const long leastRows = !packsB ? kTileRows : k * n > 1024 * 1024 ? kBlockRows : kMinPackedRows;
  const bool byRows = Product::kPacksAll && plan.chunks == 1 && k * n <= kBlockRows * kBlockColumns;  // then all of B stays in L2
  while (plan.rowBlocks * plan.columnBlocks < wanted) {
    const long rows = m / (2 * plan.rowBlocks), columns = n / (2 * plan.columnBlocks);
    if (byRows && rows >= 2 * Product::kRowUnit) plan.rowBlocks *= 2;
    else if (packsB && columns >= kBlockColumns / 2) plan.columnBlocks *= 2;
    else if (rows >= leastRows) plan.rowBlocks *= 2;
    else if (columns >= 2 * (Product::kPacksAll ? 4 : leastPanels(plan.rowBlocks * plan.columnBlocks, packsB)) * kTileColumns) plan.columnBlocks *= 2;
    else break;
  }

  ProductBlock& block = plan.largest;
  block.aRowStride = arguments.a.rowStride;
  block.aColumnStride = arguments.a.columnStride;
  block.bRowStride = arguments.b.rowStride;
  block.bColumnStride = arguments.b.columnStride;
  block.rows = minimum(m, ceilDivide(ceilDivide(m, Product::kRowUnit), plan.rowBlocks) * Product::kRowUnit);
  block.columns = minimum(n, ceilDivide(ceilDivide(n, kTileColumns), plan.columnBlocks) * kTileColumns);
  block.depth = ceilDivide(k, plan.chunks);
  block.packsB = packsB;
  block.rounds = rounds;

  const bool shares = plan.batches == 1 && plan.chunks == 1 && microseconds >= Product::kMinSharedMicroseconds;
  block.accessToA = Product::kPacksAll ? AccessToA::PackedRows : chooseAccessToA(block, shares ? n : block.columns);
  plan.sharesA = shares && packsA(block) && plan.columnBlocks > 1;
  plan.sharesB = shares && packsB && plan.rowBlocks > 1;
  block.packedRows = Product::packedRows(m);
  block.packedColumns = Product::packedColumns(n);
  plan.sharedElementsOfA = plan.sharesA ? roundUp(Product::packedFloats(block.packedRows, k), 16) : 0;
  plan.sharedElementsOfB = plan.sharesB ? Product::packedFloats(block.packedColumns, k) : 0;
  plan.productScratch = Product::scratch(block);
  if (k % plan.chunks != 0) {  // a shorter chunk may fall into fewer, longer parts
    ProductBlock shorter = block;
    shorter.depth--;
    plan.productScratch = maximum(plan.productScratch, Product::scratch(shorter));
  }
  plan.resultScratch = plan.chunks > 1 ? 0 : roundUp(block.rows * block.columns, 16);
  return plan;
}

// Whether the tiles add what a tail does: where sums are whole, rather than of a chunk of the reduction.
inline bool takesAddends(const MatmulArguments& arguments) { return planMatmul<FloatProduct>(arguments).chunks == 1; }

// The phase before: one task for each block of rows of A and of columns of B, and each part of the reduction.
template <class Product>
RAPPEL_INLINE long packingTasksOfA(const MatmulPlan& plan) { return plan.sharesA ? plan.rowBlocks * Product::parts(plan.largest.depth) : 0; }
template <class Product>
RAPPEL_INLINE long packingTasksOfB(const MatmulPlan& plan) { return plan.sharesB ? plan.columnBlocks * Product::parts(plan.largest.depth) : 0; }

template <class Product = FloatProduct>
void matmulSchedule(const MatmulArguments& arguments, Schedule& schedule) {
  const MatmulPlan plan = planMatmul<Product>(arguments);
  const long m = plan.m, n = arguments.n, k = arguments.k;
  schedule.flops = matmulFlops(plan.batches, m, n, k);
  schedule.bytes = matmulBytes(plan.batches, m, n, k);
  schedule.scratchBytes = (plan.productScratch + plan.resultScratch) * sizeof(float);
  if (plan.chunks > 1) {
    schedule.phases = 2;
    schedule.tasks[0] = static_cast<int>(plan.chunks * plan.rowBlocks * plan.columnBlocks);
    schedule.tasks[1] = partialSumTasks(m * n);
    schedule.workspaceBytes = plan.chunks * m * n * sizeof(float);
    if (schedule.scratchBytes < kPartialSumScratch) schedule.scratchBytes = kPartialSumScratch;
    return;
  }
  schedule.phases = 0;
  if (plan.sharesA || plan.sharesB) schedule.tasks[schedule.phases++] = static_cast<int>(packingTasksOfA<Product>(plan) + packingTasksOfB<Product>(plan));
  schedule.tasks[schedule.phases++] = static_cast<int>(ceilDivide(plan.batches, plan.batchesPerTask) * plan.rowBlocks * plan.columnBlocks);
  schedule.workspaceBytes = (plan.sharedElementsOfA + plan.sharedElementsOfB) * sizeof(float);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
