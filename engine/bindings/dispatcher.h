// One thread that runs programs for the event loop: jobs go in at one end, in order, and come back through a threadsafe function.
#pragma once
#include <node_api.h>

#include <condition_variable>
#include <mutex>

#include "../engine.h"
#include "resources.h"

namespace rappel {

struct Job {
  Job* next;
  Program* program;
  Memory** memories;
  Binding* bindings;
  int bindingCount;
  long times;
  unsigned cancelled;
  napi_deferred deferred;
  RunResult result;
  bool failed;  // could not be run at all, for the reason in `message`
  Message message;
};

class Dispatcher {
 public:
  // Called on the JavaScript thread for each finished job; takes the job over.
  typedef void (*Finished)(napi_env env, Job* job, void* context);

  // False when Node-API or the system refuses.
  bool start(napi_env env, Engine* engine, Finished finished, void* context);
  bool started() const { return started_; }

  void submit(napi_env env, Job* job);
  void cancelAll();
  int pending() const { return pending_; }

  // Cancels everything and ends the thread; unfinished jobs are passed to `abandon`.
  template <class Abandon>
  void stop(Abandon abandon) {
    if (!started_) return;
    for (Job* job = stopThread(); job != nullptr;) {
      Job* next = job->next;
      abandon(job);
      job = next;
    }
  }

 private:
  static void threadMain(void* dispatcher);
  static void callJavaScript(napi_env env, napi_value callback, void* context, void* data);
  void work();
  void runJob(Job& job);
  Job* stopThread();

  Engine* engine_ = nullptr;
  Finished finished_ = nullptr;
  void* context_ = nullptr;
  napi_threadsafe_function deliver_ = nullptr;
  platform::Thread* thread_ = nullptr;
  bool started_ = false;
  int pending_ = 0;  // submitted and not yet delivered; JavaScript thread only

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Job* first_ = nullptr;
  Job* last_ = nullptr;
  Job* running_ = nullptr;
  Job* delivered_ = nullptr;  // handed to Node, not yet seen by JavaScript
  bool stopping_ = false;
};

}  // namespace rappel
