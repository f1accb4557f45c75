// Matmul: C[batch..., m, n] = A[batch..., m, k] B[batch..., k, n], any strides, into a tail.
//
// One task computes a block of rows and columns of one matrix, or several whole small matrices. What several blocks of a large
// product would all have to pack is packed once, in a phase before. Where the result is small and the reduction long,
// tasks take chunks of the reduction instead, and a second phase adds the partial results in order. How a block is multiplied is a
// `Product`: FloatProduct of product.h, or one by bfloat16 of product_bfloat16.h.
#pragma once
#include "../arguments.h"
#include "partial_sums.h"
#include "product.h"
#include "tail.h"

namespace rappel {
namespace RAPPEL_ISA {

// How a matmul is cut up: a function of shapes and strides alone.
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
constexpr long kMinStripColumns = 128;      // fewer make runs too short for the tail
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

// Moves both operands to the matrix with this row-major number.
RAPPEL_INLINE void selectMatrix(const MatmulArguments& arguments, int batchRank, long index, ProductBlock& block) {
  block.a = arguments.a.data;
  block.b = arguments.b.data;
  for (int i = batchRank - 1; i >= 0; i--) {
    const long position = index % arguments.batchDims[i];
    index /= arguments.batchDims[i];
    block.a += position * arguments.a.batchStrides[i];
    block.b += position * arguments.b.batchStrides[i];
  }
}

// Passes on rows of a block, `columns` of the result's n each, that lie `stride` apart at `values`.
RAPPEL_INLINE void finishRows(const Tail& tail, Worker& worker, long index, long rows, long columns, long n, const float* values, long stride, bool isNear) {
  if (columns == n) return finish(tail, worker, index, rows * n, values, isNear);
  for (long i = 0; i < rows; i++) finish(tail, worker, index + i * n, columns, values + i * stride, isNear);
}

template <class Product>
void packShared(const MatmulArguments& arguments, const MatmulPlan& plan, long task, float* sharedA, float* sharedB) {
  const long parts = Product::parts(arguments.k);
  const bool ofA = task < packingTasksOfA<Product>(plan);
  if (!ofA) task -= packingTasksOfA<Product>(plan);
  const long start = Product::partOf(arguments.k, task % parts);
  const long depth = Product::partOf(arguments.k, task % parts + 1) - start;
  ProductBlock block = blockOf<Product>(arguments, plan, ofA ? task / parts : 0, ofA ? 0 : task / parts);
  if (ofA) {
    block.a = arguments.a.data + block.firstRow * block.aRowStride;
    Product::packA(block, start, depth, sharedA + Product::placeInPacked(start, block.packedRows, block.firstRow, depth));
  } else {
    block.b = arguments.b.data + block.firstColumn * block.bColumnStride;
    Product::packB(block, start, depth, sharedB + Product::placeInPacked(start, block.packedColumns, block.firstColumn, depth));
  }
}

template <class Product = FloatProduct>
void matmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const MatmulPlan plan = planMatmul<Product>(arguments);
  const long m = plan.m, n = arguments.n, k = arguments.k;
  if (m == 0 || n == 0 || plan.batches == 0) return;
  float* const scratch = reinterpret_cast<float*>(worker.scratch);
  float* const shared = reinterpret_cast<float*>(workspace);
  ProductBlock block = blockOf<Product>(arguments, plan, task / plan.columnBlocks % plan.rowBlocks, task % plan.columnBlocks);
  const long outer = task / (plan.columnBlocks * plan.rowBlocks);
  if (plan.chunks > 1) {
    if (phase == 1) return addPartials(shared, plan.chunks, m * n, tail, task, worker);
    const long start = partStart(k, plan.chunks, outer);
    selectMatrix(arguments, 0, 0, block);
    block.a += block.firstRow * block.aRowStride + start * block.aColumnStride;
    block.b += block.firstColumn * block.bColumnStride + start * block.bRowStride;
    block.depth = partStart(k, plan.chunks, outer + 1) - start;
    block.c = shared + (outer * m + block.firstRow) * n + block.firstColumn;
    block.cStride = n;
    return Product::multiply(block, scratch);
  }
  float* const sharedA = shared;
  float* const sharedB = shared + plan.sharedElementsOfA;
  if ((plan.sharesA || plan.sharesB) && phase == 0) return packShared<Product>(arguments, plan, task, sharedA, sharedB);

  if (plan.sharesA) block.packedA = sharedA;
  if (plan.sharesB) block.packedB = sharedB;
  block.cStride = tail.plain ? n : block.columns;
  float* const result = scratch + plan.productScratch;
  // A short reduction leaves time for the tail's operands to come from memory, if it gets them row by row.
  const bool byStrips = Product::parts(k) == 1 && block.columns >= kMinStripColumns;
  const long firstMatrix = outer * plan.batchesPerTask;
  const long lastMatrix = minimum(plan.batches, firstMatrix + plan.batchesPerTask);
  for (long matrix = firstMatrix; matrix < lastMatrix; matrix++) {
    selectMatrix(arguments, plan.batchRank, matrix, block);
    block.a += block.firstRow * block.aRowStride;
    block.b += block.firstColumn * block.bColumnStride;
    const long index = (matrix * m + block.firstRow) * n + block.firstColumn;
    block.c = tail.plain ? tail.plain + index : result;
    if (!tail.plain && byStrips) {
      Product::multiplyByStrips(
          block, scratch,
          [&](long row, long rows, long column) {
            const long panels = ceilDivide(block.columns, kTileColumns), panel = column / kTileColumns;
            const long first = partStart(rows, panels, panel), count = partStart(rows, panels, panel + 1) - first;
            return memoryOf(tail, index + (row + first) * n, count, block.columns, n);
          },
          [&](long row, long rows) { finishRows(tail, worker, index + row * n, rows, block.columns, n, result, block.columns, kPrefetches); });
    } else {
      Product::multiply(block, scratch);
      finishRows(tail, worker, index, block.rows, block.columns, n, block.c, block.cStride, false);
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
