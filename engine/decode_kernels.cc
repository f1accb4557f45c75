// Decoding the payloads of instructions, but for the body they may carry (decode_body.cc) and those that walk lines (decode_lines.cc).
#include "decoder.h"

namespace rappel {

namespace {

// A product of sizes that cannot overflow: it stays beyond every limit once it is.
int64 product(int64 a, int64 b) {
  constexpr int64 limit = int64{1} << 40;
  if (a == 0 || b == 0) return 0;
  return a > limit / b ? limit : a * b;
}

constexpr int64 kMaxSize = 1 << 30;

}  // namespace

bool Decoder::decodeMap(Instruction& instruction) {
  MapArguments* map = executable.region.allocate<MapArguments>();
  if (map == nullptr) return outOfMemory();
  instruction.arguments = map;
  const int patches = executable.patchCount, moves = loop == nullptr ? 0 : loop->moveCount;
  if (!decodeBody(Role::Map, map->body, nullptr, nullptr)) return false;
  // A body that only moves values is a copy, which knows how to transpose.
  const Body& body = map->body;
  if (body.stepCount > 0 || body.inputCount != 1 || body.outputCount != 1 || body.outputs[0].place != 0) return true;
  const View &source = inputViews[0], &target = outputViews[0];
  const bool rearranges = body.inputs[0].access == Access::Gathered || (body.inputs[0].access == Access::Contiguous && !body.outputs[0].contiguous);
  if (!rearranges || buffers[source.buffer].dtype != buffers[target.buffer].dtype || mayOverlap(source, target)) return true;
  executable.patchCount = patches;
  if (loop != nullptr) loop->moveCount = moves;
  instruction.opcode = Opcode::Copy;
  return planCopy(instruction, source, target);
}

bool Decoder::decodeMatmul(Instruction& instruction) {
  MatmulInstruction* matmul = executable.region.allocate<MatmulInstruction>();
  if (matmul == nullptr) return outOfMemory();
  instruction.arguments = matmul;
  MatmulArguments& arguments = matmul->arguments;
  if (!takeDims("the number of batch dimensions", arguments.batchRank, arguments.batchDims)) return false;
  int m, n, k;
  if (!takeRange("m", 0, kMaxElements, m) || !takeRange("n", 0, kMaxElements, n) || !takeRange("k", 0, kMaxElements, k)) return false;
  arguments.m = m;
  arguments.n = n;
  arguments.k = k;
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
  if (!decodeBody(Role::Tail, matmul->body, &matmul->tail.plain, nullptr)) return false;
  const int64 results = product(batches, product(m, n));
  if (matmul->body.elements != results) {
    return fail("its tail runs over ", matmul->body.elements, " elements, but the product has ", results, " (", batches, " x ", m, " x ", n, ")");
  }
  for (int i = 0; i < outputViewCount; i++) {
    if (!requireApart("an output of its tail", outputViews[i], "matrix A", a)) return false;
    if (!requireApart("an output of its tail", outputViews[i], "matrix B", b)) return false;
  }
  return true;
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
  constexpr int64 maxStep = 1 << 20;  // coordinates stay within an int
  if (!takeRange("strideHeight", 1, maxStep, c.strideHeight) || !takeRange("strideWidth", 1, maxStep, c.strideWidth) ||
      !takeRange("padTop", -maxStep, maxStep, c.padTop) || !takeRange("padLeft", -maxStep, maxStep, c.padLeft) ||
      !takeRange("dilationHeight", 1, maxStep, c.dilationHeight) || !takeRange("dilationWidth", 1, maxStep, c.dilationWidth) ||
      !takeRange("groups", 1, kMaxSize, c.groups)) {
    return false;
  }
  if (c.inChannels % c.groups != 0 || c.outChannels % c.groups != 0) {
    return fail(c.groups, " groups do not divide ", c.inChannels, " input and ", c.outChannels, " output channels");
  }
  const auto spans = [&](const char* what, int count, int stride, int kernel, int dilation) {
    const int64 reach = product(count, stride) + product(kernel, dilation);
    return reach < kMaxSize || fail("along its ", what, " the windows span ", reach, " places; at most ", kMaxSize, " are possible");
  };
  if (!spans("height", c.outHeight, c.strideHeight, c.kernelHeight, c.dilationHeight)) return false;
  if (!spans("width", c.outWidth, c.strideWidth, c.kernelWidth, c.dilationWidth)) return false;
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
  for (int i = 0; i < outputViewCount; i++) {
    if (!requireApart("an output of its tail", outputViews[i], "operand a", a)) return false;
    if (!requireApart("an output of its tail", outputViews[i], "operand b", b)) return false;
  }
  return true;
}

bool Decoder::decodeReduce(Instruction& instruction) {
  ReduceArguments* reduce = executable.region.allocate<ReduceArguments>();
  if (reduce == nullptr) return outOfMemory();
  instruction.arguments = reduce;
  int kind;
  if (!take(kind)) return false;
  const bool flag = (kind & 256) != 0;
  kind &= ~256;
  if (kind < 0 || kind > 7) return fail("its kind is ", kind, ", expected 0 to 7");
  reduce->kind = static_cast<ReduceKind>(kind);
  int outer, reduced, inner;
  if (!takeRange("outer", 0, kMaxElements, outer) || !takeRange("reduced", 0, kMaxElements, reduced) || !takeRange("inner", 0, kMaxElements, inner)) {
    return false;
  }
  reduce->outer = outer;
  reduce->reduced = reduced;
  reduce->inner = inner;
  View output{};
  const bool withTail = at < end && words[at] == kAccumulator;
  if (withTail) {
    if (reduce->kind > ReduceKind::Prod) return fail("only Sum, Max, Min and Prod can have a tail (output buffer -1); its kind is ", kind);
    at += 2;
  } else if (!takeArray("its output", product(outer, inner), true, output) || !resolve(&reduce->output, output.buffer, output.offset)) {
    return false;
  }
  const DType dtype = withTail ? DType::Float32 : buffers[output.buffer].dtype;
  RegisterType needed = RegisterType::Float, met = RegisterType::Any;
  switch (reduce->kind) {
    case ReduceKind::ArgMax:
    case ReduceKind::ArgMin:
      if (!requireType("its output", output, DType::Int32)) return false;
      reduce->integer = flag;
      if (flag) needed = RegisterType::Int;
      break;
    case ReduceKind::Any:
    case ReduceKind::All:
      if (!requireType("its output", output, DType::Bool)) return false;
      needed = RegisterType::Bool;
      break;
    default:
      if (dtype != DType::Float32 && dtype != DType::Int32) return fail("its output is ", dtypeName(dtype), ", expected float32 or int32");
      reduce->integer = dtype == DType::Int32;
      if (reduce->integer) needed = RegisterType::Int;
  }
  if (!decodeBody(Role::Head, reduce->head, nullptr, &met)) return false;
  if (met != RegisterType::Any && met != needed) return fail("the type of its head's value is not the one that it reduces");
  const int64 elements = product(product(outer, reduced), inner);
  if (reduce->head.elements != elements) {
    return fail("its head runs over ", reduce->head.elements, " elements, but outer x reduced x inner is ", elements);
  }
  const int headInputs = inputViewCount;
  if (!withTail) {
    for (int i = 0; i < headInputs; i++) {
      if (!requireApart("its output", output, "an input of its head", inputViews[i])) return false;
    }
    return true;
  }
  for (int i = 0; i < headInputs; i++) headInputViews[i] = inputViews[i];
  if (!decodeBody(Role::Tail, reduce->tailBody, &reduce->tail.plain, nullptr)) return false;
  reduce->tail.body = &reduce->tailBody;
  if (reduce->tailBody.elements != product(outer, inner)) {
    return fail("its tail runs over ", reduce->tailBody.elements, " elements, but outer x inner is ", product(outer, inner));
  }
  for (int i = 0; i < outputViewCount; i++) {
    for (int j = 0; j < headInputs; j++) {
      if (!requireApart("an output of its tail", outputViews[i], "an input of its head", headInputViews[j])) return false;
    }
  }
  return true;
}

bool Decoder::decodeWindow(Instruction& instruction) {
  WindowArguments* window = executable.region.allocate<WindowArguments>();
  if (window == nullptr) return outOfMemory();
  instruction.arguments = window;
  WindowArguments& w = *window;
  constexpr int64 maxStep = 1 << 20;
  if (!takeRange("batch", 0, kMaxSize, w.batch) || !takeRange("height", 0, kMaxSize, w.height) || !takeRange("width", 0, kMaxSize, w.width) ||
      !takeRange("channels", 0, kMaxSize, w.channels) || !takeRange("outHeight", 0, kMaxSize, w.outHeight) ||
      !takeRange("outWidth", 0, kMaxSize, w.outWidth) || !takeRange("windowHeight", 1, kMaxSize, w.windowHeight) ||
      !takeRange("windowWidth", 1, kMaxSize, w.windowWidth) || !takeRange("strideHeight", 1, maxStep, w.strideHeight) ||
      !takeRange("strideWidth", 1, maxStep, w.strideWidth) || !takeRange("padTop", -maxStep, maxStep, w.padTop) ||
      !takeRange("padLeft", -maxStep, maxStep, w.padLeft) || !takeRange("dilationHeight", 1, maxStep, w.dilationHeight) ||
      !takeRange("dilationWidth", 1, maxStep, w.dilationWidth)) {
    return false;
  }
  const int64 reachHeight = product(w.outHeight, w.strideHeight) + product(w.windowHeight, w.dilationHeight);
  const int64 reachWidth = product(w.outWidth, w.strideWidth) + product(w.windowWidth, w.dilationWidth);
  if (reachHeight >= kMaxSize || reachWidth >= kMaxSize) return fail("its windows span ", reachHeight, " x ", reachWidth, " places");
  const int64 places = product(w.windowHeight, w.windowWidth);
  if (places > kMaxElements) return fail("its windows have ", places, " places");
  w.widePositions = places > 256;
  const int64 large = product(product(w.batch, w.height), product(w.width, w.channels));
  const int64 small = product(product(w.batch, w.outHeight), product(w.outWidth, w.channels));
  const DType positions = w.widePositions ? DType::Int32 : DType::UInt8;

  struct Operand {
    const char* name;
    int64 elements;
    DType dtype;
    bool written, optional;
  };
  Operand operands[3];
  constexpr DType real = DType::Float32;
  const Operand absent = {nullptr, 0, real, false, true};
  switch (instruction.opcode) {
    case Opcode::WindowMax:
      operands[0] = {"the source", large, real, false, false};
      operands[1] = {"the result", small, real, true, true};
      operands[2] = {"the positions", small, positions, true, true};
      break;
    case Opcode::WindowGather:
      operands[0] = {"the source", large, real, false, false};
      operands[1] = {"the positions", small, positions, false, false};
      operands[2] = {"the result", small, real, true, false};
      break;
    case Opcode::WindowScatter:
      operands[0] = {"the values", small, real, false, false};
      operands[1] = {"the positions", small, positions, false, false};
      operands[2] = {"the result", large, real, true, false};
      break;
    case Opcode::WindowSum:
      operands[0] = {"the source", large, real, false, false};
      operands[1] = absent;
      operands[2] = {"the result", small, real, true, false};
      break;
    default:
      operands[0] = {"the values", small, real, false, false};
      operands[1] = absent;
      operands[2] = {"the result", large, real, true, false};
  }
  View views[3];
  bool present[3] = {};
  char** pointers[3] = {&w.first, &w.second, &w.third};
  for (int i = 0; i < 3; i++) {
    const Operand& operand = operands[i];
    if (at < end && words[at] == -1) {
      if (!operand.optional) return fail(operand.name, " may not be absent");
      at += 2;
      if (at > end) return fail("its ", end, " words end before its payload does");
      continue;
    }
    if (operand.name == nullptr) return fail("operand ", i, " is not used and must be -1");
    present[i] = true;
    if (!takeArray(operand.name, operand.elements, operand.written, views[i]) || !requireType(operand.name, views[i], operand.dtype)) return false;
    if (!resolve(pointers[i], views[i].buffer, views[i].offset)) return false;
    for (int j = 0; j < i; j++) {
      if (present[j] && (operand.written || operands[j].written) && !requireApart(operand.name, views[i], operands[j].name, views[j])) return false;
    }
  }
  return true;
}

bool Decoder::decodeGather(Instruction& instruction, bool scatter) {
  GatherArguments* gather = executable.region.allocate<GatherArguments>();
  if (gather == nullptr) return outOfMemory();
  instruction.arguments = gather;
  int outer, axisSize, count, inner;
  if (!takeRange("outer", 0, kMaxElements, outer) || !takeRange("axisSize", 0, kMaxElements, axisSize) ||
      !takeRange("count", 0, kMaxElements, count) || !takeRange("inner", 0, kMaxElements, inner)) {
    return false;
  }
  gather->outer = outer;
  gather->axisSize = axisSize;
  gather->count = count;
  gather->inner = inner;
  const int64 whole = product(product(outer, axisSize), inner), picked = product(product(outer, count), inner);
  View source, indices, result;
  if (!takeArray("the source", scatter ? picked : whole, false, source) || !takeArray("the indices", count, false, indices) ||
      !takeArray("the result", scatter ? whole : picked, true, result)) {
    return false;
  }
  if (!requireType("the indices", indices, DType::Int32)) return false;
  const DType dtype = buffers[source.buffer].dtype;
  if (scatter && dtype != DType::Float32 && dtype != DType::Int32) return fail("the source is ", dtypeName(dtype), ", expected float32 or int32");
  if (!requireType("the result", result, dtype)) return false;
  if (!requireApart("the result", result, "the source", source) || !requireApart("the result", result, "the indices", indices)) return false;
  gather->elementBytes = elementBytes(dtype);
  gather->integer = dtype == DType::Int32;
  return resolve(&gather->source, source.buffer, source.offset) &&
         resolve(reinterpret_cast<const char**>(&gather->indices), indices.buffer, indices.offset) &&
         resolve(&gather->result, result.buffer, result.offset);
}

bool Decoder::decodeCopy(Instruction& instruction) {
  int rank, dims[kMaxRank];
  View source, target;
  if (!takeDims("its rank", rank, dims)) return false;
  if (!takeStridedView("the source", -1, rank, dims, false, source) || !takeStridedView("the target", -1, rank, dims, true, target)) return false;
  if (!requireType("the target", target, buffers[source.buffer].dtype) || !requireApart("the target", target, "the source", source)) return false;
  return planCopy(instruction, source, target);
}

// The target's strides are made positive and descending, so that the walk follows the target's memory; then dimensions that continue each
// other on both sides are joined.
bool Decoder::planCopy(Instruction& instruction, View source, View target) {
  CopyArguments* copy = executable.region.allocate<CopyArguments>();
  if (copy == nullptr) return outOfMemory();
  instruction.arguments = copy;
  copy->elementBytes = elementBytes(buffers[source.buffer].dtype);
  const int* dims = source.dims;
  int order[kMaxRank], used = 0;
  bool empty = false;
  for (int d = 0; d < source.rank; d++) {
    if (dims[d] == 0) empty = true;
    if (dims[d] <= 1) continue;
    if (target.strides[d] < 0) {
      target.offset += (dims[d] - int64{1}) * target.strides[d];
      source.offset += (dims[d] - int64{1}) * source.strides[d];
      target.strides[d] = -target.strides[d];
      source.strides[d] = -source.strides[d];
    }
    int at = used++;
    for (; at > 0 && target.strides[order[at - 1]] < target.strides[d]; at--) order[at] = order[at - 1];
    order[at] = d;
  }
  for (int i = 0; i < used; i++) {
    const int d = order[i], last = copy->rank - 1;
    if (last >= 0 && copy->targetStrides[last] == target.strides[d] * dims[d] && copy->sourceStrides[last] == source.strides[d] * dims[d]) {
      copy->dims[last] *= dims[d];
      copy->targetStrides[last] = target.strides[d];
      copy->sourceStrides[last] = source.strides[d];
    } else {
      copy->dims[copy->rank] = dims[d];
      copy->targetStrides[copy->rank] = target.strides[d];
      copy->sourceStrides[copy->rank] = source.strides[d];
      copy->rank++;
    }
  }
  if (copy->rank == 0) {
    copy->rank = 1;
    copy->dims[0] = 1;
    copy->sourceStrides[0] = copy->targetStrides[0] = 1;
  }
  if (empty) copy->dims[0] = 0;
  return resolve(&copy->source, source.buffer, empty ? 0 : source.offset) && resolve(&copy->target, target.buffer, empty ? 0 : target.offset);
}

bool Decoder::decodeFill(Instruction& instruction) {
  FillArguments* fill = executable.region.allocate<FillArguments>();
  if (fill == nullptr) return outOfMemory();
  instruction.arguments = fill;
  int elements, bits;
  View target;
  if (!takeRange("the number of elements", 0, kMaxElements, elements) || !takeArray("its target", elements, true, target) || !take(bits)) return false;
  fill->bits = static_cast<unsigned>(bits);
  fill->elements = elements;
  fill->elementBytes = elementBytes(buffers[target.buffer].dtype);
  return resolve(&fill->target, target.buffer, elements == 0 ? 0 : target.offset);
}

bool Decoder::decodeLoop(Instruction& instruction) {
  if (loop != nullptr) return fail("it lies inside of another loop");
  LoopArguments* arguments = executable.region.allocate<LoopArguments>();
  if (arguments == nullptr) return outOfMemory();
  instruction.arguments = arguments;
  instruction.schedule.tasks[0] = 0;
  int moveCount;
  if (!takeRange("the number of turns", 1, kMaxElements, arguments->turns)) return false;
  if (!takeRange("the number of its instructions", 1, following, arguments->count)) return false;
  if (!takeRange("the number of moves", 0, bufferCount, moveCount)) return false;
  for (int i = 0; i < moveCount; i++) {
    int number, first, step;
    if (!takeRange("a buffer that moves", 0, bufferCount - int64{1}, number) || !take(first) || !take(step)) return false;
    Buffer& buffer = buffers[number];
    if (buffer.first != 0 || buffer.step != 0) return fail("buffer ", number, " moves twice");
    buffer.first = first;
    buffer.step = step;
  }
  loop = arguments;
  leftInLoop = arguments->count;
  moveCapacity = 0;
  return true;
}

bool Decoder::decodeInstruction(Instruction& instruction) {
  outputViewCount = inputViewCount = 0;
  switch (instruction.opcode) {
    case Opcode::Map: return decodeMap(instruction);
    case Opcode::Matmul: return decodeMatmul(instruction);
    case Opcode::Convolution: return decodeConvolution(instruction);
    case Opcode::Reduce: return decodeReduce(instruction);
    case Opcode::WindowMax:
    case Opcode::WindowGather:
    case Opcode::WindowScatter:
    case Opcode::WindowSum:
    case Opcode::WindowSpread: return decodeWindow(instruction);
    case Opcode::Gather: return decodeGather(instruction, false);
    case Opcode::ScatterAdd: return decodeGather(instruction, true);
    case Opcode::Copy: return decodeCopy(instruction);
    case Opcode::Fill: return decodeFill(instruction);
    case Opcode::Argsort: return decodeArgsort(instruction);
    case Opcode::Cumulate: return decodeCumulate(instruction);
    case Opcode::Loop: return decodeLoop(instruction);
  }
  return fail("unknown opcode ", opcode);
}

}  // namespace rappel
