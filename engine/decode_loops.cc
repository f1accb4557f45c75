// Decoding loops: Loop and ParallelLoop, and what the turns of the second may touch.
#include "decoder.h"
#include "parallel_loop.h"

namespace rappel {

bool Decoder::takeMoves() {
  int moveCount;
  if (!takeRange("the number of moves", 0, bufferCount, moveCount)) return false;
  for (int i = 0; i < moveCount; i++) {
    int number, first, step;
    if (!takeRange("a buffer that moves", 0, bufferCount - int64{1}, number) || !take(first) || !take(step)) return false;
    Buffer& buffer = buffers[number];
    if (buffer.first != 0 || buffer.step != 0) return fail("buffer ", number, " moves twice");
    buffer.first = first;
    buffer.step = step;
  }
  return true;
}

bool Decoder::decodeLoop(Instruction& instruction) {
  if (loop != nullptr) return fail("it lies inside of another loop");
  LoopArguments* arguments = executable.region.allocate<LoopArguments>();
  if (arguments == nullptr) return outOfMemory();
  instruction.arguments = arguments;
  instruction.schedule.tasks[0] = 0;
  if (!takeRange("the number of turns", 1, kMaxElements, arguments->turns)) return false;
  if (!takeRange("the number of its instructions", 1, following, arguments->count)) return false;
  if (!takeMoves()) return false;
  loop = arguments;
  leftInLoop = arguments->count;
  moveCapacity = 0;
  return true;
}

bool Decoder::decodeParallelLoop(Instruction& instruction) {
  if (loop != nullptr) return fail("it lies inside of another loop");
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
  loop = &arguments->copies[0].loop;
  leftInLoop = count;
  copy = moveCapacity = reachCount = 0;
  return true;
}

bool Decoder::checkTurns() {
  const int64 turns = parallel->turns;
  const auto all = [turns](const Reach& reach) {
    Extent extent = reach.extent;
    const int64 way = (turns - 1) * reach.stepBytes;
    if (way > 0) extent.high += way;
    if (way < 0) extent.low += way;
    return extent;
  };
  for (int i = 0; i < reachCount; i++) {
    const Reach& target = reaches[i];
    if (!target.written || turns == 1) continue;
    for (int j = 0; j < reachCount; j++) {
      const Reach& other = reaches[j];
      if (!overlap(all(target), all(other))) continue;
      const int64 low = target.extent.low < other.extent.low ? target.extent.low : other.extent.low;
      const int64 high = target.extent.high > other.extent.high ? target.extent.high : other.extent.high;
      const int64 step = target.stepBytes < 0 ? -target.stepBytes : target.stepBytes;
      if (target.stepBytes == other.stepBytes && high - low <= step) continue;
      return fail("the last of a parallel loop: what one turn writes to buffer ", target.buffer, " lies in the way of another turn (buffer ", other.buffer,
                  "); within a turn ", high - low, " bytes are reached, and each begins ", step, " after the one before");
    }
  }
  return true;
}

void Decoder::finishLoop() {
  for (int i = 0; i < bufferCount; i++) buffers[i].first = buffers[i].step = 0;
  loop = nullptr;
  parallel = nullptr;
  copy = 0;
}

}  // namespace rappel
