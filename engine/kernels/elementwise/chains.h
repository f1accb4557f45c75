// Steps of which each hands its value to the next alone, done as one: one loop, and what is between them stays in registers. A table of the
// chains that bodies are full of and that pay: what the optimizers do to each parameter; then GELU's slope, and values of rows.
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

// a - b c / (√d + e), with one c and one e for all: how far Adam and its kind go down from a along the mean b.
template <Division division>
void descend(void* destination, const void* a, const void* b, const void* c, const void* d, const void* e, long count) {
  float* target = static_cast<float*>(destination);
  const Operand<Floats, false> from(a), mean(b), square(d);
  const Operand<Floats, true> rate(c), least(e);
  const auto apply = [&](Floats x, Floats y, Floats z) { return x - quotient<division>(y * rate.all, squareRoot(z) + least.all); };
  long i = 0;
  for (; i + kLanes <= count; i += kLanes) store(target + i, apply(from.at(i), mean.at(i), square.at(i)));
  const int rest = static_cast<int>(count - i);
  if (rest > 0) storeFirst(target + i, apply(from.first(i, rest), mean.first(i, rest), square.first(i, rest)), rest);
}

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

// Whether a step's value is read by `reader`, a later step, and by nothing else.
RAPPEL_OUT_OF_LINE bool isReadOnlyBy(const Body& body, int step, int reader) {
  const short place = body.steps[step].destination;
  if (place < body.firstSlot || place >= body.firstDirect) return false;
  bool isRead = false, isOverwritten = false;
  for (int i = step + 1; i < body.stepCount && !isOverwritten; i++) {
    const BodyStep& next = body.steps[i];
    if (next.joined) continue;
    const bool reads = next.a == place || next.b == place || next.c == place || next.d == place || next.e == place;
    if (reads && i != reader) return false;
    isRead = isRead || reads;
    isOverwritten = next.destination == place;
  }
  for (int i = 0; i < body.outputCount && !isOverwritten; i++) isRead = isRead && body.outputs[i].place != place;
  for (int i = 0; i < body.sumCount && !isOverwritten; i++) isRead = isRead && body.sums[i].place != place;
  return isRead;
}

// The step before `end` that scales a value by a uniform one for `reader` alone and could as well happen there; -1 if there is none.
RAPPEL_OUT_OF_LINE int scalingFor(const Body& body, int end, int reader, short place) {
  int at = end - 1;
  while (at >= 0 && (body.steps[at].joined || body.steps[at].destination != place)) at--;
  if (at < 0 || !isReadOnlyBy(body, at, reader)) return -1;
  const BodyStep& step = body.steps[at];
  // Slots are overwritten by others, and inputs by outputs that take their place.
  const bool isKept = step.a >= body.firstDirect || (step.a < body.inputCount && body.inputs[step.a].access == Access::Accumulator);
  return step.op == Operator::Mul && step.uniform == 2 && isKept ? at : -1;
}

// A chain that begins at a step: how many steps it has, and what is done in their place. None: 0.
struct Chain {
  int length = 0;
  StepFunction run;
  short a, b, c, d = 0, e = 0;  // place 0 is there always
  int earlier = -1;  // a step before it that is part of it
};

template <Division division>
Chain chainAt(const Body& body, int index) {
  const BodyStep* const steps = body.steps + index;
  const auto is = [&](int at, Operator op, int uniform, bool ofRows = false) {
    return index + at < body.stepCount && steps[at].op == op && steps[at].uniform == uniform && steps[at].ofRows == ofRows &&
           (at == 0 || isReadOnlyBy(body, index + at - 1, index + at));
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
  const bool isByRoot = is(0, Operator::Sqrt, 0) && is(1, Operator::Add, 2) && is(2, Operator::Div, 0) && is(3, Operator::Sub, 0);
  if (isByRoot && steps[1].a == steps[0].destination && steps[2].b == steps[1].destination && steps[2].a != steps[2].b &&
      steps[3].b == steps[2].destination && steps[3].a != steps[3].b) {
    const int scaling = scalingFor(body, index, index + 2, steps[2].a);
    if (scaling < 0) return {};
    const BodyStep& scaled = body.steps[scaling];
    return {4, descend<division>, steps[3].a, scaled.a, scaled.b, steps[0].a, steps[1].b, scaling};
  }
  if (!kMakesAllLoops) return {};
  const bool isRest = is(0, Operator::Mul, 0) && is(1, Operator::Sub, 0) && steps[1].b == steps[0].destination && steps[1].a != steps[1].b;
  if (isRest && (steps[1].a == steps[0].a || steps[1].a == steps[0].b)) {
    const short share = steps[1].a == steps[0].a ? steps[0].b : steps[0].a;
    return {2, binaryLoop<RestStep, 0>, steps[1].a, share, share};
  }
  if (is(0, Operator::Sub, 0, true) && is(1, Operator::Mul, 0, true) && steps[1].a == steps[0].destination &&
      body.inputs[steps[0].b].walk.dims[1] == body.inputs[steps[1].b].walk.dims[1]) {
    return {2, rowLoop<ScaledDifferenceStep, Third::RowValues>, steps[0].a, steps[0].b, steps[1].b};
  }
  return {};
}

// Puts one step in the place of each chain: its last.
template <Division division>
void joinChains(Body& body) {
  for (int i = 0; i < body.stepCount; i++) {
    const Chain chain = chainAt<division>(body, i);
    if (chain.length == 0) continue;
    if (chain.earlier >= 0) body.steps[chain.earlier].joined = true;
    for (const int last = i + chain.length - 1; i < last; i++) body.steps[i].joined = true;
    BodyStep& step = body.steps[i];
    step.run = chain.run, step.ofRows = false;
    step.a = chain.a, step.b = chain.b, step.c = chain.c, step.d = chain.d, step.e = chain.e;
  }
  int kept = 0;
  for (int i = 0; i < body.stepCount; i++) {
    if (!body.steps[i].joined) body.steps[kept++] = body.steps[i];
  }
  body.stepCount = kept;
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
