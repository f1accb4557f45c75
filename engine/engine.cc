// The executor; see engine.h.
#include "engine.h"

#include "operators.h"
#include "parallel_loop.h"

namespace rappel {

inline void Engine::runInstruction(const Instruction& instruction) {
  const Schedule& schedule = instruction.schedule;
  for (int phase = 0; phase < schedule.phases; phase++) {
    const int tasks = schedule.tasks[phase];
    if (tasks > 1 && pool_.threads() > 1) {
      pool_.run(instruction, phase);
    } else {
      for (int task = 0; task < tasks; task++) instruction.run(instruction, phase, task, pool_.caller());
    }
  }
}

// False after a fault.
bool Engine::runOnce(const Executable& executable, const unsigned long long& fault, unsigned long long* profile, RunResult& result) {
  const LoopArguments* loop = nullptr;
  int first = 0, turn = 0;  // of the loop
  for (int i = 0; i < executable.instructionCount; i++) {
    const Instruction& instruction = executable.instructions[i];
    if (instruction.opcode == Opcode::Loop) {
      loop = static_cast<const LoopArguments*>(instruction.arguments);
      first = i + 1;
      turn = 0;
      continue;
    }
    if (instruction.opcode == Opcode::ParallelLoop) {
      const unsigned long long start = profile != nullptr ? platform::nanoseconds() : 0;
      runInstruction(instruction);
      if (profile != nullptr) profile[i] += platform::nanoseconds() - start;
      i += static_cast<const ParallelLoopArguments*>(instruction.arguments)->count;
      continue;
    }
    const unsigned long long start = profile != nullptr ? platform::nanoseconds() : 0;
    runInstruction(instruction);
    if (profile != nullptr) profile[i] += platform::nanoseconds() - start;
    if (__builtin_expect(__atomic_load_n(&fault, __ATOMIC_RELAXED) != kNoFault, 0)) {
      if (loop != nullptr) move(*loop, -turn);
      result.fault = true;
      result.instruction = i;
      result.position = static_cast<long>(fault >> 32);
      result.value = static_cast<int>(fault & 0xffffffff);
      return false;
    }
    if (loop == nullptr || i + 1 < first + loop->count) continue;
    if (++turn < loop->turns) {
      move(*loop, 1);
      i = first - 1;
    } else {
      move(*loop, 1 - turn);
      loop = nullptr;
    }
  }
  return true;
}

double Engine::peakFlops() {
  float results[kMaxThreads];
  Instruction work{};
  work.run = kernels_->peakTask;
  work.arguments = results;
  work.schedule.tasks[0] = pool_.threads();
  double best = 0;
  for (int attempt = 0; attempt < 4; attempt++) {
    const unsigned long long start = platform::nanoseconds();
    runInstruction(work);
    const double seconds = static_cast<double>(platform::nanoseconds() - start) * 1e-9;
    const double rate = pool_.threads() * kernels_->peakTaskFlops / seconds;
    if (rate > best) best = rate;
  }
  return best;
}

namespace {

// The turns of a parallel loop tell the profile of their instructions, from every thread. Of the time that the whole loop took, each instruction
// gets its share.
void shareTimesOfLoops(const Executable& executable, unsigned long long* profile) {
  for (int i = 0; i < executable.instructionCount; i++) {
    if (executable.instructions[i].opcode != Opcode::ParallelLoop) continue;
    const int count = static_cast<const ParallelLoopArguments*>(executable.instructions[i].arguments)->count;
    double onAllThreads = 0;
    for (int j = 1; j <= count; j++) onAllThreads += static_cast<double>(profile[i + j]);
    const double share = onAllThreads > 0 ? static_cast<double>(profile[i]) / onAllThreads : 0;
    for (int j = 1; j <= count; j++) profile[i + j] = static_cast<unsigned long long>(static_cast<double>(profile[i + j]) * share);
    profile[i] = 0;
    i += count;
  }
}

}  // namespace

RunResult Engine::run(const Executable& executable, long times, const unsigned* cancelled, unsigned long long* profile) {
  const platform::FlushSubnormals mode;
  RunResult result;
  unsigned long long fault = kNoFault;
  pool_.setReports(&fault, profile);
  for (; result.repetitions < times; result.repetitions++) {
    if (cancelled != nullptr && __atomic_load_n(cancelled, __ATOMIC_RELAXED) != 0) break;
    if (!runOnce(executable, fault, profile, result)) break;
  }
  if (profile != nullptr) shareTimesOfLoops(executable, profile);
  return result;
}

void describeFault(const Executable& executable, const RunResult& result, Message& message) {
  const Instruction& instruction = executable.instructions[result.instruction];
  const GatherArguments& gather = *static_cast<const GatherArguments*>(instruction.arguments);
  message.write("instruction ", result.instruction, " (", opcodeName(static_cast<int>(instruction.opcode)), "): index ", result.value, " at position ",
                result.position, " of its indices is outside [0, ", gather.axisSize, ")");
}

}  // namespace rappel
