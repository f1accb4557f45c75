// What JavaScript holds by handle: memory and programs. Both live on while an asynchronous run needs them, even if they were released.
#pragma once
#include "../executable.h"
#include "table.h"

namespace rappel {

struct Memory {
  char* data;
  size_type bytes;
  int pendingRuns;
  bool released;
};

struct Program {
  Executable* executable;
  int pendingRuns;
  bool released;
};

struct Statistics {
  size_type liveBytes = 0, peakBytes = 0;  // buffers and programs
};

class Resources {
 public:
  ~Resources();

  // 0 when memory is short.
  int allocate(size_type bytes);
  int add(Executable* executable);
  Memory* memory(int handle) const { return memories_.find(handle); }
  Program* program(int handle) const { return programs_.find(handle); }
  bool releaseMemory(int handle);  // false for an unknown handle
  bool releaseProgram(int handle);

  // Keeps an object until it is dropped as often as it was held.
  void hold(Memory* memory) { memory->pendingRuns++; }
  void hold(Program* program) { program->pendingRuns++; }
  void drop(Memory* memory);
  void drop(Program* program);

  int liveBuffers() const { return memories_.live(); }
  int livePrograms() const { return programs_.live(); }
  const Statistics& statistics() const { return statistics_; }

 private:
  void destroy(Memory* memory);
  void destroy(Program* program);
  void count(size_type bytes);

  Table<Memory> memories_;
  Table<Program> programs_;
  Statistics statistics_;
};

}  // namespace rappel
