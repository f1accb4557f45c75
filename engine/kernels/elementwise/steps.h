// The operators of a MapBody as loops over a tile, one function for each operator and each choice of uniform operands.
#pragma once
#include "../../body.h"
#include "division.h"
#include "math.h"
#include "math_double.h"

namespace rappel {
namespace RAPPEL_ISA {

template <class Vector>
struct Element;
template <>
struct Element<Floats> {
  typedef float type;
  typedef FloatsInMemory InMemory;
};
template <>
struct Element<Ints> {
  typedef int type;
  typedef IntsInMemory InMemory;
};

// Of narrow vectors only those loops that pay most are made: each is code, which pages fetch.
constexpr bool kMakesAllLoops = kLanes > 4;

// One operand of a loop: a vector of consecutive values, or one value for all lanes.
template <class Vector, bool uniform>
struct Operand {
  const typename Element<Vector>::type* values;
  Vector all;

  RAPPEL_INLINE explicit Operand(const void* source) : values(static_cast<const typename Element<Vector>::type*>(source)) {
    if constexpr (uniform) all = broadcast(*values);
  }
  RAPPEL_INLINE Vector at(long index) const {
    if constexpr (uniform) return all;
    return load(values + index);
  }
  RAPPEL_INLINE Vector first(long index, int count) const {
    if constexpr (uniform) return all;
    return loadFirst(values + index, count);
  }
};

template <class Step>
void unaryLoop(void* destination, const void* a, const void*, const void*, const void*, const void*, long count) {
  typedef typename Step::Result Result;
  const auto target = static_cast<typename Element<Result>::type*>(destination);
  const Operand<typename Step::A, false> x(a);
  long i = 0;
  for (; i + kLanes <= count; i += kLanes) store(target + i, Step::apply(x.at(i)));
  const int rest = static_cast<int>(count - i);
  if (rest > 0) storeFirst(target + i, Step::apply(x.first(i, rest)), rest);
}

template <class Step, int uniform>
void binaryLoop(void* destination, const void* a, const void* b, const void*, const void*, const void*, long count) {
  typedef typename Step::Result Result;
  auto target = static_cast<typename Element<Result>::type*>(destination);
  Operand<typename Step::A, (uniform & 1) != 0> x(a);
  Operand<typename Step::A, (uniform & 2) != 0> y(b);
  long i = 0;
#pragma GCC unroll 4
  for (; i + kLanes <= count; i += kLanes) store(target + i, Step::apply(x.at(i), y.at(i)));
  const int rest = static_cast<int>(count - i);
  if (rest > 0) storeFirst(target + i, Step::apply(x.first(i, rest), y.first(i, rest)), rest);
}

// For expressions so long that it costs nothing to look at each vector whether an operand is uniform: they exist once.
template <class Step>
__attribute__((noinline)) void longLoop(void* destination, const void* a, const void* b, long count, bool uniformA, bool uniformB) {
  typedef typename Step::Result Result;
  const auto target = static_cast<typename Element<Result>::type*>(destination);
  const Operand<typename Step::A, false> x(a), y(b);
  const Operand<typename Step::A, true> allX(a), allY(b);
  for (long i = 0; i < count; i += kLanes) {
    const int lanes = count - i < kLanes ? static_cast<int>(count - i) : kLanes;
    storeFirst(target + i, Step::apply(uniformA ? allX.all : x.first(i, lanes), uniformB ? allY.all : y.first(i, lanes)), lanes);
  }
}
template <class Step, int uniform>
void longBinaryLoop(void* destination, const void* a, const void* b, const void*, const void*, const void*, long count) {
  longLoop<Step>(destination, a, b, count, (uniform & 1) != 0, (uniform & 2) != 0);
}

template <class Step, int uniform>
void ternaryLoop(void* destination, const void* a, const void* b, const void* c, const void*, const void*, long count) {
  typedef typename Step::Result Result;
  auto target = static_cast<typename Element<Result>::type*>(destination);
  Operand<typename Step::A, (uniform & 1) != 0> x(a);
  Operand<Result, (uniform & 2) != 0> y(b);
  Operand<Result, (uniform & 4) != 0> z(c);
  long i = 0;
#pragma GCC unroll 4
  for (; i + kLanes <= count; i += kLanes) store(target + i, Step::apply(x.at(i), y.at(i), z.at(i)));
  const int rest = static_cast<int>(count - i);
  if (rest > 0) storeFirst(target + i, Step::apply(x.first(i, rest), y.first(i, rest), z.first(i, rest)), rest);
}

// A step is a struct with its operand and result vectors and the expression on one vector.
#define RAPPEL_UNARY(name, From, To, expression)          \
  struct name##Step {                                     \
    typedef From A;                                       \
    typedef To Result;                                    \
    static RAPPEL_INLINE To apply(From a) { return expression; } \
  };
#define RAPPEL_BINARY(name, From, To, expression)                 \
  struct name##Step {                                             \
    typedef From A;                                               \
    typedef To Result;                                            \
    static RAPPEL_INLINE To apply(From a, From b) { return expression; } \
  };

RAPPEL_UNARY(Neg, Floats, Floats, -a)
RAPPEL_UNARY(Abs, Floats, Floats, abs(a))
RAPPEL_UNARY(Sign, Floats, Floats, select(a > 0.0f, broadcast(1.0f), select(a < 0.0f, broadcast(-1.0f), a)))
RAPPEL_UNARY(Exp, Floats, Floats, exp(a))
RAPPEL_UNARY(Expm1, Floats, Floats, expm1(a))
RAPPEL_UNARY(Log, Floats, Floats, log(a))
RAPPEL_UNARY(Log1p, Floats, Floats, log1p(a))
RAPPEL_UNARY(Sqrt, Floats, Floats, squareRoot(a))
RAPPEL_UNARY(Rsqrt, Floats, Floats, reciprocalSquareRoot(a))
RAPPEL_UNARY(Sin, Floats, Floats, sin(a))
RAPPEL_UNARY(Cos, Floats, Floats, cos(a))
RAPPEL_UNARY(Tanh, Floats, Floats, tanh(a))
RAPPEL_UNARY(Erf, Floats, Floats, erf(a))
RAPPEL_UNARY(Floor, Floats, Floats, floor(a))
RAPPEL_UNARY(Ceil, Floats, Floats, ceil(a))
RAPPEL_UNARY(Round, Floats, Floats, roundHalfEven(a))
RAPPEL_UNARY(Sigmoid, Floats, Floats, sigmoid(a))

RAPPEL_BINARY(Add, Floats, Floats, a + b)
RAPPEL_BINARY(Sub, Floats, Floats, a - b)
RAPPEL_BINARY(Mul, Floats, Floats, a* b)
RAPPEL_BINARY(Pow, Floats, Floats, pow(a, b))
RAPPEL_BINARY(Mod, Floats, Floats, flooredRemainder(a, b))
// max(a, b) is b where either is NaN, so only a NaN in a needs care.
RAPPEL_BINARY(Max, Floats, Floats, select(a != a, a, max(a, b)))
RAPPEL_BINARY(Min, Floats, Floats, select(a != a, a, min(a, b)))
RAPPEL_BINARY(Eq, Floats, Ints, a == b)
RAPPEL_BINARY(Ne, Floats, Ints, a != b)
RAPPEL_BINARY(Lt, Floats, Ints, a < b)
RAPPEL_BINARY(Le, Floats, Ints, a <= b)

RAPPEL_UNARY(NegI, Ints, Ints, -a)
RAPPEL_UNARY(AbsI, Ints, Ints, select(a < 0, -a, a))
RAPPEL_UNARY(SignI, Ints, Ints, (a >> 31) | ((a > 0) & 1))
RAPPEL_BINARY(AddI, Ints, Ints, a + b)
RAPPEL_BINARY(SubI, Ints, Ints, a - b)
RAPPEL_BINARY(MulI, Ints, Ints, a* b)
RAPPEL_BINARY(DivI, Ints, Ints, truncatedQuotient(a, b))
RAPPEL_BINARY(ModI, Ints, Ints, flooredRemainder(a, b))
RAPPEL_BINARY(MaxI, Ints, Ints, max(a, b))
RAPPEL_BINARY(MinI, Ints, Ints, min(a, b))
RAPPEL_BINARY(And, Ints, Ints, a& b)
RAPPEL_BINARY(Or, Ints, Ints, a | b)
RAPPEL_BINARY(Xor, Ints, Ints, a ^ b)
RAPPEL_BINARY(ShiftLeft, Ints, Ints, a << (b & 31))
RAPPEL_BINARY(ShiftRight, Ints, Ints, asInts(asUInts(a) >> asUInts(b & 31)))
RAPPEL_BINARY(EqI, Ints, Ints, a == b)
RAPPEL_BINARY(NeI, Ints, Ints, a != b)
RAPPEL_BINARY(LtI, Ints, Ints, a < b)
RAPPEL_BINARY(LeI, Ints, Ints, a <= b)

RAPPEL_UNARY(FloatToInt, Floats, Ints, saturatedInts(a))
RAPPEL_UNARY(IntToFloat, Ints, Floats, toFloats(a))
RAPPEL_UNARY(FloatToBool, Floats, Ints, a != 0.0f)
RAPPEL_UNARY(IntToBool, Ints, Ints, a != 0)
RAPPEL_UNARY(BoolToFloat, Ints, Floats, asFloats(a & asInts(broadcast(1.0f))))
RAPPEL_UNARY(BoolToInt, Ints, Ints, a & 1)
RAPPEL_UNARY(ToUInt8, Ints, Ints, a & 255)

struct FmaStep {
  typedef Floats A;
  typedef Floats Result;
  static RAPPEL_INLINE Floats apply(Floats a, Floats b, Floats c) { return fma(a, b, c); }
};
struct SelectStep {  // any type: a register is 32 bits
  typedef Ints A;
  typedef Ints Result;
  static RAPPEL_INLINE Ints apply(Ints a, Ints b, Ints c) { return select(a != 0, b, c); }
};

// For results that go to memory: a gradient or a moment that fades would slow down whatever reads it, turn after turn.
RAPPEL_BINARY(StoredMul, Floats, Floats, flushSubnormals(a* b))
struct StoredFmaStep {
  typedef Floats A;
  typedef Floats Result;
  static RAPPEL_INLINE Floats apply(Floats a, Floats b, Floats c) { return flushSubnormals(fma(a, b, c)); }
};

template <Division division>
struct Dividing {
  RAPPEL_UNARY(Reciprocal, Floats, Floats, flushSubnormals(quotient<division>(broadcast(1.0f), a)))
  RAPPEL_BINARY(Div, Floats, Floats, flushSubnormals(quotient<division>(a, b)))
};

#undef RAPPEL_UNARY
#undef RAPPEL_BINARY

// Division by one value for all: its reciprocal is a good guess of each quotient, and the guess's remainder corrects it to the correctly rounded
// one (Markstein). Several times as fast as dividing; needs a fused multiply-add and a divisor whose reciprocal is not extreme.
inline void divideByUniform(void* destination, const void* a, const void* b, const void* c, const void* d, const void* e, long count) {
  const float divisor = *static_cast<const float*>(b), magnitude = __builtin_fabsf(divisor);
  if (!kFusesMultiplyAdd || !(magnitude > 0x1p-60f && magnitude < 0x1p60f)) return binaryLoop<typename Dividing<Division::ByUnit>::DivStep, 2>(destination, a, b, c, d, e, count);
  const float* source = static_cast<const float*>(a);
  float* target = static_cast<float*>(destination);
  const Floats all = broadcast(divisor), reciprocal = broadcast(1.0f / divisor);
  const auto divide = [&](Floats x) {
    const Floats guess = x * reciprocal;
    const Floats quotient = fma(fma(-guess, all, x), reciprocal, guess);
    return select(abs(guess) < kInfinity, quotient, guess);  // infinite and NaN remain what they are
  };
  long i = 0;
  for (; i + kLanes <= count; i += kLanes) store(target + i, divide(load(source + i)));
  const int rest = static_cast<int>(count - i);
  if (rest > 0) storeFirst(target + i, divide(loadFirst(source + i, rest)), rest);
}

// A step whose operands are all uniform happens once, before the tiles, and one whose operands may change places has its uniform one second: so
// there are no loops for the other cases.
template <class Step>
StepFunction symmetricFunction(int uniform) {
  return uniform == 2 ? binaryLoop<Step, 2> : binaryLoop<Step, 0>;
}

template <class Step>
StepFunction binaryFunction(int uniform) {
  return uniform == 1 ? binaryLoop<Step, 1> : symmetricFunction<Step>(uniform);
}

template <class Step>
StepFunction longFunction(int uniform) {
  return uniform == 1 ? longBinaryLoop<Step, 1> : uniform == 2 ? longBinaryLoop<Step, 2> : longBinaryLoop<Step, 0>;
}

template <class Step>
StepFunction ternaryFunction(int uniform) {
  switch (uniform) {
    case 1: return ternaryLoop<Step, 1>;
    case 2: return ternaryLoop<Step, 2>;
    case 3: return ternaryLoop<Step, 3>;
    case 4: return ternaryLoop<Step, 4>;
    case 5: return ternaryLoop<Step, 5>;
    case 6: return ternaryLoop<Step, 6>;
    default: return ternaryLoop<Step, 0>;
  }
}

// Null for the sources (Iota, Random), which the interpreter runs itself. `stored`: the result goes to memory.
template <Division division>
StepFunction stepFunction(Operator op, int uniform, bool stored) {
#define RAPPEL_CASE_UNARY(name) \
  case Operator::name: return unaryLoop<name##Step>;
#define RAPPEL_CASE_BINARY(name) \
  case Operator::name: return binaryFunction<name##Step>(uniform);
#define RAPPEL_CASE_SYMMETRIC(name) \
  case Operator::name: return symmetricFunction<name##Step>(uniform);
#define RAPPEL_CASE_LONG(name) \
  case Operator::name: return longFunction<name##Step>(uniform);
  switch (op) {
    RAPPEL_CASE_UNARY(Neg)
    RAPPEL_CASE_UNARY(Abs)
    RAPPEL_CASE_UNARY(Sign)
    RAPPEL_CASE_UNARY(Exp)
    RAPPEL_CASE_UNARY(Expm1)
    RAPPEL_CASE_UNARY(Log)
    RAPPEL_CASE_UNARY(Log1p)
    RAPPEL_CASE_UNARY(Sqrt)
    RAPPEL_CASE_UNARY(Rsqrt)
    RAPPEL_CASE_UNARY(Sin)
    RAPPEL_CASE_UNARY(Cos)
    RAPPEL_CASE_UNARY(Tanh)
    RAPPEL_CASE_UNARY(Erf)
    RAPPEL_CASE_UNARY(Floor)
    RAPPEL_CASE_UNARY(Ceil)
    RAPPEL_CASE_UNARY(Round)
    case Operator::Reciprocal: return unaryLoop<typename Dividing<division>::ReciprocalStep>;
    RAPPEL_CASE_UNARY(Sigmoid)
    RAPPEL_CASE_SYMMETRIC(Add)
    RAPPEL_CASE_BINARY(Sub)
    case Operator::Mul: return kFlushesStored && stored ? symmetricFunction<StoredMulStep>(uniform) : symmetricFunction<MulStep>(uniform);
    case Operator::Div: return uniform == 2 ? divideByUniform : binaryFunction<typename Dividing<division>::DivStep>(uniform);
    RAPPEL_CASE_LONG(Pow)
    RAPPEL_CASE_LONG(Mod)
    RAPPEL_CASE_SYMMETRIC(Max)
    RAPPEL_CASE_SYMMETRIC(Min)
    RAPPEL_CASE_SYMMETRIC(Eq)
    RAPPEL_CASE_SYMMETRIC(Ne)
    RAPPEL_CASE_BINARY(Lt)
    RAPPEL_CASE_BINARY(Le)
    RAPPEL_CASE_UNARY(NegI)
    RAPPEL_CASE_UNARY(AbsI)
    RAPPEL_CASE_UNARY(SignI)
    RAPPEL_CASE_SYMMETRIC(AddI)
    RAPPEL_CASE_BINARY(SubI)
    RAPPEL_CASE_SYMMETRIC(MulI)
    RAPPEL_CASE_LONG(DivI)
    RAPPEL_CASE_LONG(ModI)
    RAPPEL_CASE_SYMMETRIC(MaxI)
    RAPPEL_CASE_SYMMETRIC(MinI)
    RAPPEL_CASE_SYMMETRIC(And)
    RAPPEL_CASE_SYMMETRIC(Or)
    RAPPEL_CASE_SYMMETRIC(Xor)
    RAPPEL_CASE_BINARY(ShiftLeft)
    RAPPEL_CASE_BINARY(ShiftRight)
    RAPPEL_CASE_SYMMETRIC(EqI)
    RAPPEL_CASE_SYMMETRIC(NeI)
    RAPPEL_CASE_BINARY(LtI)
    RAPPEL_CASE_BINARY(LeI)
    RAPPEL_CASE_UNARY(FloatToInt)
    RAPPEL_CASE_UNARY(IntToFloat)
    RAPPEL_CASE_UNARY(FloatToBool)
    RAPPEL_CASE_UNARY(IntToBool)
    RAPPEL_CASE_UNARY(BoolToFloat)
    RAPPEL_CASE_UNARY(BoolToInt)
    RAPPEL_CASE_UNARY(ToUInt8)
    case Operator::Fma: return kFlushesStored && stored ? ternaryFunction<StoredFmaStep>(uniform) : ternaryFunction<FmaStep>(uniform);
    case Operator::Select: return ternaryFunction<SelectStep>(uniform);
    case Operator::Iota:
    case Operator::Random: return nullptr;
  }
  return nullptr;
#undef RAPPEL_CASE_UNARY
#undef RAPPEL_CASE_BINARY
#undef RAPPEL_CASE_SYMMETRIC
#undef RAPPEL_CASE_LONG
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
