// The part of the Node-API module that loads programs and runs them, at once or on the dispatcher's thread.
#include <stdlib.h>

#include <new>

#include "../operators.h"
#include "instance.h"

namespace rappel {

napi_value load(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "load", 1);
  TypedArray words;
  if (!arguments.complete() || !arguments.words(0, "program", words)) return nullptr;
  Instance& instance = instanceOf(env);
  Message message;
  Executable* executable = loadExecutable(reinterpret_cast<const int*>(words.data), static_cast<long>(words.length), instance.engine.kernels(), instance.engine.threads(), message);
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
  tellCollector(env);
  return number(env, handle);
}

napi_value unload(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "unload", 1);
  double handle;
  if (!arguments.complete() || !arguments.integer(0, "program", 1, 0x7fffffff, handle)) return nullptr;
  if (!instanceOf(env).resources.releaseProgram(static_cast<int>(handle))) {
    throwUnknown(env, "unload", "program", static_cast<int>(handle));
    return nullptr;
  }
  tellCollector(env);
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

namespace {

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

}  // namespace

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
  unsigned long long* nanoseconds = static_cast<unsigned long long*>(calloc(count + 1, sizeof(unsigned long long)));
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

namespace {

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

}  // namespace

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

}  // namespace rappel
