// The thread for asynchronous runs; see dispatcher.h.
#include "dispatcher.h"

namespace rappel {

bool Dispatcher::start(napi_env env, Engine* engine, Finished finished, void* context) {
  engine_ = engine;
  finished_ = finished;
  context_ = context;
  napi_value name;
  if (napi_create_string_utf8(env, "rappel", NAPI_AUTO_LENGTH, &name) != napi_ok) return false;
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this, callJavaScript, &deliver_) != napi_ok) return false;
  napi_unref_threadsafe_function(env, deliver_);  // an idle engine does not keep the process alive
  thread_ = platform::startThread(threadMain, this);
  if (thread_ == nullptr) {
    napi_release_threadsafe_function(deliver_, napi_tsfn_release);
    return false;
  }
  started_ = true;
  return true;
}

void Dispatcher::submit(napi_env env, Job* job) {
  if (pending_++ == 0) napi_ref_threadsafe_function(env, deliver_);
  const std::lock_guard<std::mutex> lock(mutex_);
  job->next = nullptr;
  if (last_ != nullptr) {
    last_->next = job;
  } else {
    first_ = job;
  }
  last_ = job;
  changed_.notify_one();
}

void Dispatcher::cancelAll() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (running_ != nullptr) __atomic_store_n(&running_->cancelled, 1u, __ATOMIC_RELAXED);
  for (Job* job = first_; job != nullptr; job = job->next) __atomic_store_n(&job->cancelled, 1u, __ATOMIC_RELAXED);
}

void Dispatcher::threadMain(void* dispatcher) { static_cast<Dispatcher*>(dispatcher)->work(); }

void Dispatcher::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    while (first_ == nullptr && !stopping_) changed_.wait(lock);
    if (stopping_) return;
    Job* job = running_ = first_;
    first_ = job->next;
    if (first_ == nullptr) last_ = nullptr;
    lock.unlock();
    runJob(*job);
    lock.lock();
    running_ = nullptr;
    job->next = delivered_;
    delivered_ = job;
    if (stopping_) return;
    // Nothing is lost if Node refuses because it is closing: the job stays in the list, and stop() finds it there.
    napi_call_threadsafe_function(deliver_, job, napi_tsfn_nonblocking);
  }
}

void Dispatcher::runJob(Job& job) {
  Executable& executable = *job.program->executable;
  bindExecutable(executable, job.bindings);
  if (!engine_->reserve(executable)) {
    job.failed = true;
    job.message.write("out of memory: every thread needs ", executable.scratchBytes, " bytes to run this program");
  } else {
    job.result = engine_->run(executable, job.times, &job.cancelled, nullptr);
  }
}

void Dispatcher::callJavaScript(napi_env env, napi_value, void* context, void* data) {
  if (env == nullptr) return;  // Node is closing; stop() takes care of the job
  Dispatcher& dispatcher = *static_cast<Dispatcher*>(context);
  Job* job = static_cast<Job*>(data);
  {
    const std::lock_guard<std::mutex> lock(dispatcher.mutex_);
    Job** link = &dispatcher.delivered_;
    while (*link != job) link = &(*link)->next;
    *link = job->next;
  }
  if (--dispatcher.pending_ == 0) napi_unref_threadsafe_function(env, dispatcher.deliver_);
  dispatcher.finished_(env, job, dispatcher.context_);
}

Job* Dispatcher::stopThread() {
  cancelAll();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  platform::joinThread(thread_);
  napi_release_threadsafe_function(deliver_, napi_tsfn_abort);
  started_ = false;
  Job* jobs = delivered_;
  while (first_ != nullptr) {
    Job* next = first_->next;
    first_->next = jobs;
    jobs = first_;
    first_ = next;
  }
  delivered_ = last_ = nullptr;
  return jobs;
}

}  // namespace rappel
