// What belongs to one JavaScript environment, and the functions that napi.cc exports for it.
#pragma once
#include <node_api.h>

#include "../engine.h"
#include "arguments.h"
#include "dispatcher.h"
#include "resources.h"

namespace rappel {

// Each worker thread has an engine of its own.
struct Instance {
  Engine engine;
  Dispatcher dispatcher;
  Resources resources;
  int64_t toldBytes = 0;  // of buffers and programs, to the garbage collector

  Instance(const KernelTable& kernels, int threads) : engine(kernels, threads) {}
};

inline Instance& instanceOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Instance*>(data);
}

inline void throwUnknown(napi_env env, const char* function, const char* what, int handle) {
  char text[160];
  snprintf(text, sizeof text, "%s: there is no %s %d; it was released, or never existed", function, what, handle);
  throwError(env, "RAPPEL_HANDLE", text);
}

inline bool refuseWhileRunning(napi_env env, const Instance& instance, const char* function) {
  if (instance.dispatcher.pending() == 0) return false;
  char text[160];
  snprintf(text, sizeof text, "%s: %d asynchronous runs are not finished; await them first", function, instance.dispatcher.pending());
  throwError(env, "RAPPEL_BUSY", text);
  return true;
}

// Tells the garbage collector what hangs on the small objects it sees, or it would let large results pile up. Each time it hears of more than it
// likes, it stops for five milliseconds to look, in the middle of a first step, or for longer than a large result takes to compute; therefore it
// hears of much at once, and seldom. What went it hears of sooner, so that it is as much again until it stops the next time.
constexpr int64_t kMoreBytes = 256000000, kFewerBytes = 16000000;
inline void tellCollector(napi_env env) {
  Instance& instance = instanceOf(env);
  const int64_t news = static_cast<int64_t>(instance.resources.statistics().liveBytes) - instance.toldBytes;
  if (news < kMoreBytes && news > -kFewerBytes) return;
  int64_t total;
  napi_adjust_external_memory(env, news, &total);
  instance.toldBytes += news;
}

// programs.cc
napi_value load(napi_env env, napi_callback_info callback);
napi_value unload(napi_env env, napi_callback_info callback);
napi_value describe(napi_env env, napi_callback_info callback);
napi_value run(napi_env env, napi_callback_info callback);
napi_value profile(napi_env env, napi_callback_info callback);
napi_value runAsync(napi_env env, napi_callback_info callback);
napi_value cancel(napi_env env, napi_callback_info callback);

}  // namespace rappel
