// Decoding the instructions that multiply and add up: Matmul and Convolution.
#include "decoder.h"

namespace rappel {

bool Decoder::decodeMatmul(Instruction& instruction) {
  MatmulInstruction* matmul = executable.region.allocate<MatmulInstruction>();
  if (matmul == nullptr) return outOfMemory();
  instruction.arguments = matmul;
  MatmulArguments& arguments = matmul->arguments;
  if (!takeDims("the number of batch dimensions", arguments.batchRank, arguments.batchDims)) return false;
  int m, n, k, precision;
  if (!takeRange("m", 0, kMaxElements, m) || !takeRange("n", 0, kMaxElements, n) || !takeRange("k", 0, kMaxElements, k)) return false;
  if (!takeRange("precision", 0, 1, precision)) return false;
  arguments.m = m;
  arguments.n = n;
  arguments.k = k;
  arguments.precision = static_cast<Precision>(precision);
  int64 batches = 1;
  for (int d = 0; d < arguments.batchRank; d++) batches = product(batches, arguments.batchDims[d]);
  const auto takeMatrix = [&](const char* name, int rows, int columns, Matrix& matrix, View& view) {
    view.rank = arguments.batchRank + 2;
    if (!take(view.buffer) || !take(view.offset) || !take(matrix.rowStride) || !take(matrix.columnStride)) return false;
    for (int d = 0; d < arguments.batchRank; d++) {
      if (!take(matrix.batchStrides[d])) return false;
      view.dims[d] = arguments.batchDims[d];
      view.strides[d] = matrix.batchStrides[d];
    }
    view.dims[view.rank - 2] = rows;
    view.strides[view.rank - 2] = matrix.rowStride;
    view.dims[view.rank - 1] = columns;
    view.strides[view.rank - 1] = matrix.columnStride;
    if (!checkView(view, name, -1, false) || !requireType(name, view, DType::Float32)) return false;
    return resolve(reinterpret_cast<const char**>(&matrix.data), view.buffer, view.offset);
  };
  View a, b;
  if (!takeMatrix("matrix A", m, k, arguments.a, a) || !takeMatrix("matrix B", k, n, arguments.b, b)) return false;
  const auto takesAddends = kernels.kernelOf(instruction).takesAddends;
  if (takesAddends != nullptr && takesAddends(arguments)) matmul->body.addendColumns = n;
  if (!decodeBody(Role::Tail, matmul->body, &matmul->tail.plain, nullptr)) return false;
  const int64 results = product(batches, product(m, n));
  if (matmul->body.elements != results) {
    return fail("its tail runs over ", matmul->body.elements, " elements, but the product has ", results, " (", batches, " x ", m, " x ", n, ")");
  }
  return requireTailApart("matrix A", a) && requireTailApart("matrix B", b);
}

bool Decoder::decodeConvolution(Instruction& instruction) {
  ConvolutionInstruction* convolution = executable.region.allocate<ConvolutionInstruction>();
  if (convolution == nullptr) return outOfMemory();
  instruction.arguments = convolution;
  ConvolutionArguments& c = convolution->arguments;
  int kind;
  if (!takeRange("its kind", 0, 2, kind)) return false;
  c.kind = static_cast<ConvolutionKind>(kind);
  if (!takeRange("batch", 0, kMaxSize, c.batch) || !takeRange("inHeight", 0, kMaxSize, c.inHeight) ||
      !takeRange("inWidth", 0, kMaxSize, c.inWidth) || !takeRange("inChannels", 0, kMaxSize, c.inChannels) ||
      !takeRange("outHeight", 0, kMaxSize, c.outHeight) || !takeRange("outWidth", 0, kMaxSize, c.outWidth) ||
      !takeRange("outChannels", 0, kMaxSize, c.outChannels) || !takeRange("kernelHeight", 1, kMaxSize, c.kernelHeight) ||
      !takeRange("kernelWidth", 1, kMaxSize, c.kernelWidth)) {
    return false;
  }
  if (!takeRange("strideHeight", 1, kMaxStep, c.strideHeight) || !takeRange("strideWidth", 1, kMaxStep, c.strideWidth) ||
      !takeRange("padTop", -kMaxStep, kMaxStep, c.padTop) || !takeRange("padLeft", -kMaxStep, kMaxStep, c.padLeft) ||
      !takeRange("dilationHeight", 1, kMaxStep, c.dilationHeight) || !takeRange("dilationWidth", 1, kMaxStep, c.dilationWidth) ||
      !takeRange("groups", 1, kMaxSize, c.groups)) {
    return false;
  }
  if (c.inChannels % c.groups != 0 || c.outChannels % c.groups != 0) {
    return fail(c.groups, " groups do not divide ", c.inChannels, " input and ", c.outChannels, " output channels");
  }
  if (!requireSpan("height", c.outHeight, c.strideHeight, c.kernelHeight, c.dilationHeight)) return false;
  if (!requireSpan("width", c.outWidth, c.strideWidth, c.kernelWidth, c.dilationWidth)) return false;
  const int64 in = product(product(c.batch, c.inHeight), product(c.inWidth, c.inChannels));
  const int64 out = product(product(c.batch, c.outHeight), product(c.outWidth, c.outChannels));
  const int64 filter = product(product(c.kernelHeight, c.kernelWidth), product(c.inChannels / c.groups, c.outChannels));
  const int64 sourceA = c.kind == ConvolutionKind::InputGradient ? out : in;
  const int64 sourceB = c.kind == ConvolutionKind::FilterGradient ? out : filter;
  const int64 result = c.kind == ConvolutionKind::Output ? out : c.kind == ConvolutionKind::InputGradient ? in : filter;
  if (result > kMaxElements) return fail("its result has more than ", kMaxElements, " elements");
  View a, b;
  if (!takeArray("operand a", sourceA, false, a) || !requireType("operand a", a, DType::Float32)) return false;
  if (!takeArray("operand b", sourceB, false, b) || !requireType("operand b", b, DType::Float32)) return false;
  if (!resolve(reinterpret_cast<const char**>(&c.a), a.buffer, a.offset) || !resolve(reinterpret_cast<const char**>(&c.b), b.buffer, b.offset)) {
    return false;
  }
  if (!decodeBody(Role::Tail, convolution->body, &convolution->tail.plain, nullptr)) return false;
  if (convolution->body.elements != result) {
    return fail("its tail runs over ", convolution->body.elements, " elements, but its result has ", result);
  }
  return requireTailApart("operand a", a) && requireTailApart("operand b", b);
}

}  // namespace rappel
