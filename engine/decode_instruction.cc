// Decoding an instruction: the way to its family, and the loop, which is none.
#include "decoder.h"

namespace rappel {

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
