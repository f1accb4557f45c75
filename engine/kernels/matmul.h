// Matmul: C[batch..., m, n] = A[batch..., m, k] B[batch..., k, n], any strides, into a tail.
//
// One task computes a block of rows and columns of one matrix, or several whole small matrices. Where the result is small and the
// reduction long, tasks take chunks of the reduction instead, and a second phase adds the partial results in order.
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
  ProductBlock largest;  // the shape of the largest block
  long productScratch, resultScratch;  // floats
};

constexpr long kBlockColumns = 512;  // full rows of this length serve the tail well
constexpr long kBlockRows = 256;     // with kBlockColumns: 512 KB of results, a quarter of a usual L2
constexpr long kLargeB = 256 * 1024;  // elements: a B that leaves no room in L2 for anything else
constexpr long kMinPackedRows = 96;   // fewer rows do not repay packing B

// Rows of several matrices that follow each other and share B are one matrix with more rows.
RAPPEL_INLINE bool foldsBatch(const MatmulArguments& arguments) {
  const int last = arguments.batchRank - 1;
  return last >= 0 && arguments.b.batchStrides[last] == 0 && arguments.a.batchStrides[last] == arguments.m * arguments.a.rowStride;
}

inline MatmulPlan planMatmul(const MatmulArguments& arguments) {
  MatmulPlan plan;
  plan.batchRank = arguments.batchRank;
  plan.m = arguments.m;
  if (foldsBatch(arguments)) plan.m *= arguments.batchDims[--plan.batchRank];
  plan.batches = 1;
  for (int i = 0; i < plan.batchRank; i++) plan.batches *= arguments.batchDims[i];
  const long m = plan.m, n = arguments.n, k = arguments.k;

  const double microseconds = 2.0 * plan.batches * m * n * k / kFlopsPerMicrosecond;
  long wanted = tasksFor(microseconds);
  plan.batchesPerTask = maximum(1, plan.batches / wanted);
  wanted = ceilDivide(wanted, maximum(1, plan.batches));
  plan.rowBlocks = plan.columnBlocks = plan.chunks = 1;
  const bool transposedB = arguments.b.columnStride != 1 && n > 1;
  const bool packsB = transposedB || (k * n > kLargeB && m >= kMinPackedRows);
  const long columnUnits = ceilDivide(n, kTileColumns);
  if (plan.batches == 1 && wanted > 1 && k >= 4 * kMaxDepth && k >= 4 * maximum(m, n) && m * n <= kBlockRows * kBlockColumns) {
    plan.chunks = minimum(wanted, k / kMaxDepth);
  } else {
    // Halve blocks until there are enough: columns first where every block of rows would pack B again, else rows.
    plan.rowBlocks = maximum(1, ceilDivide(m, kBlockRows));
    plan.columnBlocks = maximum(1, ceilDivide(n, kBlockColumns));
    const long leastRows = !packsB ? 8 : k * n > 4 * kLargeB ? kBlockRows : kMinPackedRows;
    while (plan.rowBlocks * plan.columnBlocks < wanted) {
      const long rows = m / (2 * plan.rowBlocks), columns = n / (2 * plan.columnBlocks);
      if (packsB && columns >= kBlockColumns / 2) plan.columnBlocks *= 2;
      else if (rows >= leastRows) plan.rowBlocks *= 2;
      else if (columns >= 2 * kTileColumns) plan.columnBlocks *= 2;
      else break;
    }
  }

  ProductBlock& block = plan.largest;
  block.a = block.b = nullptr;
  block.c = nullptr;
  block.aRowStride = arguments.a.rowStride;
  block.aColumnStride = arguments.a.columnStride;
  block.bRowStride = arguments.b.rowStride;
  block.bColumnStride = arguments.b.columnStride;
  block.rows = ceilDivide(m, plan.rowBlocks);
  block.columns = minimum(n, ceilDivide(columnUnits, plan.columnBlocks) * kTileColumns);
  block.depth = ceilDivide(k, plan.chunks);
  block.cStride = plan.columnBlocks == 1 ? n : block.columns;
  block.packsB = packsB;
  plan.productScratch = productScratch(block);
  plan.resultScratch = plan.chunks > 1 ? 0 : roundUp(block.rows * block.columns, 16);
  return plan;
}

inline void matmulSchedule(const MatmulArguments& arguments, Schedule& schedule) {
  const MatmulPlan plan = planMatmul(arguments);
  const long m = plan.m, n = arguments.n, k = arguments.k;
  schedule.flops = 2.0 * plan.batches * m * n * k;
  schedule.bytes = 4.0 * plan.batches * (m * k + k * n + m * n);
  schedule.scratchBytes = (plan.productScratch + plan.resultScratch) * sizeof(float);
  schedule.workspaceBytes = 0;
  schedule.phases = 1;
  if (plan.chunks > 1) {
    schedule.phases = 2;
    schedule.tasks[0] = static_cast<int>(plan.chunks);
    schedule.tasks[1] = partialSumTasks(m * n);
    schedule.workspaceBytes = plan.chunks * m * n * sizeof(float);
    if (schedule.scratchBytes < kPartialSumScratch) schedule.scratchBytes = kPartialSumScratch;
  } else {
    schedule.tasks[0] = static_cast<int>(ceilDivide(plan.batches, plan.batchesPerTask) * plan.rowBlocks * plan.columnBlocks);
  }
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

inline void matmulTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  const MatmulPlan plan = planMatmul(arguments);
  const long m = plan.m, n = arguments.n, k = arguments.k;
  if (m == 0 || n == 0 || plan.batches == 0) return;
  float* const partials = reinterpret_cast<float*>(workspace);
  if (phase == 1) return addPartials(partials, plan.chunks, m * n, tail, task, worker);

  float* const scratch = reinterpret_cast<float*>(worker.scratch);
  float* const result = scratch + plan.productScratch;
  ProductBlock block = plan.largest;
  if (plan.chunks > 1) {
    const long start = partStart(k, plan.chunks, task);
    selectMatrix(arguments, 0, 0, block);
    block.a += start * block.aColumnStride;
    block.b += start * block.bRowStride;
    block.depth = partStart(k, plan.chunks, task + 1) - start;
    block.c = partials + task * m * n;
    return multiplyBlock(block, scratch);
  }

  const long columnBlock = task % plan.columnBlocks;
  const long rowBlock = task / plan.columnBlocks % plan.rowBlocks;
  const long firstMatrix = task / (plan.columnBlocks * plan.rowBlocks) * plan.batchesPerTask;
  const long lastMatrix = minimum(plan.batches, firstMatrix + plan.batchesPerTask);
  const long row = partStart(m, plan.rowBlocks, rowBlock);
  const long columnUnits = ceilDivide(n, kTileColumns);
  const long column = partStart(columnUnits, plan.columnBlocks, columnBlock) * kTileColumns;
  block.rows = partStart(m, plan.rowBlocks, rowBlock + 1) - row;
  block.columns = minimum(n, partStart(columnUnits, plan.columnBlocks, columnBlock + 1) * kTileColumns) - column;
  block.cStride = tail.plain ? n : block.columns;
  for (long matrix = firstMatrix; matrix < lastMatrix; matrix++) {
    selectMatrix(arguments, plan.batchRank, matrix, block);
    block.a += row * block.aRowStride;
    block.b += column * block.bColumnStride;
    const long index = (matrix * m + row) * n + column;
    block.c = tail.plain ? tail.plain + index : result;
    multiplyBlock(block, scratch);
    if (tail.plain) continue;
    if (block.columns == n) {
      finish(tail, worker, index, block.rows * n, result);
    } else {
      for (long i = 0; i < block.rows; i++) finish(tail, worker, index + i * n, block.columns, result + i * block.columns);
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
