// The engine's threads; see threads.h.
#include "threads.h"

namespace rappel {

namespace {

// Longer than a stretch of instructions too small to share, or JavaScript between two steps, usually takes: waking a thread takes tens of
// microseconds, of every step.
constexpr unsigned long long kSpinNanoseconds = 200000;

template <class T>
T loadAcquire(const T& word) {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

// Spins until `done` or for a while; true if done.
template <class Done>
bool spin(Done done) {
  const unsigned long long start = platform::nanoseconds();
  for (;;) {
    for (int i = 0; i < 32; i++) {
      if (done()) return true;
      platform::pause();
    }
    if (platform::nanoseconds() - start > kSpinNanoseconds) return false;
  }
}

}  // namespace

void ThreadPool::resize(int threads) {
  if (threads < 1) threads = 1;
  if (threads > kMaxThreads) threads = kMaxThreads;
  if (threads == threads_) return;
  stopHelpers();
  for (int i = threads; i < threads_; i++) {
    if (workers_[i].scratch != nullptr) platform::release(workers_[i].scratch, workers_[i].scratchBytes);
    workers_[i] = {};
  }
  threads_ = threads;
  const size_type bytes = scratchBytes_;
  scratchBytes_ = 0;
  reserveScratch(bytes);  // if this fails, the next reservation reports it
}

bool ThreadPool::reserveScratch(size_type bytes) {
  if (bytes <= scratchBytes_) return true;
  bytes = (bytes + 4095) / 4096 * 4096;
  for (int i = 0; i < threads_; i++) {
    Worker& worker = workers_[i];
    worker.index = i;
    if (worker.scratchBytes >= bytes) continue;
    if (worker.scratch != nullptr) platform::release(worker.scratch, worker.scratchBytes);
    worker.scratchBytes = 0;
    worker.scratch = static_cast<char*>(platform::allocate(bytes));
    if (worker.scratch == nullptr) {
      scratchBytes_ = 0;
      return false;
    }
    worker.scratchBytes = bytes;
  }
  scratchBytes_ = bytes;
  return true;
}

void ThreadPool::setReports(unsigned long long* fault, unsigned long long* profile) {
  for (int i = 0; i < threads_; i++) {
    workers_[i].fault = fault;
    workers_[i].profile = profile;
  }
}

bool ThreadPool::startHelpers() {
  started_ = true;
  stopping_ = 0;
  for (int i = 1; i < threads_; i++) {
    helpers_[i] = {this, i, nullptr};
    helpers_[i].thread = platform::startThread(helperMain, &helpers_[i]);
    if (helpers_[i].thread == nullptr) return false;  // fewer hands; the work is done all the same
  }
  return true;
}

void ThreadPool::stopHelpers() {
  if (!started_) return;
  __atomic_store_n(&stopping_, 1u, __ATOMIC_SEQ_CST);
  publish(0);
  for (int i = 1; i < threads_; i++) {
    if (helpers_[i].thread != nullptr) platform::joinThread(helpers_[i].thread);
    helpers_[i].thread = nullptr;
  }
  started_ = false;
}

void ThreadPool::shutDown() {
  stopHelpers();
  for (int i = 0; i < threads_; i++) {
    if (workers_[i].scratch != nullptr) platform::release(workers_[i].scratch, workers_[i].scratchBytes);
    workers_[i] = {};
  }
  scratchBytes_ = 0;
}

// A helper that is about to sleep has counted itself before it looks at the generation a last time; we change the generation before we
// look at the count. Both in one total order, so one of the two sees the other.
void ThreadPool::publish(unsigned tasks) {
  const unsigned generation = generation_ + 1;
  for (int i = 0; i < threads_; i++) {
    const unsigned first = tasks * static_cast<unsigned>(i) / threads_, end = tasks * static_cast<unsigned>(i + 1) / threads_;
    __atomic_store_n(&shares_[i].word, static_cast<unsigned long long>(generation) << 32 | end << 16 | first, __ATOMIC_RELEASE);
  }
  __atomic_store_n(&generation_, generation, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&sleepers_, __ATOMIC_SEQ_CST) > 0) platform::wake(&generation_, kMaxThreads);
}

int ThreadPool::takeTasks(Worker& worker, unsigned generation) {
  int done = 0;
  for (int i = 0; i < threads_; i++) {
    const int owner = worker.index + i < threads_ ? worker.index + i : worker.index + i - threads_;
    done += takeFromShare(shares_[owner].word, i == 0, worker, generation);
  }
  return done;
}

int ThreadPool::takeFromShare(unsigned long long& share, bool own, Worker& worker, unsigned generation) {
  int done = 0;
  for (;;) {
    unsigned long long word = loadAcquire(share), rest;
    unsigned task;
    do {
      const unsigned first = word & 0xffff, end = (word >> 16) & 0xffff;
      if (static_cast<unsigned>(word >> 32) != generation || first >= end) return done;
      task = own ? first : end - 1;
      rest = own ? word + 1 : word - (1 << 16);
    } while (!__atomic_compare_exchange_n(&share, &word, rest, true, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    instruction_->run(*instruction_, phase_, static_cast<int>(task), worker);
    done++;
  }
}

void ThreadPool::run(const Instruction& instruction, int phase) {
  const unsigned tasks = static_cast<unsigned>(instruction.schedule.tasks[phase]);
  if (!started_) startHelpers();
  instruction_ = &instruction;
  phase_ = phase;
  __atomic_store_n(&completed_, 0u, __ATOMIC_RELAXED);
  publish(tasks);
  const unsigned helped = tasks - static_cast<unsigned>(takeTasks(workers_[0], generation_));
  const auto finished = [&] { return loadAcquire(completed_) == helped; };
  if (finished() || spin(finished)) return;
  __atomic_store_n(&callerWaits_, 1u, __ATOMIC_SEQ_CST);
  for (;;) {
    const unsigned completed = __atomic_load_n(&completed_, __ATOMIC_SEQ_CST);
    if (completed == helped) break;
    platform::wait(&completed_, completed);
  }
  __atomic_store_n(&callerWaits_, 0u, __ATOMIC_RELAXED);
}

void ThreadPool::helperMain(void* argument) {
  const Helper& helper = *static_cast<Helper*>(argument);
  const platform::FlushSubnormals mode;
  helper.pool->help(helper.pool->workers_[helper.index]);
}

void ThreadPool::help(Worker& worker) {
  unsigned seen = 0;
  for (;;) {
    const auto changed = [&] { return loadAcquire(generation_) != seen; };
    if (!changed() && !spin(changed)) {
      __atomic_fetch_add(&sleepers_, 1u, __ATOMIC_SEQ_CST);
      while (__atomic_load_n(&generation_, __ATOMIC_SEQ_CST) == seen) platform::wait(&generation_, seen);
      __atomic_fetch_sub(&sleepers_, 1u, __ATOMIC_SEQ_CST);
    }
    seen = loadAcquire(generation_);
    if (__atomic_load_n(&stopping_, __ATOMIC_SEQ_CST)) return;
    const int done = takeTasks(worker, seen);
    if (done == 0) continue;
    __atomic_fetch_add(&completed_, static_cast<unsigned>(done), __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&callerWaits_, __ATOMIC_SEQ_CST)) platform::wake(&completed_, 1);
  }
}

}  // namespace rappel
