// Decoding loops: Loop and ParallelLoop, and what the turns of the second may touch.
#include "decoder.h"
#include "parallel_loop.h"

namespace rappel {

namespace {

int64 magnitude(int64 value) { return value < 0 ? -value : value; }

// How far apart the turns of a loop within are for two views; 0 if neither moves in one, -1 if they move differently.
int64 innerStep(const Reach& a, const Reach& b) {
  const int64 one = magnitude(a.steps[1]), other = magnitude(b.steps[1]);
  if (one == 0 || other == 0 || one == other) return one > other ? one : other;
  return -1;
}

// Of the numbers that differ from `value` by multiples of `modulus` the one closest to 0.
int64 nearest(int64 value, int64 modulus) {
  const int64 rest = value % modulus;  // of the sign of `value`
  if (2 * rest > modulus) return rest - modulus;
  return 2 * rest < -modulus ? rest + modulus : rest;
}

}  // namespace

bool Decoder::takeMoves() {
  int moveCount;
  if (!takeRange("the number of moves", 0, bufferCount, moveCount)) return false;
  for (int i = 0; i < moveCount; i++) {
    int number, first, step;
    if (!takeRange("a buffer that moves", 0, bufferCount - int64{1}, number) || !take(first) || !take(step)) return false;
    Buffer& buffer = buffers[number];
    if (buffer.firsts[depth] != 0 || buffer.steps[depth] != 0) return fail("buffer ", number, " moves twice");
    buffer.firsts[depth] = first;
    buffer.steps[depth] = step;
  }
  return true;
}

void Decoder::openLoop(LoopArguments* arguments) { loops[depth++] = {arguments, arguments->count, 0}; }

bool Decoder::decodeLoop(Instruction& instruction) {
  if (depth > (parallel != nullptr ? 1 : 0)) return fail("it lies inside of another loop");
  LoopArguments* arguments = executable.region.allocate<LoopArguments>();
  if (arguments == nullptr) return outOfMemory();
  instruction.arguments = arguments;
  instruction.schedule.tasks[0] = 0;
  if (!takeRange("the number of turns", 1, kMaxElements, arguments->turns)) return false;
  if (!takeRange("the number of its instructions", 1, parallel != nullptr ? loops[0].left - 1 : following, arguments->count)) return false;
  if (!takeMoves()) return false;
  openLoop(arguments);
  return true;
}

bool Decoder::decodeParallelLoop(Instruction& instruction) {
  if (depth > 0) return fail("it lies inside of another loop");
  ParallelLoopArguments* arguments = executable.region.allocate<ParallelLoopArguments>();
  if (arguments == nullptr) return outOfMemory();
  instruction.arguments = arguments;
  int turns, count;
  if (!takeRange("the number of turns", 1, kMaxTurns, turns)) return false;
  if (!takeRange("the number of its instructions", 1, following, count)) return false;
  if (!takeMoves()) return false;
  instruction.run = runTurns;
  instruction.schedule.tasks[0] = tasksOfTurns(turns);
  arguments->number = number + 1;
  arguments->turns = turns;
  arguments->count = count;
  const int tasks = instruction.schedule.tasks[0];
  arguments->copyCount = tasks < executable.copyCount ? tasks : executable.copyCount;
  arguments->copies = executable.region.allocate<LoopCopy>(arguments->copyCount);
  if (arguments->copies == nullptr) return outOfMemory();
  for (int i = 0; i < arguments->copyCount; i++) {
    LoopCopy& made = arguments->copies[i];
    made.loop.turns = turns;
    made.loop.count = count;
    // The first copy is the program's own instructions, which profiles and descriptions show.
    made.instructions = i == 0 ? &instruction + 1 : executable.region.allocate<Instruction>(count);
    if (made.instructions == nullptr) return outOfMemory();
  }
  parallel = arguments;
  openLoop(&arguments->copies[0].loop);
  copy = reachCount = 0;
  return true;
}

bool Decoder::checkTurns() {
  const int64 turns = parallel->turns;
  for (int i = 0; i < reachCount; i++) {
    const Reach& target = reaches[i];
    if (!target.written || turns == 1) continue;
    for (int j = 0; j < reachCount; j++) {
      const Reach& other = reaches[j];
      if (!overlap(target.ofAllTurns, other.ofAllTurns)) continue;
      const int64 step = magnitude(target.steps[0]), inner = innerStep(target, other);
      // Turns of a loop within lie `inner` apart, so that only the distance modulo that counts, if all turns of this one fit between them.
      const int64 distance = inner > 0 ? nearest(other.extent.low - target.extent.low, inner) : other.extent.low - target.extent.low;
      const int64 end = distance + other.extent.high - other.extent.low, length = target.extent.high - target.extent.low;
      const int64 low = distance < 0 ? distance : 0, high = end > length ? end : length;
      if (target.steps[0] == other.steps[0] && high - low <= step && (inner == 0 || (inner > 0 && turns * step <= inner))) continue;
      return fail("the last of a parallel loop: what one turn writes to buffer ", target.buffer, " lies in the way of another turn (buffer ", other.buffer,
                  "); within a turn ", high - low, " bytes are reached, and each begins ", step, " after the one before");
    }
  }
  return true;
}

void Decoder::finishLoop() {
  depth--;
  for (int i = 0; i < bufferCount; i++) buffers[i].firsts[depth] = buffers[i].steps[depth] = 0;
  if (depth > 0) return;
  parallel = nullptr;
  copy = 0;
}

}  // namespace rappel
