// Memory and programs under handles; see resources.h. Used from the JavaScript thread only.
#include "resources.h"

namespace rappel {

Resources::~Resources() {
  memories_.forEach([this](Memory* memory) { destroy(memory); });
  programs_.forEach([this](Program* program) { destroy(program); });
}

void Resources::count(size_type bytes) {
  statistics_.liveBytes += bytes;
  if (statistics_.liveBytes > statistics_.peakBytes) statistics_.peakBytes = statistics_.liveBytes;
}

int Resources::allocate(size_type bytes) {
  Memory* memory = static_cast<Memory*>(platform::allocate(sizeof(Memory)));
  if (memory == nullptr) return 0;
  *memory = {static_cast<char*>(platform::allocate(bytes)), bytes, 0, false};
  const int handle = memory->data == nullptr ? 0 : memories_.add(memory);
  if (handle == 0) {
    if (memory->data != nullptr) platform::release(memory->data, bytes);
    platform::release(memory, sizeof(Memory));
    return 0;
  }
  count(bytes);
  return handle;
}

int Resources::add(Executable* executable) {
  Program* program = static_cast<Program*>(platform::allocate(sizeof(Program)));
  if (program == nullptr) return 0;
  *program = {executable, 0, false};
  const int handle = programs_.add(program);
  if (handle == 0) {
    platform::release(program, sizeof(Program));
    return 0;
  }
  count(executableBytes(*program->executable));
  return handle;
}

bool Resources::releaseMemory(int handle) {
  Memory* memory = memories_.remove(handle);
  if (memory == nullptr) return false;
  memory->released = true;
  if (memory->pendingRuns == 0) destroy(memory);
  return true;
}

bool Resources::releaseProgram(int handle) {
  Program* program = programs_.remove(handle);
  if (program == nullptr) return false;
  program->released = true;
  if (program->pendingRuns == 0) destroy(program);
  return true;
}

void Resources::drop(Memory* memory) {
  if (--memory->pendingRuns == 0 && memory->released) destroy(memory);
}

void Resources::drop(Program* program) {
  if (--program->pendingRuns == 0 && program->released) destroy(program);
}

void Resources::destroy(Memory* memory) {
  statistics_.liveBytes -= memory->bytes;
  platform::release(memory->data, memory->bytes);
  platform::release(memory, sizeof(Memory));
}

void Resources::destroy(Program* program) {
  statistics_.liveBytes -= executableBytes(*program->executable);
  releaseExecutable(program->executable);
  platform::release(program, sizeof(Program));
}

}  // namespace rappel
