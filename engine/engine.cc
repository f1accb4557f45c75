// The executor; see engine.h.
#include "engine.h"

#include "operators.h"

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

RunResult Engine::run(const Executable& executable, long times, const unsigned* cancelled, unsigned long long* profile) {
  const platform::FlushSubnormals mode;
  RunResult result;
  unsigned long long fault = kNoFault;
  pool_.setFault(&fault);
  for (; result.repetitions < times; result.repetitions++) {
    if (cancelled != nullptr && __atomic_load_n(cancelled, __ATOMIC_RELAXED) != 0) break;
    for (int i = 0; i < executable.instructionCount; i++) {
      const unsigned long long start = profile != nullptr ? platform::nanoseconds() : 0;
      runInstruction(executable.instructions[i]);
      if (profile != nullptr) profile[i] += platform::nanoseconds() - start;
      if (__builtin_expect(__atomic_load_n(&fault, __ATOMIC_RELAXED) != kNoFault, 0)) {
        result.fault = true;
        result.instruction = i;
        result.position = static_cast<long>(fault >> 32);
        result.value = static_cast<int>(fault & 0xffffffff);
        return result;
      }
    }
  }
  return result;
}

void describeFault(const Executable& executable, const RunResult& result, Message& message) {
  const Instruction& instruction = executable.instructions[result.instruction];
  const GatherArguments& gather = *static_cast<const GatherArguments*>(instruction.arguments);
  message.write("instruction ", result.instruction, " (", opcodeName(static_cast<int>(instruction.opcode)), "): index ", result.value, " at position ",
                result.position, " of its indices is outside [0, ", gather.axisSize, ")");
}

}  // namespace rappel
