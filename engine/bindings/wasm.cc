// The engine as a WebAssembly module. src/devices/wasm/binding.ts makes of these functions the same interface that napi.cc offers to Node.
//
// A function that fails returns 0 (or null, or -1 where 0 is an answer) and leaves the reason: errorCode() and errorText(). Addresses are those of the
// module's memory; JavaScript writes arrays that it passes to staging().
#include "../engine.h"
#include "../operators.h"
#include "resources.h"

#define RAPPEL_EXPORT(name) extern "C" __attribute__((export_name(#name))) auto name

inline void* operator new(rappel::size_type, void* place) noexcept { return place; }

namespace rappel {

namespace {

// What describe() tells of an instruction; binding.ts reads it field by field.
struct Description {
  double flops, bytes;
  int tasks;
  const char* opcode;
};

// A run that was begun: it holds its program and memory until it is closed.
struct Run {
  size_type bytes;  // of this object and the arrays behind it
  Program* program;
  int count;
  Memory** memories;
  Binding* bindings;
};

struct Instance {
  Engine engine;
  Resources resources;
  char* staging = nullptr;
  size_type stagingBytes = 0;
  const char* code = "";
  Message message;
  RunResult result;  // of the last run

  Instance(const KernelTable& kernels, int threads) : engine(kernels, threads) {}

  template <class... Pieces>
  int fail(const char* why, Pieces... pieces) {
    code = why;
    message.clear();
    message.write(pieces...);
    return 0;
  }
  int failUnknown(const char* function, const char* what, int handle) {
    return fail("RAPPEL_HANDLE", function, ": there is no ", what, " ", handle, "; it was released, or never existed");
  }
};

alignas(Instance) char place[sizeof(Instance)];
Instance* instance = nullptr;

// Room of at least so many bytes for arrays that cross the border; valid until the next call.
char* stage(size_type bytes) {
  if (bytes > instance->stagingBytes) {
    if (instance->staging != nullptr) platform::release(instance->staging, instance->stagingBytes);
    instance->staging = static_cast<char*>(platform::allocate(bytes));
    instance->stagingBytes = instance->staging == nullptr ? 0 : bytes;
  }
  if (instance->staging == nullptr) instance->fail("RAPPEL_MEMORY", "out of memory: ", bytes, " bytes were asked for to pass an array");
  return instance->staging;
}

}  // namespace

// ---- The engine itself ------------------------------------------------------------------------------------------------------------

RAPPEL_EXPORT(initialize)(int threads) -> int {
  Message reason;
  const KernelTable* kernels = selectKernels(nullptr, reason);
  if (kernels == nullptr) return 0;
  instance = new (place) Instance(*kernels, threads);
  return 1;
}

RAPPEL_EXPORT(errorCode)() -> const char* { return instance->code; }
RAPPEL_EXPORT(errorText)() -> const char* { return instance->message.text(); }
RAPPEL_EXPORT(staging)(size_type bytes) -> char* { return stage(bytes > 0 ? bytes : 1); }

RAPPEL_EXPORT(instructionSet)() -> const char* { return instance->engine.kernels().name; }
RAPPEL_EXPORT(threads)() -> int { return instance->engine.threads(); }
RAPPEL_EXPORT(setThreads)(int threads) -> void { instance->engine.setThreads(threads); }
RAPPEL_EXPORT(lanes)() -> int { return instance->engine.kernels().lanes; }
RAPPEL_EXPORT(peakFlops)() -> double { return instance->engine.peakFlops(); }
RAPPEL_EXPORT(liveBuffers)() -> int { return instance->resources.liveBuffers(); }
RAPPEL_EXPORT(livePrograms)() -> int { return instance->resources.livePrograms(); }
RAPPEL_EXPORT(liveBytes)() -> size_type { return instance->resources.statistics().liveBytes; }
RAPPEL_EXPORT(peakBytes)() -> size_type { return instance->resources.statistics().peakBytes; }

// ---- Memory -------------------------------------------------------------------------------------------------------------------------

RAPPEL_EXPORT(allocate)(size_type bytes) -> int {
  const int handle = instance->resources.allocate(bytes);
  if (handle != 0) return handle;
  return instance->fail("RAPPEL_MEMORY", "out of memory: ", bytes, " bytes were asked for while ", instance->resources.liveBuffers(), " buffers hold ",
                        instance->resources.statistics().liveBytes, " bytes");
}

RAPPEL_EXPORT(release)(int handle) -> int { return instance->resources.releaseMemory(handle) ? 1 : instance->failUnknown("release", "buffer", handle); }

// Where bytes [offset, offset + bytes) of a buffer lie, for a transfer by JavaScript; `writes` says into which direction.
RAPPEL_EXPORT(transfer)(int handle, size_type offset, size_type bytes, int writes) -> char* {
  const char* function = writes ? "write" : "read";
  Memory* memory = instance->resources.memory(handle);
  if (memory == nullptr) {
    instance->failUnknown(function, "buffer", handle);
    return nullptr;
  }
  if (memory->pendingRuns > 0) {
    instance->fail("RAPPEL_BUSY", function, ": buffer ", handle, " is in use by an asynchronous run that is not finished; await it first");
    return nullptr;
  }
  if (offset > memory->bytes || bytes > memory->bytes - offset) {
    instance->fail("RAPPEL_RANGE", function, ": bytes ", offset, " to ", static_cast<long long>(offset) + bytes, " are outside buffer ", handle, ", which has ",
                   memory->bytes, " bytes");
    return nullptr;
  }
  return memory->data + offset;
}

// ---- Programs -----------------------------------------------------------------------------------------------------------------------

RAPPEL_EXPORT(load)(const int* words, int count) -> int {
  Message reason;
  Executable* executable = loadExecutable(words, count, instance->engine.kernels(), instance->engine.threads(), reason);
  if (executable == nullptr) return instance->fail("RAPPEL_PROGRAM", reason.text());
  const int handle = instance->resources.add(executable);
  if (handle != 0) return handle;
  releaseExecutable(executable);
  return instance->fail("RAPPEL_MEMORY", "load: there is no room for another program");
}

RAPPEL_EXPORT(unload)(int program) -> int {
  return instance->resources.releaseProgram(program) ? 1 : instance->failUnknown("unload", "program", program);
}

RAPPEL_EXPORT(instructionCount)(int handle) -> int {
  const Program* program = instance->resources.program(handle);
  if (program != nullptr) return program->executable->instructionCount;
  instance->failUnknown("describe", "program", handle);
  return -1;
}

// A Description of each instruction, in the staging area.
RAPPEL_EXPORT(describe)(int handle) -> const void* {
  const Program* program = instance->resources.program(handle);
  if (program == nullptr) {
    instance->failUnknown("describe", "program", handle);
    return nullptr;
  }
  const int count = program->executable->instructionCount;
  Description* descriptions = reinterpret_cast<Description*>(stage(static_cast<size_type>(count + 1) * sizeof(Description)));
  if (descriptions == nullptr) return nullptr;
  for (int i = 0; i < count; i++) {
    const Instruction& instruction = program->executable->instructions[i];
    int tasks = 0;
    for (int phase = 0; phase < instruction.schedule.phases; phase++) tasks += instruction.schedule.tasks[phase];
    descriptions[i] = {instruction.schedule.flops, instruction.schedule.bytes, tasks, opcodeName(static_cast<int>(instruction.opcode))};
  }
  return descriptions;
}

// ---- Running ------------------------------------------------------------------------------------------------------------------------

// Begins a run of a program with these buffers as bindings; null if they do not fit.
RAPPEL_EXPORT(openRun)(int handle, const int* handles, int count) -> Run* {
  Resources& resources = instance->resources;
  Program* program = resources.program(handle);
  if (program == nullptr) {
    instance->failUnknown("run", "program", handle);
    return nullptr;
  }
  const size_type bytes = sizeof(Run) + static_cast<size_type>(count) * (sizeof(Memory*) + sizeof(Binding));
  Run* run = static_cast<Run*>(platform::allocate(bytes));
  if (run == nullptr) {
    instance->fail("RAPPEL_MEMORY", "run: out of memory");
    return nullptr;
  }
  Binding* bindings = reinterpret_cast<Binding*>(run + 1);
  Memory** memories = reinterpret_cast<Memory**>(bindings + count);
  *run = {bytes, program, count, memories, bindings};
  bool good = true;
  for (int i = 0; good && i < count; i++) {
    memories[i] = resources.memory(handles[i]);
    good = memories[i] != nullptr;
    if (good) bindings[i] = {memories[i]->data, memories[i]->bytes};
    else instance->fail("RAPPEL_HANDLE", "run: binding ", i, " names buffer ", handles[i], ", which was released or never existed");
  }
  Message reason;
  if (good && !checkBindings(*program->executable, bindings, count, reason)) {
    instance->fail("RAPPEL_BINDING", reason.text());
    good = false;
  }
  if (!good) {
    platform::release(run, bytes);
    return nullptr;
  }
  resources.hold(program);
  for (int i = 0; i < count; i++) resources.hold(memories[i]);
  return run;
}

// Runs it so many times. `nanoseconds`, if not null, gets those of each instruction added. Returns the repetitions done, -1 after a failure.
RAPPEL_EXPORT(continueRun)(Run* run, int times, unsigned long long* nanoseconds) -> int {
  Executable& executable = *run->program->executable;
  bindExecutable(executable, run->bindings);
  if (!instance->engine.reserve(executable)) {
    instance->fail("RAPPEL_MEMORY", "out of memory: ", executable.scratchBytes, " bytes are needed to run this program");
    return -1;
  }
  instance->result = instance->engine.run(executable, times, nullptr, nanoseconds);
  if (!instance->result.fault) return static_cast<int>(instance->result.repetitions);
  Message reason;
  describeFault(executable, instance->result, reason);
  instance->fail("RAPPEL_FAULT", reason.text());
  return -1;
}

RAPPEL_EXPORT(closeRun)(Run* run) -> void {
  for (int i = 0; i < run->count; i++) instance->resources.drop(run->memories[i]);
  instance->resources.drop(run->program);
  platform::release(run, run->bytes);
}

// Of the last RAPPEL_FAULT.
RAPPEL_EXPORT(faultInstruction)() -> int { return instance->result.instruction; }
RAPPEL_EXPORT(faultPosition)() -> int { return static_cast<int>(instance->result.position); }
RAPPEL_EXPORT(faultIndex)() -> int { return static_cast<int>(instance->result.value); }

}  // namespace rappel
