// How the turns of a parallel loop run: each on one worker, all of its instructions one after another.
#pragma once
#include "instruction.h"

namespace rappel {

// How many tasks share the turns: by their number alone, so that each task has the same turns for any number of threads.
constexpr int kMaxTurnTasks = 16;
constexpr int tasksOfTurns(int turns) { return turns < kMaxTurnTasks ? turns : kMaxTurnTasks; }

// Lets the pointers of a loop's instructions go on by some turns.
inline void move(const LoopArguments& loop, long turns) {
  for (int i = 0; i < loop.moveCount; i++) *loop.moves[i].pointer += loop.moves[i].bytes * turns;
}

// The task of a ParallelLoop: some of its turns.
void runTurns(const Instruction& instruction, int phase, int task, Worker& worker);

}  // namespace rappel
