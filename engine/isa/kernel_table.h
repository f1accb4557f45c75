// What one instruction set offers the loader and the executor: a table of kernels. Each isa/*.cc defines one.
#pragma once
#include "../instruction.h"

namespace rappel {

constexpr int kOpcodes = 18;  // the opcodes count from 1

struct Kernel {
  void (*schedule)(Instruction& instruction);
  TaskFunction run;
  // Whether it adds inputs of its tail itself, to rows of the result; asked before the tail is decoded. Null: it does not.
  bool (*takesAddends)(const MatmulArguments& arguments) = nullptr;
};

struct KernelTable {
  const char* name;
  int lanes;
  void (*prepareBody)(Body& body);
  RunBody runBody;
  TaskFunction peakTask;  // kernels/product/peak.h
  double peakTaskFlops;
  Kernel kernels[kOpcodes];
  Kernel bfloat16Matmul;  // in place of Opcode::Matmul, for Precision::BFloat16

  const Kernel& kernelOf(const Instruction& instruction) const {
    if (instruction.opcode == Opcode::Matmul &&
        static_cast<const MatmulInstruction*>(instruction.arguments)->arguments.precision == Precision::BFloat16) {
      return bfloat16Matmul;
    }
    return kernels[static_cast<int>(instruction.opcode)];
  }
};

// The tables this build contains, the fastest first.
struct KernelTables {
  const KernelTable* const* tables;
  int count;
};
KernelTables kernelTables();

// The fastest table that this processor can run, or the one of the given name (null or empty: no wish). Null, with the reason in
// `reason`, for a name that is unknown or that the processor cannot run.
class Message;
const KernelTable* selectKernels(const char* name, Message& reason);

}  // namespace rappel
