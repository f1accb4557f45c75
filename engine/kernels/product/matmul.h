// Matmul: C[batch..., m, n] = A[batch..., m, k] B[batch..., k, n], any strides, into a tail.
//
// One task computes a block of rows and columns of one matrix, or several whole small matrices. What several blocks of a large
// product would all have to pack is packed once, in a phase before. Where the result is small and the reduction long,
// tasks take chunks of the reduction instead, and a second phase adds the partial results in order. How a block is multiplied is a
// `Product`: FloatProduct of product.h, or one by bfloat16 of product_bfloat16.h.
#pragma once
#include "../tail.h"
#include "matmul_plan.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kMinStripColumns = 128;  // fewer make runs too short for the tail

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

// An addend where a block begins: at the result's element `index`, in `column` of `columns`.
RAPPEL_INLINE Addend addendOf(const BodyInput& input, long index, long column, long columns) {
  const float* const values = reinterpret_cast<const float*>(input.data);
  return input.period > 0 ? Addend{values + column, 0} : Addend{values + index, columns};
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
  block.addendCount = tail.body->addendCount;
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
    for (int i = 0; kAddsInTiles && i < block.addendCount; i++) {
      block.addends[i] = addendOf(tail.body->inputs[tail.body->addends[i]], index, block.firstColumn, n);
    }
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
