// Steps of which each hands its value to the next alone, done as one: one loop, and what is between them stays in registers. A table of the
// chains that bodies are full of and that pay: what the optimizers do to each parameter.
#pragma once
#include "rows.h"

namespace rappel {
namespace RAPPEL_ISA {

// y + (x - y) c, a mean that moves towards x; and towards x². Means are kept from one turn to the next.
struct TowardsStep {
  typedef Floats A;
  typedef Floats Result;
  static RAPPEL_INLINE Floats apply(Floats x, Floats c, Floats y) { return flushSubnormals(fma(x - y, c, y)); }
};
struct TowardsSquareStep {
  typedef Floats A;
  typedef Floats Result;
  static RAPPEL_INLINE Floats apply(Floats x, Floats c, Floats y) { return flushSubnormals(fma(fma(x, x, -y), c, y)); }
};
// a / (√b + c).
template <Division division>
struct RootQuotientStep {
  typedef Floats A;
  typedef Floats Result;
  static RAPPEL_INLINE Floats apply(Floats a, Floats b, Floats c) { return quotient<division>(a, squareRoot(b) + c); }
};

// a - a b, the rest of a when a share of it is gone.
struct RestStep {
  typedef Floats A;
  typedef Floats Result;
  static RAPPEL_INLINE Floats apply(Floats a, Floats b) { return fma(-a, b, a); }
};
// (a - b) c: a value is centred and scaled.
struct ScaledDifferenceStep {
  static RAPPEL_INLINE Floats apply(Floats a, Floats b, Floats c) { return (a - b) * c; }
};

// Whether the step after this one is the only one that reads its value.
inline bool handsOn(const Body& body, int step) {
  const short place = body.steps[step].destination;
  const auto reads = [place](const BodyStep& reader) { return reader.a == place || reader.b == place || reader.c == place; };
  if (place < body.firstSlot || place >= body.firstDirect || step + 1 >= body.stepCount || !reads(body.steps[step + 1])) return false;
  for (int i = step + 1; i < body.stepCount; i++) {
    if (i > step + 1 && reads(body.steps[i])) return false;
    if (body.steps[i].destination == place) return true;
  }
  for (int i = 0; i < body.outputCount; i++) {
    if (body.outputs[i].place == place) return false;
  }
  for (int i = 0; i < body.sumCount; i++) {
    if (body.sums[i].place == place) return false;
  }
  return true;
}

// A chain that begins at a step: how many steps it has, and what is done in their place. None: 0.
struct Chain {
  int length = 0;
  StepFunction run;
  short a, b, c;
};

template <Division division>
Chain chainAt(const Body& body, int index) {
  const BodyStep* const steps = body.steps + index;
  const auto is = [&](int at, Operator op, int uniform, bool ofRows = false) {
    return index + at < body.stepCount && steps[at].op == op && steps[at].uniform == uniform && steps[at].ofRows == ofRows &&
           (at == 0 || handsOn(body, index + at - 1));
  };
  // (value - mean) factor + mean
  const auto isTowards = [&](int at) {
    if (!is(at, Operator::Sub, 0) || !is(at + 1, Operator::Fma, 2)) return false;
    const BodyStep &difference = steps[at], &sum = steps[at + 1];
    return sum.a == difference.destination && sum.c == difference.b && sum.c != sum.a && sum.destination >= body.firstDirect;
  };
  if (isTowards(0)) return {2, ternaryLoop<TowardsStep, 2>, steps[0].a, steps[1].b, steps[1].c};
  const bool isSquare = is(0, Operator::Mul, 0) && steps[0].a == steps[0].b;
  if (isSquare && isTowards(1) && steps[1].a == steps[0].destination && steps[1].b != steps[1].a) {
    return {3, ternaryLoop<TowardsSquareStep, 2>, steps[0].a, steps[2].b, steps[2].c};
  }
  if (is(0, Operator::Sqrt, 0) && is(1, Operator::Add, 2) && is(2, Operator::Div, 0) && steps[1].a == steps[0].destination &&
      steps[2].b == steps[1].destination && steps[2].a != steps[2].b) {
    return {3, ternaryLoop<RootQuotientStep<division>, 4>, steps[2].a, steps[0].a, steps[1].b};
  }
  const bool isRest = is(0, Operator::Mul, 0) && is(1, Operator::Sub, 0) && steps[1].b == steps[0].destination && steps[1].a != steps[1].b;
  if (isRest && (steps[1].a == steps[0].a || steps[1].a == steps[0].b)) {
    const short share = steps[1].a == steps[0].a ? steps[0].b : steps[0].a;
    return {2, binaryLoop<RestStep, 0>, steps[1].a, share, share};
  }
  if (kReadsRowValues && is(0, Operator::Sub, 0, true) && is(1, Operator::Mul, 0, true) && steps[1].a == steps[0].destination &&
      body.inputs[steps[0].b].walk.dims[1] == body.inputs[steps[1].b].walk.dims[1]) {
    return {2, rowLoop<ScaledDifferenceStep, Third::RowValues>, steps[0].a, steps[0].b, steps[1].b};
  }
  return {};
}

// Puts one step in the place of each chain.
template <Division division>
void joinChains(Body& body) {
  int kept = 0;
  for (int i = 0; i < body.stepCount;) {
    const Chain chain = chainAt<division>(body, i);
    const int last = i + (chain.length > 0 ? chain.length - 1 : 0);
    BodyStep step = body.steps[last];
    if (chain.length > 0) step.run = chain.run, step.a = chain.a, step.b = chain.b, step.c = chain.c;
    body.steps[kept++] = step;
    i = last + 1;
  }
  body.stepCount = kept;
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
