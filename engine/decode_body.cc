// Decoding a MapBody into what the interpreter runs: operands get their places, and steps on uniform values move ahead of the tiles. What
// is written where is then decided in plan_body.cc.
#include "decoder.h"

namespace rappel {

namespace {

const char* typeName(RegisterType type) {
  constexpr const char* names[] = {"no", "any", "a float32", "an int32", "a bool"};
  return names[static_cast<int>(type)];
}

RegisterType registerType(DType dtype) {
  switch (dtype) {
    case DType::Float32: return RegisterType::Float;
    case DType::Int32:
    case DType::UInt8: return RegisterType::Int;
    case DType::Bool: return RegisterType::Bool;
  }
  return RegisterType::Any;
}

bool agree(RegisterType a, RegisterType b) { return a == RegisterType::Any || b == RegisterType::Any || a == b; }

// What an operand number of the program stands for at the current step.
struct Meaning {
  short place;  // -1: a slot that no step has written yet
  bool uniform;
  RegisterType type;
};

// The state while one body is decoded.
struct BodyDecoder {
  Decoder& decoder;
  Body& body;
  Decoder::Role role;
  int rank = 0;
  int dims[kMaxRank] = {};
  int programSlots = 0;
  Meaning meanings[kMaxPlaces] = {};

  bool decode(float** plain, RegisterType* headType);
  bool takeInputs();
  bool takeInput(int number);
  bool takeSteps();
  bool takeStep(int number);
  bool takeOperand(int step, const OperatorInfo& info, int which, Meaning& meaning);
  bool takeOutputs();
  bool takeOutput(int number);
  bool mayHaveSums() const { return decoder.opcode == static_cast<int>(Opcode::Matmul) || decoder.opcode == static_cast<int>(Opcode::Convolution); }
  bool takeColumnSums();
  bool takeColumnSum(ColumnSum& sum);
  int operandCount() const { return body.inputCount + body.constantCount + programSlots; }
};

bool BodyDecoder::takeInput(int number) {
  BodyInput& input = body.inputs[number];
  View& view = decoder.inputViews[number];
  if (decoder.at < decoder.end && decoder.words[decoder.at] == kAccumulator) {
    view.buffer = kAccumulator;
    if (role != Decoder::Role::Tail || number != 0) return decoder.fail("input ", number, " is the accumulator, which only input 0 of a tail may be");
    // buffer, offset, strides: contiguous by definition.
    decoder.at += 2 + rank;
    if (decoder.at > decoder.end) return decoder.fail("its words end within input ", number);
    input.access = Access::Accumulator;
    input.dtype = DType::Float32;
    meanings[number] = {static_cast<short>(number), false, RegisterType::Float};
    return true;
  }
  if (!decoder.takeStridedView("input", number, rank, dims, false, view)) return false;
  const Buffer& buffer = decoder.buffers[view.buffer];
  input.dtype = buffer.dtype;
  input.turnBytes = decoder.turnBytes(view);
  const bool wide = elementBytes(input.dtype) == 4;
  input.walk = joinDimensions(view);
  const Walk& walk = input.walk;
  const int last = walk.rank - 1;
  input.tilePlace = -1;
  if (last == 0 && walk.strides[0] == 0) {
    input.access = wide ? Access::Uniform : Access::UniformCell;
    if (!wide) input.tilePlace = body.cellCount++;
  } else if (wide && last == 0 && walk.strides[0] == 1) {
    input.access = Access::Contiguous;
  } else {
    input.access = Access::Gathered;
    if (wide && last == 1 && walk.strides[0] == 0 && walk.strides[1] == 1) {
      input.access = Access::Periodic;
      input.period = walk.dims[1];
    }
    input.tilePlace = body.gatheredCount++;
  }
  const bool uniform = input.access == Access::Uniform || input.access == Access::UniformCell;
  meanings[number] = {static_cast<short>(number), uniform, registerType(input.dtype)};
  double elements = body.elements == 0 ? 0 : 1;
  for (int d = 0; d < walk.rank; d++) {
    if (walk.strides[d] != 0) elements *= walk.dims[d];
  }
  body.bytes += elements * elementBytes(input.dtype);
  return decoder.resolve(&input.data, view.buffer, view.offset);
}

bool BodyDecoder::takeInputs() {
  if (!decoder.takeRange("the number of inputs", 0, kMaxPlaces, body.inputCount)) return false;
  body.inputs = decoder.executable.region.allocate<BodyInput>(body.inputCount);
  if (body.inputs == nullptr) return decoder.outOfMemory();
  for (int i = 0; i < body.inputCount; i++) {
    if (!takeInput(i)) return false;
  }
  decoder.inputViewCount = body.inputCount;
  if (role == Decoder::Role::Tail && (body.inputCount == 0 || decoder.inputViews[0].buffer != kAccumulator)) {
    return decoder.fail("input 0 of its tail must be the accumulator (buffer -1)");
  }
  if (!decoder.takeRange("the number of constants", 0, kMaxPlaces - body.inputCount, body.constantCount)) return false;
  int* constants = decoder.executable.region.allocate<int>(body.constantCount);
  if (constants == nullptr) return decoder.outOfMemory();
  body.constants = constants;
  body.firstConstant = static_cast<short>(body.inputCount);
  for (int i = 0; i < body.constantCount; i++) {
    if (!decoder.take(constants[i])) return false;
    const int operand = body.inputCount + i;
    meanings[operand] = {static_cast<short>(operand), true, RegisterType::Any};
  }
  return true;
}

bool BodyDecoder::takeOperand(int step, const OperatorInfo& info, int which, Meaning& meaning) {
  int operand;
  if (!decoder.take(operand)) return false;
  const RegisterType wanted = info.operands[which];
  meaning = {0, true, RegisterType::Any};
  if (wanted == RegisterType::None) return true;
  if (operand < 0 || operand >= operandCount()) {
    return decoder.fail("step ", step, " (", info.name, ") names operand ", operand, " of ", operandCount());
  }
  meaning = meanings[operand];
  if (meaning.place < 0) return decoder.fail("step ", step, " (", info.name, ") reads slot ", operand - body.inputCount - body.constantCount, " before any step wrote it");
  if (!agree(wanted, meaning.type)) {
    return decoder.fail("step ", step, " (", info.name, ") expects ", typeName(wanted), " as operand ", which, ", met ", typeName(meaning.type));
  }
  return true;
}

bool BodyDecoder::takeStep(int number) {
  int op, slot;
  if (!decoder.take(op)) return false;
  const OperatorInfo* found = operatorInfo(op);
  if (found == nullptr) return decoder.fail("step ", number, " has the unknown operator ", op);
  const OperatorInfo& info = *found;
  if (!decoder.takeRange("a step's destination", 0, programSlots - 1, slot)) return false;
  BodyStep step{};
  step.op = static_cast<Operator>(op);
  Meaning a{}, b{}, c{};
  RegisterType result = info.result;
  bool uniform = false;
  if (step.op == Operator::Iota) {
    if (!decoder.takeRange("the period of Iota", 1, kMaxElements, step.immediateA)) return false;
    if (!decoder.takeRange("the modulus of Iota", 1, kMaxElements, step.immediateB)) return false;
    int unused;
    if (!decoder.take(unused)) return false;
  } else if (step.op == Operator::Random) {
    int unused;
    if (!takeOperand(number, info, 0, a) || !decoder.take(step.immediateB) || !decoder.take(unused)) return false;
    const bool input = a.place < body.inputCount;
    const bool single = input && body.inputs[a.place].access == Access::Contiguous && body.elements == 1;
    if (!input || (body.inputs[a.place].access != Access::Uniform && !single)) {
      return decoder.fail("step ", number, " (Random) needs an int32 input with strides 0 as its key");
    }
    View key = decoder.inputViews[a.place];
    key.rank = 1;
    key.dims[0] = 2;
    key.strides[0] = 1;
    if (!decoder.checkView(key, "the key of Random", -1, false)) return false;
  } else {
    if (!takeOperand(number, info, 0, a) || !takeOperand(number, info, 1, b) || !takeOperand(number, info, 2, c)) return false;
    if (result == RegisterType::Any) {
      const bool select = step.op == Operator::Select;
      const Meaning& first = select ? b : a;
      const Meaning& second = select ? c : b;
      if (!agree(first.type, second.type)) {
        return decoder.fail("step ", number, " (", info.name, ") mixes ", typeName(first.type), " and ", typeName(second.type));
      }
      result = first.type == RegisterType::Any ? second.type : first.type;
    }
    if (info.commutative && a.uniform && !b.uniform) {
      const Meaning swapped = a;
      a = b;
      b = swapped;
    }
    // Only the operands in use count.
    uniform = a.uniform && b.uniform && c.uniform;
    const bool ternary = info.operands[2] != RegisterType::None, binary = info.operands[1] != RegisterType::None;
    step.uniform = static_cast<unsigned char>((a.uniform ? 1 : 0) | (binary && b.uniform ? 2 : 0) | (ternary && c.uniform ? 4 : 0));
    body.flops += uniform ? 0 : info.flops;
  }
  step.a = a.place;
  step.b = b.place;
  step.c = c.place;
  Meaning& destination = meanings[body.inputCount + body.constantCount + slot];
  if (uniform) {
    destination = {static_cast<short>(body.firstCell + body.cellCount++), true, result};
    if (destination.place >= kMaxPlaces) return decoder.fail("more than ", kMaxPlaces, " operands in one body");
    step.destination = destination.place;
  } else {
    destination = {static_cast<short>(body.firstSlot + slot), false, result};
    step.destination = destination.place;
    body.nanoseconds += info.nanoseconds;
  }
  // Operands that are not used point somewhere all the same.
  if (info.operands[0] == RegisterType::None) step.a = step.destination;
  if (info.operands[1] == RegisterType::None) step.b = step.destination;
  if (info.operands[2] == RegisterType::None) step.c = step.destination;
  if (uniform) {
    body.uniformSteps[body.uniformStepCount++] = step;
  } else {
    body.steps[body.stepCount++] = step;
  }
  return true;
}

bool BodyDecoder::takeSteps() {
  int steps;
  if (!decoder.takeRange("the number of slots", 0, kMaxPlaces - body.inputCount - body.constantCount, programSlots)) return false;
  if (!decoder.takeRange("the number of steps", 0, (decoder.end - decoder.at) / 5, steps)) return false;
  // Slots of our own may follow the program's, one an output; then the direct outputs, then the uniform cells.
  body.slotCount = programSlots;
  body.firstSlot = static_cast<short>(body.inputCount + body.constantCount);
  body.firstDirect = static_cast<short>(body.firstSlot + programSlots + kMaxOutputs);
  body.firstCell = static_cast<short>(body.firstDirect + kMaxOutputs);
  if (body.firstCell + body.cellCount > kMaxPlaces) return decoder.fail("more than ", kMaxPlaces, " operands in one body");
  for (int slot = 0; slot < programSlots; slot++) meanings[body.firstSlot + slot] = {-1, false, RegisterType::Any};
  body.steps = decoder.executable.region.allocate<BodyStep>(steps + kMaxOutputs);
  body.uniformSteps = decoder.executable.region.allocate<BodyStep>(steps);
  if (body.steps == nullptr || body.uniformSteps == nullptr) return decoder.outOfMemory();
  for (int i = 0; i < steps; i++) {
    if (!takeStep(i)) return false;
  }
  return true;
}

bool BodyDecoder::takeOutput(int number) {
  BodyOutput& output = body.outputs[number];
  View& view = decoder.outputViews[number];
  if (decoder.at < decoder.end && decoder.words[decoder.at] == kAccumulator) {
    if (role != Decoder::Role::Head) return decoder.fail("output ", number, " is the accumulator, which only the output of a head may be");
    decoder.at += 2 + rank;
    if (decoder.at > decoder.end) return decoder.fail("its words end within output ", number);
    view = {};
    view.buffer = kAccumulator;
    output.result = true;
    output.contiguous = true;
    output.dtype = DType::Int32;  // registers as they are
    output.walk.rank = 1;
    output.walk.dims[0] = static_cast<int>(body.elements < 1 ? 1 : body.elements);
    output.walk.strides[0] = 1;
  } else {
    if (role == Decoder::Role::Head) return decoder.fail("output ", number, " of its head must be the accumulator (buffer -1)");
    if (!decoder.takeStridedView("output", number, rank, dims, true, view)) return false;
    output.dtype = decoder.buffers[view.buffer].dtype;
    output.turnBytes = decoder.turnBytes(view);
    output.walk = joinDimensions(view);
    output.contiguous = output.walk.rank == 1 && output.walk.strides[0] == 1;
    body.bytes += static_cast<double>(body.elements) * elementBytes(output.dtype);
    if (!decoder.resolve(&output.data, view.buffer, view.offset)) return false;
    for (int i = 0; i < body.inputCount; i++) {
      const View& input = decoder.inputViews[i];
      if (input.buffer == kAccumulator || !decoder.mayOverlap(view, input)) continue;
      bool same = decoder.beginTogether(view, input) && elementBytes(output.dtype) == elementBytes(body.inputs[i].dtype);
      for (int d = 0; d < rank; d++) {
        if (dims[d] > 1 && view.strides[d] != input.strides[d]) same = false;
      }
      if (!same) {
        return decoder.fail("output ", number, " (buffer ", view.buffer, ") overlaps input ", i, " (buffer ", input.buffer,
                            ") without being the same view of it");
      }
    }
  }
  int operand;
  if (!decoder.takeRange("an output's operand", 0, operandCount() - 1, operand)) return false;
  const Meaning& meaning = meanings[operand];
  if (meaning.place < 0) return decoder.fail("output ", number, " takes a slot that no step writes");
  if (!output.result && !agree(meaning.type, registerType(output.dtype))) {
    return decoder.fail("output ", number, " (buffer ", view.buffer, ", ", dtypeName(output.dtype), ") is given ", typeName(meaning.type), " value");
  }
  output.place = meaning.place;
  output.uniform = meaning.uniform;
  return true;
}

bool BodyDecoder::takeOutputs() {
  if (!decoder.takeRange("the number of outputs", mayHaveSums() ? 0 : 1, kMaxOutputs, body.outputCount)) return false;
  if (role == Decoder::Role::Head && body.outputCount != 1) return decoder.fail("its head has ", body.outputCount, " outputs, expected 1");
  body.outputs = decoder.executable.region.allocate<BodyOutput>(body.outputCount);
  if (body.outputs == nullptr) return decoder.outOfMemory();
  for (int i = 0; i < body.outputCount; i++) {
    if (!takeOutput(i)) return false;
  }
  decoder.outputViewCount = body.outputCount;
  return true;
}

bool BodyDecoder::takeColumnSum(ColumnSum& sum) {
  int kind, operand;
  View view;
  if (!decoder.takeRange("the kind of a column sum", 0, 1, kind)) return false;
  if (!decoder.takeRange("the columns of a sum", 1, kMaxSumColumns, sum.columns)) return false;
  if (!decoder.takeArray("a column sum", sum.columns, true, view) || !decoder.requireType("a column sum", view, DType::Float32)) return false;
  if (!decoder.takeRange("a column sum's operand", 0, operandCount() - 1, operand)) return false;
  const Meaning& meaning = meanings[operand];
  const bool isComputed = operand == 0 || operand >= body.inputCount + body.constantCount;
  if (!isComputed || meaning.place < 0 || meaning.uniform || meaning.type != RegisterType::Float) {
    return decoder.fail("a column sum takes operand ", operand, ", which is no float32 accumulator or slot with values of its own for each element");
  }
  if (body.elements % sum.columns != 0) return decoder.fail("its ", body.elements, " elements are no rows of ", sum.columns, " columns");
  for (int i = 0; i < body.inputCount; i++) {
    const View& input = decoder.inputViews[i];
    if (input.buffer != kAccumulator && !decoder.requireApart("a column sum", view, "an input", input)) return false;
  }
  for (int i = 0; i < decoder.outputViewCount; i++) {
    if (!decoder.requireApart("a column sum", view, "another result", decoder.outputViews[i])) return false;
  }
  decoder.outputViews[decoder.outputViewCount++] = view;
  sum.kind = static_cast<ColumnSumKind>(kind);
  sum.place = meaning.place;
  return decoder.resolve(reinterpret_cast<char**>(&sum.result), view.buffer, view.offset);
}

// To the end of the instruction.
bool BodyDecoder::takeColumnSums() {
  if (decoder.at == decoder.end) return body.outputCount > 0 || decoder.fail("its tail has no output and no column sum");
  if (decoder.depth > 0) return decoder.fail("it lies in a loop, where a tail has no column sums");
  body.sums = decoder.executable.region.allocate<ColumnSum>(kMaxColumnSums);
  if (body.sums == nullptr) return decoder.outOfMemory();
  while (decoder.at < decoder.end) {
    if (body.sumCount == kMaxColumnSums) return decoder.fail("more than ", kMaxColumnSums, " column sums");
    if (!takeColumnSum(body.sums[body.sumCount++])) return false;
  }
  return true;
}

bool BodyDecoder::decode(float** plain, RegisterType* headType) {
  if (!decoder.takeDims("the rank of its body", rank, dims)) return false;
  body.turns = decoder.turns();
  body.elements = 1;
  for (int d = 0; d < rank; d++) body.elements *= dims[d];
  if (!takeInputs() || !takeSteps() || !takeOutputs()) return false;
  if (mayHaveSums() && !takeColumnSums()) return false;
  leaveAddends(body);
  keepOverwrittenInputs(decoder, body);
  body.resultPlain = -1;
  if (role == Decoder::Role::Head) {
    const BodyOutput& output = body.outputs[0];
    if (output.place < body.inputCount && body.inputs[output.place].access == Access::Contiguous) body.resultPlain = output.place;
    for (int operand = 0; operand < operandCount(); operand++) {
      if (meanings[operand].place == output.place && headType != nullptr) *headType = meanings[operand].type;
    }
  }
  const bool isIdentity = role == Decoder::Role::Tail && body.stepCount == 0;
  if (isIdentity && body.outputCount == 1 && body.outputs[0].place == 0 && body.outputs[0].contiguous && body.outputs[0].dtype == DType::Float32) {
    if (!decoder.resolve(reinterpret_cast<char**>(plain), decoder.outputViews[0].buffer, decoder.outputViews[0].offset)) return false;
  }
  writeDirectly(decoder, body);
  chooseTile(body);
  body.nanoseconds += 0.06 * body.gatheredCount;
  decoder.kernels.prepareBody(body);
  return true;
}

}  // namespace

bool Decoder::decodeBody(Role role, Body& body, float** plain, RegisterType* headType) {
  BodyDecoder bodyDecoder{*this, body, role};
  return bodyDecoder.decode(plain, headType);
}

}  // namespace rappel
