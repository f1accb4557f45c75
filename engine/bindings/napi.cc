// The engine as a Node-API module. src/devices/native/binding.ts describes what it exports and when each function throws.
// This file has the engine's settings and its memory; programs.cc has programs and their runs.
#include <node_api.h>
#include <stdlib.h>

#include <new>

#include "instance.h"

namespace rappel {

namespace {

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

napi_value peakFlops(napi_env env, napi_callback_info) {
  Instance& instance = instanceOf(env);
  if (refuseWhileRunning(env, instance, "peakFlops")) return nullptr;
  return number(env, instance.engine.peakFlops());
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
  tellCollector(env);
  return number(env, handle);
}

napi_value release(napi_env env, napi_callback_info callback) {
  Arguments arguments(env, callback, "release", 1);
  double handle;
  if (!arguments.complete() || !arguments.integer(0, "handle", 1, 0x7fffffff, handle)) return nullptr;
  if (!instanceOf(env).resources.releaseMemory(static_cast<int>(handle))) {
    throwUnknown(env, "release", "buffer", static_cast<int>(handle));
    return nullptr;
  }
  tellCollector(env);
  return nullptr;
}

napi_value trim(napi_env env, napi_callback_info) {
  napi_value more;
  napi_get_boolean(env, platform::trim(), &more);
  return more;
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
      {"info", info},   {"setThreads", setThreads}, {"setInstructionSet", setInstructionSet}, {"statistics", statistics}, {"peakFlops", peakFlops},
      {"allocate", allocate}, {"release", release}, {"trim", trim}, {"write", write}, {"read", read},
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
