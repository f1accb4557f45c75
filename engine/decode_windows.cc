// Decoding the instructions of pooling: the Window family.
#include "decoder.h"

namespace rappel {

bool Decoder::decodeWindow(Instruction& instruction) {
  WindowArguments* window = executable.region.allocate<WindowArguments>();
  if (window == nullptr) return outOfMemory();
  instruction.arguments = window;
  WindowArguments& w = *window;
  if (!takeRange("batch", 0, kMaxSize, w.batch) || !takeRange("height", 0, kMaxSize, w.height) || !takeRange("width", 0, kMaxSize, w.width) ||
      !takeRange("channels", 0, kMaxSize, w.channels) || !takeRange("outHeight", 0, kMaxSize, w.outHeight) ||
      !takeRange("outWidth", 0, kMaxSize, w.outWidth) || !takeRange("windowHeight", 1, kMaxSize, w.windowHeight) ||
      !takeRange("windowWidth", 1, kMaxSize, w.windowWidth) || !takeRange("strideHeight", 1, kMaxStep, w.strideHeight) ||
      !takeRange("strideWidth", 1, kMaxStep, w.strideWidth) || !takeRange("padTop", -kMaxStep, kMaxStep, w.padTop) ||
      !takeRange("padLeft", -kMaxStep, kMaxStep, w.padLeft) || !takeRange("dilationHeight", 1, kMaxStep, w.dilationHeight) ||
      !takeRange("dilationWidth", 1, kMaxStep, w.dilationWidth)) {
    return false;
  }
  if (!requireSpan("height", w.outHeight, w.strideHeight, w.windowHeight, w.dilationHeight)) return false;
  if (!requireSpan("width", w.outWidth, w.strideWidth, w.windowWidth, w.dilationWidth)) return false;
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

}  // namespace rappel
