// The turns of a parallel loop; see parallel_loop.h.
#include "parallel_loop.h"

#include "platform.h"

namespace rappel {

namespace {

// A copy of the loop's instructions that no other worker uses: a worker's own, unless there are more threads than when the program was loaded.
LoopCopy& acquireCopy(const ParallelLoopArguments& loop, const Worker& worker) {
  for (int i = worker.index % loop.copyCount;; i = i + 1 < loop.copyCount ? i + 1 : 0) {
    LoopCopy& copy = loop.copies[i];
    if (__atomic_load_n(&copy.busy, __ATOMIC_RELAXED) == 0 && __atomic_exchange_n(&copy.busy, 1u, __ATOMIC_ACQUIRE) == 0) return copy;
    platform::pause();
  }
}

// Instruction `number` of the program.
void runHere(const Instruction& instruction, int number, Worker& worker) {
  const unsigned long long start = worker.profile != nullptr ? platform::nanoseconds() : 0;
  for (int phase = 0; phase < instruction.schedule.phases; phase++) {
    const int tasks = instruction.schedule.tasks[phase];
    for (int task = 0; task < tasks; task++) instruction.run(instruction, phase, task, worker);
  }
  if (worker.profile != nullptr) __atomic_fetch_add(&worker.profile[number], platform::nanoseconds() - start, __ATOMIC_RELAXED);
}

void runTurn(const ParallelLoopArguments& loop, const Instruction* instructions, Worker& worker) {
  for (int i = 0; i < loop.count; i++) {
    if (instructions[i].opcode != Opcode::Loop) {
      runHere(instructions[i], loop.number + i, worker);
      continue;
    }
    const LoopArguments& within = *static_cast<const LoopArguments*>(instructions[i].arguments);
    for (int turn = 0; turn < within.turns; turn++) {
      if (turn > 0) move(within, 1);
      for (int j = 1; j <= within.count; j++) runHere(instructions[i + j], loop.number + i + j, worker);
    }
    move(within, 1 - within.turns);
    i += within.count;
  }
}

}  // namespace

void runTurns(const Instruction& instruction, int, int task, Worker& worker) {
  const ParallelLoopArguments& loop = *static_cast<const ParallelLoopArguments*>(instruction.arguments);
  const int tasks = instruction.schedule.tasks[0];
  const int first = loop.turns * task / tasks, end = loop.turns * (task + 1) / tasks;
  LoopCopy& copy = acquireCopy(loop, worker);
  move(copy.loop, first);
  for (int turn = first; turn < end; turn++) {
    if (turn > first) move(copy.loop, 1);
    runTurn(loop, copy.instructions, worker);
  }
  move(copy.loop, 1 - end);
  __atomic_store_n(&copy.busy, 0u, __ATOMIC_RELEASE);
}

}  // namespace rappel
