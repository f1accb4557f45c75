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
}  // namespace

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
