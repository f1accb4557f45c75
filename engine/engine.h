// The executor: runs loaded programs on the pool of threads, instruction after instruction.
#pragma once
#include "executable.h"
#include "threads.h"

namespace rappel {

struct RunResult {
  long repetitions = 0;      // completed
  bool fault = false;        // an index out of range stopped the run
  int instruction = 0;       // where
  long position = 0, value = 0;  // which element of the indices, and its value
};

class Engine {
 public:
  explicit Engine(const KernelTable& kernels, int threads) : kernels_(&kernels) { pool_.resize(threads); }

  const KernelTable& kernels() const { return *kernels_; }
  void setKernels(const KernelTable& kernels) { kernels_ = &kernels; }  // for programs loaded from now on
  int threads() const { return pool_.threads(); }
  void setThreads(int threads) { pool_.resize(threads); }
  void shutDown() { pool_.shutDown(); }

  // Memory for running this program; false when there is none left.
  bool reserve(const Executable& executable) { return pool_.reserveScratch(executable.scratchBytes); }

  // Floating-point operations a second, of all threads together, where nothing but multiply-adds on registers is to be done.
  double peakFlops();

  // Runs the program `times` times over the memory it is bound to. Stops early after a fault, or between two repetitions when *cancelled
  // is not 0. `profile`, if not null, gets the nanoseconds of each instruction added. The calling thread does its share of the work.
  RunResult run(const Executable& executable, long times, const unsigned* cancelled, unsigned long long* profile);

 private:
  void runInstruction(const Instruction& instruction);
  bool runOnce(const Executable& executable, const unsigned long long& fault, unsigned long long* profile, RunResult& result);

  const KernelTable* kernels_;
  ThreadPool pool_;
};

// "instruction 3 (Gather): index 17 at position 5 of its indices is outside [0, 10)"
void describeFault(const Executable& executable, const RunResult& result, Message& message);

}  // namespace rappel
