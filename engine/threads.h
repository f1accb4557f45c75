// The engine's threads. The thread that runs a program is worker 0; the others help with instructions of several tasks, of which each
// has a share, the same whenever the instruction runs again: so a core mostly finds in its cache what it wrote there a step ago. Who is done
// early takes from the end of another's share. They spin for a moment between instructions and then sleep, so an idle engine costs nothing.
#pragma once
#include "instruction.h"
#include "platform.h"

namespace rappel {

constexpr int kMaxThreads = 256;
constexpr int kMaxTasks = 0xffff;

class ThreadPool {
 public:
  // Ends the helpers; new ones start with the next work that wants them. Not while work is running.
  void resize(int threads);
  int threads() const { return threads_; }

  // Makes sure that every worker has `bytes` of scratch memory; false when out of memory.
  bool reserveScratch(size_type bytes);

  // Where workers report a fault, and the nanoseconds of instructions if somebody wants them.
  void setReports(unsigned long long* fault, unsigned long long* profile);

  Worker& caller() { return workers_[0]; }

  // Runs all tasks of a phase and returns when the last one is done.
  void run(const Instruction& instruction, int phase);

  void shutDown();

 private:
  struct Helper {
    ThreadPool* pool;
    int index;
    platform::Thread* thread;
  };

  static void helperMain(void* helper);
  void help(Worker& worker);
  int takeTasks(Worker& worker, unsigned generation);
  int takeFromShare(unsigned long long& share, bool own, Worker& worker, unsigned generation);
  bool startHelpers();
  void stopHelpers();
  void publish(unsigned tasks);

  // The tasks that are left of each worker's share: generation << 32 | end << 16 | first. One word, so that whoever takes a task knows that it
  // belongs to the work that is described below, which stays as it is until that task is done.
  struct alignas(64) Share {
    unsigned long long word;
  };
  Share shares_[kMaxThreads] = {};
  const Instruction* instruction_ = nullptr;
  int phase_ = 0;

  alignas(64) unsigned completed_ = 0;
  unsigned callerWaits_ = 0;

  alignas(64) unsigned generation_ = 0;  // what helpers sleep on
  unsigned sleepers_ = 0;
  unsigned stopping_ = 0;

  alignas(64) int threads_ = 1;
  bool started_ = false;
  size_type scratchBytes_ = 0;
  Helper helpers_[kMaxThreads] = {};
  Worker workers_[kMaxThreads] = {};
};

}  // namespace rappel
