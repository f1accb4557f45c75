// What the loader knows of each operator of a MapBody: its name, its operands and their types, and roughly what it costs.
#pragma once
#include "program.h"

namespace rappel {

enum class RegisterType : int {
  None,  // the operand is not used
  Any,   // a constant, or an operator that does not look at the type
  Float,
  Int,
  Bool,
};

struct OperatorInfo {
  const char* name;
  RegisterType operands[3];
  RegisterType result;    // Any: that of operand b (Select) or a (And, Or, Xor)
  bool commutative;       // in its first two operands
  double flops;           // of one element, for the profile
  double nanoseconds;     // of one element on one thread, to decide whether a map is worth sharing
};

// Null for a number that is no operator.
const OperatorInfo* operatorInfo(int op);

const char* opcodeName(int opcode);

}  // namespace rappel
