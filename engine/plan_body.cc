// Where a decoded MapBody writes, and in tiles of which length it runs; see body.h.
#include "decoder.h"

namespace rappel {

namespace {
int greatestCommonDivisor(int a, int b) { return b == 0 ? a : greatestCommonDivisor(b, a % b); }

bool overwritesInput(const Decoder& decoder, const Body& body, int output) {
  for (int i = 0; i < body.inputCount; i++) {
    if (decoder.inputViews[i].buffer != kAccumulator && decoder.mayOverlap(decoder.outputViews[output], decoder.inputViews[i])) return true;
  }
  return false;
}

bool reads(const BodyStep& step, short place) { return step.a == place || step.b == place || step.c == place; }

// Whether the step is all that reads a place.
bool isOnlyReader(const Body& body, int step, short place) {
  for (int i = 0; i < body.stepCount; i++) {
    if (i != step && reads(body.steps[i], place)) return false;
  }
  for (int i = 0; i < body.outputCount; i++) {
    if (body.outputs[i].place == place) return false;
  }
  for (int i = 0; i < body.sumCount; i++) {
    if (body.sums[i].place == place) return false;
  }
  return true;
}

// The step that adds an input to the accumulator, if nothing else reads either; -1 if there is none.
int additionToAccumulator(const Body& body) {
  int at = 0;
  while (at < body.stepCount && !reads(body.steps[at], 0)) at++;
  if (at == body.stepCount) return -1;
  const BodyStep& step = body.steps[at];
  const short addend = step.a == 0 ? step.b : step.a;
  if (step.op != Operator::Add || addend == 0 || addend >= body.inputCount) return -1;
  const BodyInput& input = body.inputs[addend];
  const bool isOfRows = input.access == Access::Contiguous || (input.access == Access::Periodic && input.period == body.addendColumns);
  return input.dtype == DType::Float32 && isOfRows && isOnlyReader(body, at, 0) && isOnlyReader(body, at, addend) ? at : -1;
}

}  // namespace

// Inputs that are added to the accumulator before anything else: the product adds them as it stores its sums, for less than it takes to read these
// again.
void leaveAddends(Body& body) {
  while (body.addendColumns > 0 && body.addendCount < kMaxAddends) {
    const int at = additionToAccumulator(body);
    if (at < 0) return;
    const BodyStep addition = body.steps[at];
    const short addend = addition.a == 0 ? addition.b : addition.a, sum = addition.destination;
    bool isOverwritten = false;
    for (int i = at + 1; i < body.stepCount; i++) {
      BodyStep& step = body.steps[i - 1] = body.steps[i];
      if (isOverwritten) continue;
      if (step.a == sum) step.a = 0;
      if (step.b == sum) step.b = 0;
      if (step.c == sum) step.c = 0;
      isOverwritten = step.destination == sum;
    }
    body.stepCount--;
    for (int i = 0; i < body.outputCount && !isOverwritten; i++) {
      if (body.outputs[i].place == sum) body.outputs[i].place = 0;
    }
    for (int i = 0; i < body.sumCount && !isOverwritten; i++) {
      if (body.sums[i].place == sum) body.sums[i].place = 0;
    }
    body.inputs[addend].access = Access::Addend;
    body.addends[body.addendCount++] = addend;
  }
}

// An output that takes an input as it is, while another output overwrites that input (two variables that change places): the input is
// first copied into a slot.
void keepOverwrittenInputs(const Decoder& decoder, Body& body) {
  for (int i = 0; i < body.outputCount; i++) {
    BodyOutput& output = body.outputs[i];
    if (output.place >= body.inputCount || body.inputs[output.place].access != Access::Contiguous) continue;
    bool overwritten = false;
    for (int j = 0; j < body.outputCount; j++) {
      if (j == i || body.outputs[j].result) continue;
      if (decoder.mayOverlap(decoder.outputViews[j], decoder.inputViews[output.place])) overwritten = true;
    }
    if (!overwritten) continue;
    for (int s = body.stepCount; s > 0; s--) body.steps[s] = body.steps[s - 1];
    BodyStep copy{};
    copy.op = Operator::Or;
    copy.a = copy.b = copy.c = output.place;
    copy.destination = output.place = static_cast<short>(body.firstSlot + body.slotCount++);
    body.steps[0] = copy;
    body.stepCount++;
  }
}

void writeDirectly(const Decoder& decoder, Body& body) {
  for (int i = 0; i < body.outputCount; i++) {
    BodyOutput& output = body.outputs[i];
    if (output.uniform || !output.contiguous || elementBytes(output.dtype) != 4) continue;
    if (output.place < body.firstSlot || output.place >= body.firstDirect) continue;
    int last = body.stepCount - 1;
    while (last >= 0 && body.steps[last].destination != output.place) last--;
    if (last < 0) continue;  // already redirected for another output
    bool noticed = false;
    for (int j = last + 1; j < body.stepCount && !output.result; j++) {
      const short operands[3] = {body.steps[j].a, body.steps[j].b, body.steps[j].c};
      for (const short operand : operands) {
        if (operand >= body.inputCount || decoder.inputViews[operand].buffer == kAccumulator) continue;
        if (decoder.mayOverlap(decoder.outputViews[i], decoder.inputViews[operand])) noticed = true;
      }
    }
    if (noticed) continue;
    const short slot = output.place, direct = static_cast<short>(body.firstDirect + i);
    body.steps[last].destination = direct;
    for (int j = last + 1; j < body.stepCount; j++) {
      BodyStep& step = body.steps[j];
      if (step.a == slot) step.a = direct;
      if (step.b == slot) step.b = direct;
      if (step.c == slot) step.c = direct;
    }
    // Another output of the same slot now finds its values here.
    for (int j = 0; j < body.outputCount; j++) {
      if (j != i && body.outputs[j].place == slot) body.outputs[j].place = direct;
    }
    for (int j = 0; j < body.sumCount; j++) {
      if (body.sums[j].place == slot) body.sums[j].place = direct;
    }
    output.direct = true;
    output.fresh = !output.result && !overwritesInput(decoder, body, i) && decoder.buffers[decoder.outputViews[i].buffer].kind != BufferKind::Private;
    output.place = direct;
  }
}

// Whole periods make a tile, so that a bias repeated over its rows is laid out once for all tiles.
void chooseTile(Body& body) {
  body.tile = kTile;
  if (body.elements == 0) return;
  int common = 1;
  bool longPeriods = false;
  const auto include = [&](int period) {
    if (common > kTile) return;
    const int divisor = greatestCommonDivisor(common, period);
    common = common / divisor > kTile / period ? kTile + 1 : common / divisor * period;
  };
  for (int i = 0; i < body.inputCount; i++) {
    if (body.inputs[i].access != Access::Periodic) continue;
    if (body.inputs[i].period > kTile) longPeriods = true;
    else include(body.inputs[i].period);
  }
  for (int i = 0; i < body.sumCount; i++) {
    if (body.sums[i].columns <= kTile) include(body.sums[i].columns);
  }
  const bool fits = common <= kTile;
  body.tile = fits ? kTile / common * common : kTile;
  body.fillPeriodicOnce = fits && !longPeriods;
}

}  // namespace rappel
