// Operands that are one value for each row: the mean that is subtracted from a row, the factor that scales it. Instead of being laid out in a tile
// once for each element, such a value is broadcast where its row begins.
#pragma once
#include "../split.h"
#include "steps.h"

namespace rappel {
namespace RAPPEL_ISA {

// What the place of such an operand points to.
struct RowValues {
  const float* values;  // of the row in which the tile begins, and of those after it
  long left;            // elements of that row from there on
  long length;          // of each row
};

inline RowValues rowValuesAt(const BodyInput& input, long index) {
  const long length = input.walk.dims[1], row = index / length;
  return {reinterpret_cast<const float*>(input.data) + row, (row + 1) * length - index, length};
}

// Step::apply(x, the row's value, z), or of the first two alone; z are values of rows, too, if it says so.
enum class Third { None, Values, RowValues };
template <class Step, Third third>
void rowLoop(void* destination, const void* a, const void* b, const void* c, const void*, const void*, long count) {
  const RowValues rows = *static_cast<const RowValues*>(b);
  const float *x = static_cast<const float*>(a), *y = rows.values;
  const float* z = third == Third::RowValues ? static_cast<const RowValues*>(c)->values : static_cast<const float*>(c);
  float* target = static_cast<float*>(destination);
  long i = 0;
  for (long end = minimum(rows.left, count); i < count; end = minimum(end + rows.length, count)) {
    const Floats ofRow = broadcast(*y++);
    const Floats alsoOfRow = third == Third::RowValues ? broadcast(*z++) : Floats{};
    const auto apply = [&](Floats value, Floats other) {
      if constexpr (third == Third::None) return Step::apply(value, ofRow);
      else return Step::apply(value, ofRow, other);
    };
    for (; i + kLanes <= end; i += kLanes) store(target + i, apply(load(x + i), third == Third::Values ? load(z + i) : alsoOfRow));
    const int rest = static_cast<int>(end - i);
    if (rest > 0) storeFirst(target + i, apply(loadFirst(x + i, rest), third == Third::Values ? loadFirst(z + i, rest) : alsoOfRow), rest);
    i = end;
  }
}

// The loop of a step whose operand b is a value for each row; null if there is none.
inline StepFunction rowFunction(Operator op) {
  switch (op) {
    case Operator::Add: return rowLoop<AddStep, Third::None>;
    case Operator::Sub: return rowLoop<SubStep, Third::None>;
    case Operator::Mul: return rowLoop<MulStep, Third::None>;
    case Operator::Fma: return rowLoop<FmaStep, Third::Values>;
    default: return nullptr;
  }
}

// Whether a step can read the input as values of rows: as operand b, where a may change places with it if need be.
inline bool takesRowValues(const BodyStep& step, short input) {
  if (step.uniform != 0 || step.ofRows || rowFunction(step.op) == nullptr || step.a == step.b) return false;
  if (step.op == Operator::Fma && step.c == input) return false;
  return step.b == input || step.op != Operator::Sub;
}

// Finds the inputs that are values of rows to all steps that read them. A row of less than a vector, or of a vector and a bit, is laid out as well.
inline void findRowValues(Body& body) {
  for (short i = 0; kMakesAllLoops && i < body.inputCount; i++) {
    BodyInput& input = body.inputs[i];
    const Walk& walk = input.walk;
    const bool isOfRows = walk.rank == 2 && walk.strides[0] == 1 && walk.strides[1] == 0 && walk.dims[1] % kLanes == 0;
    if (input.access != Access::Gathered || input.dtype != DType::Float32 || !isOfRows) continue;
    const auto reads = [i](const BodyStep& step) { return step.a == i || step.b == i || step.c == i; };
    bool isTaken = true;
    for (int s = 0; s < body.stepCount; s++) isTaken = isTaken && (!reads(body.steps[s]) || takesRowValues(body.steps[s], i));
    for (int o = 0; o < body.outputCount; o++) isTaken = isTaken && body.outputs[o].place != i;
    if (!isTaken) continue;
    input.access = Access::RowValues;
    for (int s = 0; s < body.stepCount; s++) {
      BodyStep& step = body.steps[s];
      if (!reads(step)) continue;
      if (step.a == i) step.a = step.b, step.b = i;
      step.ofRows = true;
      step.run = rowFunction(step.op);
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
