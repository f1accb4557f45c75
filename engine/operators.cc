// The table of operators; see operators.h.
#include "operators.h"

namespace rappel {

namespace {

constexpr RegisterType none = RegisterType::None, any = RegisterType::Any, real = RegisterType::Float, integer = RegisterType::Int,
                       boolean = RegisterType::Bool;

constexpr double cheap = 0.06, division = 0.3, polynomial = 0.5, wide = 3;

constexpr OperatorInfo unary(const char* name, RegisterType operand, RegisterType result, double flops = 1, double nanoseconds = cheap) {
  return {name, {operand, none, none}, result, false, flops, nanoseconds};
}
constexpr OperatorInfo binary(const char* name, RegisterType operand, RegisterType result, bool commutative, double flops = 1,
                              double nanoseconds = cheap) {
  return {name, {operand, operand, none}, result, commutative, flops, nanoseconds};
}

struct Table {
  OperatorInfo entries[256] = {};

  constexpr void set(Operator op, OperatorInfo info) { entries[static_cast<int>(op)] = info; }

  constexpr Table() {
    set(Operator::Neg, unary("Neg", real, real));
    set(Operator::Abs, unary("Abs", real, real));
    set(Operator::Sign, unary("Sign", real, real));
    set(Operator::Exp, unary("Exp", real, real, 14, polynomial));
    set(Operator::Expm1, unary("Expm1", real, real, 22, polynomial));
    set(Operator::Log, unary("Log", real, real, 26, polynomial));
    set(Operator::Log1p, unary("Log1p", real, real, 32, polynomial));
    set(Operator::Sqrt, unary("Sqrt", real, real, 1, division));
    set(Operator::Rsqrt, unary("Rsqrt", real, real, 2, 2 * division));
    set(Operator::Sin, unary("Sin", real, real, 20, wide));
    set(Operator::Cos, unary("Cos", real, real, 20, wide));
    set(Operator::Tanh, unary("Tanh", real, real, 30, 2 * polynomial));
    set(Operator::Erf, unary("Erf", real, real, 44, 2 * polynomial));
    set(Operator::Floor, unary("Floor", real, real));
    set(Operator::Ceil, unary("Ceil", real, real));
    set(Operator::Round, unary("Round", real, real));
    set(Operator::Reciprocal, unary("Reciprocal", real, real, 1, division));
    set(Operator::Sigmoid, unary("Sigmoid", real, real, 18, 2 * polynomial));

    set(Operator::Add, binary("Add", real, real, true));
    set(Operator::Sub, binary("Sub", real, real, false));
    set(Operator::Mul, binary("Mul", real, real, true));
    set(Operator::Div, binary("Div", real, real, false, 1, division));
    set(Operator::Pow, binary("Pow", real, real, false, 60, wide));
    set(Operator::Mod, binary("Mod", real, real, false, 6, wide));
    set(Operator::Max, binary("Max", real, real, true));
    set(Operator::Min, binary("Min", real, real, true));
    set(Operator::Fma, {"Fma", {real, real, real}, real, true, 2, cheap});
    set(Operator::Eq, binary("Eq", real, boolean, true));
    set(Operator::Ne, binary("Ne", real, boolean, true));
    set(Operator::Lt, binary("Lt", real, boolean, false));
    set(Operator::Le, binary("Le", real, boolean, false));

    set(Operator::NegI, unary("NegI", integer, integer));
    set(Operator::AbsI, unary("AbsI", integer, integer));
    set(Operator::SignI, unary("SignI", integer, integer));
    set(Operator::AddI, binary("AddI", integer, integer, true));
    set(Operator::SubI, binary("SubI", integer, integer, false));
    set(Operator::MulI, binary("MulI", integer, integer, true));
    set(Operator::DivI, binary("DivI", integer, integer, false, 1, polynomial));
    set(Operator::ModI, binary("ModI", integer, integer, false, 3, polynomial));
    set(Operator::MaxI, binary("MaxI", integer, integer, true));
    set(Operator::MinI, binary("MinI", integer, integer, true));
    set(Operator::And, binary("And", any, any, true));
    set(Operator::Or, binary("Or", any, any, true));
    set(Operator::Xor, binary("Xor", any, any, true));
    set(Operator::ShiftLeft, binary("ShiftLeft", integer, integer, false));
    set(Operator::ShiftRight, binary("ShiftRight", integer, integer, false));
    set(Operator::EqI, binary("EqI", integer, boolean, true));
    set(Operator::NeI, binary("NeI", integer, boolean, true));
    set(Operator::LtI, binary("LtI", integer, boolean, false));
    set(Operator::LeI, binary("LeI", integer, boolean, false));

    set(Operator::Select, {"Select", {boolean, any, any}, any, false, 1, cheap});

    set(Operator::FloatToInt, unary("FloatToInt", real, integer));
    set(Operator::IntToFloat, unary("IntToFloat", integer, real));
    set(Operator::FloatToBool, unary("FloatToBool", real, boolean));
    set(Operator::IntToBool, unary("IntToBool", integer, boolean));
    set(Operator::BoolToFloat, unary("BoolToFloat", boolean, real));
    set(Operator::BoolToInt, unary("BoolToInt", boolean, integer));
    set(Operator::ToUInt8, unary("ToUInt8", integer, integer));

    set(Operator::Iota, {"Iota", {none, none, none}, integer, false, 2, polynomial});
    set(Operator::Random, {"Random", {integer, none, none}, integer, false, 40, 2 * polynomial});
  }
};

constexpr Table table;

}  // namespace

const OperatorInfo* operatorInfo(int op) {
  if (op < 0 || op >= 256 || table.entries[op].name == nullptr) return nullptr;
  return &table.entries[op];
}

const char* opcodeName(int opcode) {
  constexpr const char* names[] = {"Map",         "Matmul",    "Convolution",  "Reduce", "WindowMax",  "WindowGather", "WindowScatter",
                                   "WindowSum", "WindowSpread", "Gather", "ScatterAdd", "Copy",         "Fill",
                                   "Argsort",   "Cumulate",  "Loop", "ParallelLoop"};
  return opcode >= 1 && opcode <= 17 ? names[opcode - 1] : "unknown";
}

}  // namespace rappel
