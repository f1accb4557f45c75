// Matmul against plain loops in double: odd sizes, empty dimensions, strides, transposes, batches, tails, threads.
#include "../kernels/product/matmul.h"
#include "harness.h"
#if defined(__AMX_BF16__)
#include "../kernels/product/product_bfloat16.h"

#include <sys/syscall.h>
#include <unistd.h>
#endif

using namespace rappel;
using namespace rappel::RAPPEL_ISA;
using namespace rappel::test;

namespace {

enum class Layout { Plain, Transposed, Padded, Strided };

// Strides of a rows x columns matrix in that layout, and the elements it spans.
long strideMatrix(Layout layout, long rows, long columns, Matrix& matrix) {
  switch (layout) {
    case Layout::Plain: matrix.rowStride = columns, matrix.columnStride = 1; return rows * columns;
    case Layout::Transposed: matrix.rowStride = 1, matrix.columnStride = rows; return rows * columns;
    case Layout::Padded: matrix.rowStride = columns + 3, matrix.columnStride = 1; return rows * (columns + 3);
    case Layout::Strided: matrix.rowStride = 3 * columns, matrix.columnStride = 2; return rows * 3 * columns;
  }
  return 0;
}

struct Case {
  long m, n, k;
  Layout a = Layout::Plain, b = Layout::Plain;
  int outer = 1, inner = 1;        // batch dimensions
  bool sharedA = false, sharedB = false;  // the same matrix for all of the inner batch
};

template <class Product>
void runTask(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  matmulTask<Product>(arguments, tail, phase, task, worker, workspace);
}
#if defined(__AMX_BF16__)
const bool permitted = syscall(SYS_arch_prctl, 0x1023, 18) == 0;
template <class Product>
void runTiles(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  MultiplyByTiles::begin();
  matmulTask<Product>(arguments, tail, phase, task, worker, workspace);
  MultiplyByTiles::end();
}
using Tiles = BFloat16Product<MultiplyByTiles, 1>;
using SplitTiles = BFloat16Product<MultiplyByTiles, 3>;
template <>
void runTask<Tiles>(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  runTiles<Tiles>(arguments, tail, phase, task, worker, workspace);
}
template <>
void runTask<SplitTiles>(const MatmulArguments& arguments, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  runTiles<SplitTiles>(arguments, tail, phase, task, worker, workspace);
}
#endif

// As packing rounds.
float rounded(float value, Precision precision) {
  if (precision == Precision::Float32) return value;
  roundToBfloat16(&value, 1);
  return value;
}

template <class Product>
void checkWith(Failures& failures, const Case& c, Precision precision, const char* multiplication) {
  MatmulArguments arguments{};
  arguments.precision = precision;
  arguments.m = c.m, arguments.n = c.n, arguments.k = c.k;
  arguments.batchRank = c.outer * c.inner > 1 ? 2 : 0;
  arguments.batchDims[0] = c.outer, arguments.batchDims[1] = c.inner;
  const long aElements = strideMatrix(c.a, c.m, c.k, arguments.a), bElements = strideMatrix(c.b, c.k, c.n, arguments.b);
  arguments.a.batchStrides[1] = c.sharedA ? 0 : aElements, arguments.a.batchStrides[0] = aElements * (c.sharedA ? 1 : c.inner);
  arguments.b.batchStrides[1] = c.sharedB ? 0 : bElements, arguments.b.batchStrides[0] = c.sharedB ? 0 : bElements * c.inner;
  Floats32 a(aElements * c.outer * c.inner), b(bElements * c.outer * c.inner);
  a.randomize(1), b.randomize(2);

  std::vector<double> expected;
  for (int outer = 0; outer < c.outer; outer++) {
    for (int inner = 0; inner < c.inner; inner++) {
      const float* left = a.data() + outer * arguments.a.batchStrides[0] + inner * arguments.a.batchStrides[1];
      const float* right = b.data() + outer * arguments.b.batchStrides[0] + inner * arguments.b.batchStrides[1];
      for (long i = 0; i < c.m; i++) {
        for (long j = 0; j < c.n; j++) {
          double sum = 0;
          for (long t = 0; t < c.k; t++) {
            sum += double(rounded(left[i * arguments.a.rowStride + t * arguments.a.columnStride], precision)) *
                   rounded(right[t * arguments.b.rowStride + j * arguments.b.columnStride], precision);
          }
          expected.push_back(sum);
        }
      }
    }
  }

  Schedule schedule;
  matmulSchedule<Product>(arguments, schedule);
  arguments.a.data = a.data(), arguments.b.data = b.data();
  char name[200];
  std::snprintf(name, sizeof name, "%s matmul %ldx%ldx%ld, A layout %d, B layout %d, batch %dx%d%s%s", multiplication, c.m, c.n, c.k, int(c.a), int(c.b), c.outer, c.inner,
                c.sharedA ? ", A shared" : "", c.sharedB ? ", B shared" : "");
  const auto bind = [&](float* plain, const Body* body) -> RunTask {
    const Tail tail{body, recordingTail, plain, schedule.scratchBytes};
    return [&arguments, tail](int phase, int task, Worker& worker, char* workspace) {
      runTask<Product>(arguments, tail, phase, task, worker, workspace);
    };
  };
  checkKernel(failures, name, schedule, expected, c.k, bind);
  if (!std::is_same_v<Product, FloatProduct> || !takesAddends(arguments)) return;

  // The same with an array and a bias added by the product.
  const long results = static_cast<long>(expected.size());
  Floats32 array(results), bias(c.n);
  array.randomize(3), bias.randomize(4);
  for (long i = 0; i < results; i++) expected[i] += double(array[i]) + bias[i % c.n];
  BodyInput inputs[3]{};
  inputs[1].data = reinterpret_cast<const char*>(array.data());
  inputs[2].data = reinterpret_cast<const char*>(bias.data()), inputs[2].period = static_cast<int>(c.n);
  Body body{};
  body.inputs = inputs;
  body.inputCount = 3;
  for (BodyInput& input : inputs) input.access = Access::Addend;
  body.addendCount = 2, body.addends[0] = 1, body.addends[1] = 2;
  std::strncat(name, ", with addends", sizeof name - std::strlen(name) - 1);
  checkKernel(failures, name, schedule, expected, c.k, bind, body);
}

void check(Failures& failures, const Case& c) {
  checkWith<FloatProduct>(failures, c, Precision::Float32, "float32");
  checkWith<FloatProduct>(failures, c, Precision::BFloat16, "rounding");
#if defined(__AMX_BF16__)
  checkWith<BFloat16Product<MultiplyByVectors, 1>>(failures, c, Precision::BFloat16, "AVX-512 BF16");
  if (!permitted) return;
  checkWith<Tiles>(failures, c, Precision::BFloat16, "AMX");
  checkWith<SplitTiles>(failures, c, Precision::Float32, "AMX, split");
#endif
}

}  // namespace

int main() {
  Failures failures;
  const Layout layouts[] = {Layout::Plain, Layout::Transposed, Layout::Padded, Layout::Strided};
  const long sizes[] = {1, 3, 10, 16, 31, 33, 70};
  for (long m : sizes)
    for (long n : sizes)
      for (long k : sizes) check(failures, {m, n, k});
  for (Layout a : layouts) {
    for (Layout b : layouts) {
      check(failures, {1, 1, 1, a, b});
      check(failures, {1, 37, 19, a, b});
      check(failures, {37, 1, 19, a, b});
      check(failures, {45, 67, 1, a, b});
      check(failures, {45, 67, 29, a, b});
      check(failures, {150, 140, 500, a, b});
      check(failures, {33, 50, 1700, a, b});  // split reduction
      check(failures, {20, 310, 530, a, b});   // few rows: halves of B's rows
      check(failures, {20, 310, 513, a, b});   // the shorter half is one part of the reduction, the longer two
      check(failures, {70, 130, 1025, a, b});
      check(failures, {9, 10, 11, a, b, 3, 5});
      check(failures, {9, 10, 11, a, b, 3, 5, true, false});
      check(failures, {9, 10, 11, a, b, 3, 5, false, true});
      check(failures, {70, 64, 65, a, b, 2, 3});
    }
  }
  for (long m : {0, 5})
    for (long n : {0, 20})
      for (long k : {0, 7}) check(failures, {m, n, k}), check(failures, {m, n, k, Layout::Plain, Layout::Transposed, 2, 2});
  for (Layout a : {Layout::Plain, Layout::Transposed})
    for (Layout b : {Layout::Plain, Layout::Transposed}) check(failures, {530, 560, 600, a, b}), check(failures, {512, 1024, 512, a, b});  // shared panels
  for (Layout a : layouts)  // panels that the first tile packs: whole ones and a rest, in parts of the reduction, in chunks of it, and strips
    check(failures, {130, 1100, 300, a}), check(failures, {100, 400, 2100, a, Layout::Padded}), check(failures, {97, 2000, 250, a});
  check(failures, {300, 1100, 40});
  check(failures, {40, 1100, 300});
  check(failures, {64, 128, 4000});
  check(failures, {4000, 10, 30});
  check(failures, {4, 4, 9000});
  check(failures, {1, 999, 1025});
  check(failures, {32, 256, 784});
  check(failures, {32, 16, 8, Layout::Plain, Layout::Plain, 100, 4});
  std::printf("matmul: %d checks, %d failed\n", failures.checks, failures.failed);
  return failures.failed != 0;
}
