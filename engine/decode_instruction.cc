// Decoding an instruction: the way to its family.
#include "decoder.h"

namespace rappel {

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
    case Opcode::ParallelLoop: return decodeParallelLoop(instruction);
  }
  return fail("unknown opcode ", opcode);
}

}  // namespace rappel
