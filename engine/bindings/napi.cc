// The engine as a Node-API module. src/devices/native/binding.ts describes what it exports and when each function throws.
#include <node_api.h>
#include <stdlib.h>

#include <new>

#include "../engine.h"
#include "../operators.h"
#include "arguments.h"
#include "dispatcher.h"
#include "resources.h"

namespace rappel {

namespace {

// Everything that belongs to one JavaScript environment: each worker thread has an engine of its own.
struct Instance {
  Engine engine;
  Dispatcher dispatcher;
  Resources resources;

  Instance(const KernelTable& kernels, int threads) : engine(kernels, threads) {}
};

Instance& instanceOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Instance*>(data);
}

void throwUnknown(napi_env env, const char* function, const char* what, int handle) {
  char text[160];
  snprintf(text, sizeof text, "%s: there is no %s %d; it was released, or never existed", function, what, handle);
  throwError(env, "RAPPEL_HANDLE", text);
}

// ---- The engine itself ------------------------------------------------------------------------------------------------------------

napi_value info(napi_env env, napi_callback_info) {
  const Engine& engine = instanceOf(env).engine;
  napi_value result, available;
  napi_create_object(env, &result);
  setProperty(env, result, "isa", string(env, engine.kernels().name));
  setProperty(env, result, "lanes", number(env, engine.kernels().lanes));
  setProperty(env, result, "threads", number(env, engine.threads()));
  setProperty(env, result, "cores", number(env, platform::processors()));
  napi_create_array(env, &available);
  uint32_t count = 0;
  const KernelTables all = kernelTables();
  for (int i = 0; i < all.count; i++) {
    Message ignored;
    if (selectKernels(all.tables[i]->name, ignored) != nullptr) napi_set_element(env, available, count++, string(env, all.tables[i]->name));
  }
  setProperty(env, result, "availableIsas", available);
  return result;
}

bool refuseWhileRunning(napi_env env, const Instance& instance, const char* function) {
  if (instance.dispatcher.pending() == 0) return false;
  char text[160];
  snprintf(text, sizeof text, "%s: %d asynchronous runs are not finished; await them first", function, instance.dispatcher.pending());
  throwError(env, "RAPPEL_BUSY", text);
  return true;
}

napi_value setThreads(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "setThreads", 1);
  double threads;
  if (!arguments.complete() || !arguments.integer(0, "threads", 1, kMaxThreads, threads)) return nullptr;
  Instance& instance = instanceOf(env);
  if (refuseWhileRunning(env, instance, "setThreads")) return nullptr;
  instance.engine.setThreads(static_cast<int>(threads));
  return nullptr;
}

napi_value setInstructionSet(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "setInstructionSet", 1);
  char name[32];
  if (!arguments.complete() || !arguments.text(0, "name", name, sizeof name)) return nullptr;
  Instance& instance = instanceOf(env);
  if (instance.resources.livePrograms() > 0) {
    throwError(env, "RAPPEL_BUSY", "setInstructionSet: programs that were loaded for the present instruction set are still alive; unload them first");
    return nullptr;
  }
  if (refuseWhileRunning(env, instance, "setInstructionSet")) return nullptr;
  Message reason;
  const KernelTable* kernels = selectKernels(name, reason);
  if (kernels == nullptr) {
    throwError(env, "RAPPEL_ISA", reason.text());
    return nullptr;
  }
  instance.engine.setKernels(*kernels);
  return nullptr;
}

napi_value statistics(napi_env env, napi_callback_info) {
  const Resources& resources = instanceOf(env).resources;
  napi_value result;
  napi_create_object(env, &result);
  setProperty(env, result, "liveBuffers", number(env, resources.liveBuffers()));
  setProperty(env, result, "livePrograms", number(env, resources.livePrograms()));
  setProperty(env, result, "liveBytes", number(env, static_cast<double>(resources.statistics().liveBytes)));
  setProperty(env, result, "peakBytes", number(env, static_cast<double>(resources.statistics().peakBytes)));
  return result;
}

// ---- Memory -------------------------------------------------------------------------------------------------------------------------

napi_value allocate(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "allocate", 1);
  double bytes;
  if (!arguments.complete() || !arguments.integer(0, "bytes", 0, kMaxSafeInteger, bytes)) return nullptr;
  Resources& resources = instanceOf(env).resources;
  const int handle = resources.allocate(static_cast<size_type>(bytes));
  if (handle == 0) {
    char text[200];
    snprintf(text, sizeof text, "out of memory: %.0f bytes were asked for while %d buffers hold %.0f bytes", bytes, resources.liveBuffers(),
             static_cast<double>(resources.statistics().liveBytes));
    napi_throw_range_error(env, "RAPPEL_MEMORY", text);
    return nullptr;
  }
  return number(env, handle);
}

napi_value release(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "release", 1);
  double handle;
  if (!arguments.complete() || !arguments.integer(0, "handle", 1, 0x7fffffff, handle)) return nullptr;
  if (!instanceOf(env).resources.releaseMemory(static_cast<int>(handle))) throwUnknown(env, "release", "buffer", static_cast<int>(handle));
  return nullptr;
}

// The part of a buffer that a transfer means; null after throwing.
char* transferRange(napi_env env, napi_callback_info callback, const char* function, TypedArray& array) {
  Arguments arguments(env, callback, function, 3);
  double handle, byteOffset;
  if (!arguments.complete() || !arguments.integer(0, "handle", 1, 0x7fffffff, handle) ||
      !arguments.integer(1, "byteOffset", 0, kMaxSafeInteger, byteOffset) || !arguments.typedArray(2, "array", array)) {
    return nullptr;
  }
  Memory* memory = instanceOf(env).resources.memory(static_cast<int>(handle));
  if (memory == nullptr) {
    throwUnknown(env, function, "buffer", static_cast<int>(handle));
    return nullptr;
  }
  char text[240];
  if (memory->pendingRuns > 0) {
    snprintf(text, sizeof text, "%s: buffer %.0f is in use by an asynchronous run that is not finished; await it first", function, handle);
    throwError(env, "RAPPEL_BUSY", text);
    return nullptr;
  }
  const size_type offset = static_cast<size_type>(byteOffset);
  if (offset > memory->bytes || array.bytes > memory->bytes - offset) {
    snprintf(text, sizeof text, "%s: bytes %.0f to %.0f are outside buffer %.0f, which has %.0f bytes", function, byteOffset,
             byteOffset + static_cast<double>(array.bytes), handle, static_cast<double>(memory->bytes));
    napi_throw_range_error(env, "RAPPEL_RANGE", text);
    return nullptr;
  }
  return memory->data + offset;
}

napi_value write(napi_env env, napi_callback_info callback) {
  TypedArray array;
  char* memory = transferRange(env, callback, "write", array);
  if (memory != nullptr && array.bytes > 0) __builtin_memcpy(memory, array.data, array.bytes);
  return nullptr;
}

napi_value read(napi_env env, napi_callback_info callback) {
  TypedArray array;
  const char* memory = transferRange(env, callback, "read", array);
  if (memory != nullptr && array.bytes > 0) __builtin_memcpy(array.data, memory, array.bytes);
  return nullptr;
}

// ---- Programs -----------------------------------------------------------------------------------------------------------------------

napi_value load(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "load", 1);
  TypedArray words;
  if (!arguments.complete() || !arguments.words(0, "program", words)) return nullptr;
  Instance& instance = instanceOf(env);
  Message message;
  Executable* executable = loadExecutable(reinterpret_cast<const int*>(words.data), static_cast<long>(words.length), instance.engine.kernels(), message);
  if (executable == nullptr) {
    throwError(env, "RAPPEL_PROGRAM", message.text());
    return nullptr;
  }
  const int handle = instance.resources.add(executable);
  if (handle == 0) {
    releaseExecutable(executable);
    throwError(env, "RAPPEL_MEMORY", "load: there is no room for another program");
    return nullptr;
  }
  return number(env, handle);
}

napi_value unload(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "unload", 1);
  double handle;
  if (!arguments.complete() || !arguments.integer(0, "program", 1, 0x7fffffff, handle)) return nullptr;
  if (!instanceOf(env).resources.releaseProgram(static_cast<int>(handle))) throwUnknown(env, "unload", "program", static_cast<int>(handle));
  return nullptr;
}

napi_value describe(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "describe", 1);
  double handle;
  if (!arguments.complete() || !arguments.integer(0, "program", 1, 0x7fffffff, handle)) return nullptr;
  const Program* program = instanceOf(env).resources.program(static_cast<int>(handle));
  if (program == nullptr) {
    throwUnknown(env, "describe", "program", static_cast<int>(handle));
    return nullptr;
  }
  napi_value result;
  napi_create_array(env, &result);
  for (int i = 0; i < program->executable->instructionCount; i++) {
    const Instruction& instruction = program->executable->instructions[i];
    napi_value entry;
    napi_create_object(env, &entry);
    int tasks = 0;
    for (int phase = 0; phase < instruction.schedule.phases; phase++) tasks += instruction.schedule.tasks[phase];
    setProperty(env, entry, "opcode", string(env, opcodeName(static_cast<int>(instruction.opcode))));
    setProperty(env, entry, "flops", number(env, instruction.schedule.flops));
    setProperty(env, entry, "bytes", number(env, instruction.schedule.bytes));
    setProperty(env, entry, "tasks", number(env, tasks));
    napi_set_element(env, result, static_cast<uint32_t>(i), entry);
  }
  return result;
}

// ---- Running ------------------------------------------------------------------------------------------------------------------------

// What run, runAsync and profile are given: (program, handles, times).
struct RunRequest {
  static constexpr int kFewBindings = 64;

  Program* program = nullptr;
  const int* handles = nullptr;
  int count = 0;
  long times = 0;
  Memory* fewMemories[kFewBindings];
  Binding fewBindings[kFewBindings];
  Memory** memories = fewMemories;
  Binding* bindings = fewBindings;

  ~RunRequest() {
    if (memories != fewMemories) free(memories);
    if (bindings != fewBindings) free(bindings);
  }
};

bool takeRequest(napi_env env, napi_callback_info callback, const char* function, const Instance& instance, RunRequest& request) {
  Arguments arguments(env, callback, function, 3);
  double handle, times;
  TypedArray handles;
  if (!arguments.complete() || !arguments.integer(0, "program", 1, 0x7fffffff, handle) || !arguments.words(1, "handles", handles) ||
      !arguments.integer(2, "times", 0, 1e15, times)) {
    return false;
  }
  request.program = instance.resources.program(static_cast<int>(handle));
  if (request.program == nullptr) {
    throwUnknown(env, function, "program", static_cast<int>(handle));
    return false;
  }
  request.times = static_cast<long>(times);
  request.handles = reinterpret_cast<const int*>(handles.data);
  request.count = static_cast<int>(handles.length);
  if (request.count > RunRequest::kFewBindings) {
    request.memories = static_cast<Memory**>(malloc(handles.length * sizeof(Memory*)));
    request.bindings = static_cast<Binding*>(malloc(handles.length * sizeof(Binding)));
    if (request.memories == nullptr || request.bindings == nullptr) {
      throwError(env, "RAPPEL_MEMORY", "out of memory");
      return false;
    }
  }
  for (int i = 0; i < request.count; i++) {
    Memory* memory = instance.resources.memory(request.handles[i]);
    if (memory == nullptr) {
      char text[200];
      snprintf(text, sizeof text, "%s: binding %d names buffer %d, which was released or never existed", function, i, request.handles[i]);
      throwError(env, "RAPPEL_HANDLE", text);
      return false;
    }
    request.memories[i] = memory;
    request.bindings[i] = {memory->data, memory->bytes};
  }
  Message message;
  if (!checkBindings(*request.program->executable, request.bindings, request.count, message)) {
    throwError(env, "RAPPEL_BINDING", message.text());
    return false;
  }
  return true;
}

// Binds and reserves for a synchronous run; false after throwing.
bool prepareRun(napi_env env, Instance& instance, const RunRequest& request) {
  Executable& executable = *request.program->executable;
  bindExecutable(executable, request.bindings);
  if (instance.engine.reserve(executable)) return true;
  throwError(env, "RAPPEL_MEMORY", "out of memory for the working memory of the threads");
  return false;
}

napi_value faultError(napi_env env, const Executable& executable, const RunResult& result) {
  Message message;
  describeFault(executable, result, message);
  napi_value error = nullptr;
  napi_create_range_error(env, string(env, "RAPPEL_FAULT"), string(env, message.text()), &error);
  setProperty(env, error, "instruction", number(env, result.instruction));
  setProperty(env, error, "position", number(env, static_cast<double>(result.position)));
  setProperty(env, error, "index", number(env, static_cast<double>(result.value)));
  return error;
}

napi_value run(napi_env env, napi_callback_info callback) {
  Instance& instance = instanceOf(env);
  if (refuseWhileRunning(env, instance, "run")) return nullptr;
  RunRequest request;
  if (!takeRequest(env, callback, "run", instance, request) || !prepareRun(env, instance, request)) return nullptr;
  const RunResult result = instance.engine.run(*request.program->executable, request.times, nullptr, nullptr);
  if (result.fault) {
    napi_throw(env, faultError(env, *request.program->executable, result));
    return nullptr;
  }
  return number(env, static_cast<double>(result.repetitions));
}

napi_value profile(napi_env env, napi_callback_info callback) {
  Instance& instance = instanceOf(env);
  if (refuseWhileRunning(env, instance, "profile")) return nullptr;
  RunRequest request;
  if (!takeRequest(env, callback, "profile", instance, request) || !prepareRun(env, instance, request)) return nullptr;
  const Executable& executable = *request.program->executable;
  const size_t count = static_cast<size_t>(executable.instructionCount);
  unsigned long* nanoseconds = static_cast<unsigned long*>(calloc(count + 1, sizeof(unsigned long)));
  if (nanoseconds == nullptr) {
    throwError(env, "RAPPEL_MEMORY", "profile: out of memory");
    return nullptr;
  }
  const RunResult result = instance.engine.run(executable, request.times, nullptr, nanoseconds);
  napi_value array = nullptr;
  if (result.fault) {
    napi_throw(env, faultError(env, executable, result));
  } else {
    napi_value buffer;
    void* data = nullptr;
    napi_create_arraybuffer(env, count * sizeof(double), &data, &buffer);
    for (size_t i = 0; i < count; i++) static_cast<double*>(data)[i] = static_cast<double>(nanoseconds[i]);
    napi_create_typedarray(env, napi_float64_array, count, buffer, 0, &array);
  }
  free(nanoseconds);
  return array;
}

// ---- Asynchronous runs ----------------------------------------------------------------------------------------------------------------

void freeJob(Instance& instance, Job* job) {
  for (int i = 0; i < job->bindingCount; i++) instance.resources.drop(job->memories[i]);
  instance.resources.drop(job->program);
  free(job->memories);
  free(job->bindings);
  delete job;
}

void finishJob(napi_env env, Job* job, void* context) {
  Instance& instance = *static_cast<Instance*>(context);
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  if (job->failed) {
    napi_value error = nullptr;
    napi_create_error(env, string(env, "RAPPEL_MEMORY"), string(env, job->message.text()), &error);
    napi_reject_deferred(env, job->deferred, error);
  } else if (job->result.fault) {
    napi_reject_deferred(env, job->deferred, faultError(env, *job->program->executable, job->result));
  } else {
    napi_resolve_deferred(env, job->deferred, number(env, static_cast<double>(job->result.repetitions)));
  }
  freeJob(instance, job);
  napi_close_handle_scope(env, scope);
}

void stopDispatcher(void* context) {
  Instance& instance = *static_cast<Instance*>(context);
  instance.dispatcher.stop([&instance](Job* job) { freeJob(instance, job); });
}

napi_value runAsync(napi_env env, napi_callback_info callback) {
  Instance& instance = instanceOf(env);
  RunRequest request;
  if (!takeRequest(env, callback, "runAsync", instance, request)) return nullptr;
  if (!instance.dispatcher.started()) {
    if (!instance.dispatcher.start(env, &instance.engine, finishJob, &instance)) {
      throwError(env, "RAPPEL_THREAD", "runAsync: the system refuses another thread");
      return nullptr;
    }
    // Hooks run in reverse order: the thread ends before Node takes its threadsafe function away.
    napi_add_env_cleanup_hook(env, stopDispatcher, &instance);
  }
  Job* job = new (std::nothrow) Job{};
  const size_t count = static_cast<size_t>(request.count);
  if (job != nullptr) {
    job->memories = static_cast<Memory**>(malloc((count + 1) * sizeof(Memory*)));
    job->bindings = static_cast<Binding*>(malloc((count + 1) * sizeof(Binding)));
  }
  napi_value promise = nullptr;
  if (job == nullptr || job->memories == nullptr || job->bindings == nullptr || napi_create_promise(env, &job->deferred, &promise) != napi_ok) {
    if (job != nullptr) {
      free(job->memories);
      free(job->bindings);
      delete job;
    }
    throwError(env, "RAPPEL_MEMORY", "runAsync: out of memory");
    return nullptr;
  }
  job->program = request.program;
  job->bindingCount = request.count;
  job->times = request.times;
  instance.resources.hold(job->program);
  for (int i = 0; i < request.count; i++) {
    job->memories[i] = request.memories[i];
    job->bindings[i] = request.bindings[i];
    instance.resources.hold(job->memories[i]);
  }
  instance.dispatcher.submit(env, job);
  return promise;
}

napi_value cancel(napi_env env, napi_callback_info) {
  Instance& instance = instanceOf(env);
  if (instance.dispatcher.started()) instance.dispatcher.cancelAll();
  return nullptr;
}

// ---- The module -------------------------------------------------------------------------------------------------------------------------

void destroyInstance(napi_env, void* data, void*) {
  Instance* instance = static_cast<Instance*>(data);
  instance->engine.shutDown();
  delete instance;
}

napi_value initialize(napi_env env, napi_value exports) {
  Message reason;
  const KernelTable* kernels = selectKernels(getenv("RAPPEL_ISA"), reason);
  if (kernels == nullptr) {
    throwError(env, "RAPPEL_ISA", reason.text());
    return nullptr;
  }
  Instance* instance = new (std::nothrow) Instance(*kernels, platform::processors());
  if (instance == nullptr || napi_set_instance_data(env, instance, destroyInstance, nullptr) != napi_ok) {
    delete instance;
    throwError(env, "RAPPEL_MEMORY", "out of memory");
    return nullptr;
  }
  struct Export {
    const char* name;
    napi_callback function;
  };
  const Export functions[] = {
      {"info", info},   {"setThreads", setThreads}, {"setInstructionSet", setInstructionSet}, {"statistics", statistics},
      {"allocate", allocate}, {"release", release}, {"write", write}, {"read", read},
      {"load", load},   {"unload", unload}, {"describe", describe}, {"run", run},
      {"profile", profile}, {"runAsync", runAsync}, {"cancel", cancel},
  };
  for (const Export& entry : functions) {
    napi_value function;
    napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.function, nullptr, &function);
    setProperty(env, exports, entry.name, function);
  }
  return exports;
}

}  // namespace

}  // namespace rappel

NAPI_MODULE_INIT() { return rappel::initialize(env, exports); }
