// What the kernel tests and timings share: operands with known numbers, a plain runner of schedules on one or more
// threads, and a tail that shows which elements of the result it was given, how often, and with what values.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "../body.h"

namespace rappel {

namespace test {

// A tail's body that records what it is given.
struct RecordingBody : Body {
  std::vector<float>* result;
  std::vector<std::atomic<int>>* visits;
};

// Aligned memory with a guard of NaNs behind it: a kernel that reads there taints its result.
class Floats32 {
 public:
  explicit Floats32(long count) : count_(count) {
    const size_t bytes = (count + kGuard + 16) * sizeof(float) / 64 * 64 + 64;
    data_ = static_cast<float*>(std::aligned_alloc(64, bytes));
    std::fill(data_, data_ + bytes / sizeof(float), NAN);
  }
  ~Floats32() { std::free(data_); }
  Floats32(const Floats32&) = delete;
  Floats32& operator=(const Floats32&) = delete;
  float* data() { return data_; }
  const float* data() const { return data_; }
  float& operator[](long i) { return data_[i]; }
  float operator[](long i) const { return data_[i]; }
  long size() const { return count_; }
  void randomize(uint32_t seed) {
    uint32_t state = seed * 2654435761u + 1;
    for (long i = 0; i < count_; i++) {
      state = state * 1664525u + 1013904223u;
      data_[i] = static_cast<float>(static_cast<int32_t>(state) >> 8) / (1 << 23);
    }
  }

 private:
  static constexpr long kGuard = 64;
  long count_;
  float* data_;
};

// The tail of the tests: stores twice the value plus the index's remainder by 7.
inline float expectedTail(double value, long index) { return static_cast<float>(2 * value + index % 7); }
inline void recordingTail(const Body& body, Worker& worker, size_type scratchOffset, long start, long count, const void* accumulator, void*, bool) {
  const float* values = static_cast<const float*>(accumulator);
  const RecordingBody& record = static_cast<const RecordingBody&>(body);
  // A real body keeps its slots there; writing over it shows whether the kernel still needs what lies below.
  std::memset(worker.scratch + scratchOffset, 0x7f, 64);
  for (long i = 0; i < count; i++) {
    (*record.result)[start + i] = 2 * values[i] + (start + i) % 7;
    (*record.visits)[start + i]++;
  }
}

constexpr size_type kTailScratch = 64;

typedef std::function<void(int phase, int task, Worker& worker, char* workspace)> RunTask;

// Owns the scratch and workspace of one schedule and runs it.
class Runner {
 public:
  Runner(const Schedule& schedule, int threads) : schedule_(schedule), threads_(threads) {
    const size_t scratch = (schedule.scratchBytes + kTailScratch + 63) / 64 * 64;
    for (int i = 0; i < threads; i++) {
      char* memory = static_cast<char*>(std::aligned_alloc(64, scratch));
      std::memset(memory, 0xff, scratch);
      Worker worker{};
      worker.index = i, worker.scratch = memory, worker.scratchBytes = scratch;
      workers_.push_back(worker);
    }
    const size_t workspace = (schedule.workspaceBytes + 127) / 64 * 64;
    workspace_ = static_cast<char*>(std::aligned_alloc(64, workspace));
    std::memset(workspace_, 0xff, workspace);
  }
  ~Runner() {
    for (Worker& worker : workers_) std::free(worker.scratch);
    std::free(workspace_);
  }
  void run(const RunTask& task) {
    for (int phase = 0; phase < schedule_.phases; phase++) {
      const int tasks = schedule_.tasks[phase];
      if (threads_ == 1 || tasks == 1) {
        for (int i = 0; i < tasks; i++) task(phase, i, workers_[0], workspace_);
        continue;
      }
      std::atomic<int> next{0};
      auto loop = [&](int index) {
        for (int i; (i = next++) < tasks;) task(phase, i, workers_[index], workspace_);
      };
      std::vector<std::thread> others;
      for (int i = 1; i < threads_; i++) others.emplace_back(loop, i);
      loop(0);
      for (std::thread& thread : others) thread.join();
    }
  }

  Worker& worker(int index) { return workers_[index]; }
  char* workspace() { return workspace_; }

 private:
  Schedule schedule_;
  int threads_;
  std::vector<Worker> workers_;
  char* workspace_;
};

// The shortest of several runs, in seconds.
inline double shortestTime(const std::function<void()>& run, double seconds = 0.1) {
  double best = 1e9;
  const auto begin = std::chrono::steady_clock::now();
  long repeats = 1;
  for (;;) {
    const auto start = std::chrono::steady_clock::now();
    for (long i = 0; i < repeats; i++) run();
    const auto end = std::chrono::steady_clock::now();
    const double time = std::chrono::duration<double>(end - start).count();
    best = std::min(best, time / repeats);
    if (time < 20e-6) repeats *= 2;
    if (std::chrono::duration<double>(end - begin).count() > seconds) return best;
  }
}

struct Failures {
  int checks = 0, failed = 0;
  void report(bool ok, const char* format, auto... values) {
    checks++;
    if (ok) return;
    if (failed++ < 20) {
      std::printf("FAILED ");
      std::printf(format, values...);
      std::printf("\n");
    }
  }
};

// The largest error in units of the rounding error to expect from a sum of `terms` products of numbers below one.
inline double worstError(const std::vector<double>& expected, const float* got, long terms) {
  double worst = 0;
  const double scale = 2e-7 * std::sqrt(terms + 1.0);
  for (size_t i = 0; i < expected.size(); i++) {
    const double error = std::abs(got[i] - expected[i]) / (scale * (1 + std::abs(expected[i])));
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
  }
  return worst;
}

// Runs a kernel with a plain tail, with a recording tail, and on two threads; compares with `expected`.
// `bind` is given the plain result pointer and `common`, or null and the recording body, which is like it otherwise.
inline void checkKernel(Failures& failures, const char* name, const Schedule& schedule, const std::vector<double>& expected, long terms,
                        const std::function<RunTask(float* plain, const Body* body)>& bind, const Body& common = {}) {
  const long count = static_cast<long>(expected.size());
  constexpr double kTolerance = 12;
  Floats32 one(count), two(count);
  Runner(schedule, 1).run(bind(one.data(), &common));
  const double error = worstError(expected, one.data(), terms);
  failures.report(error < kTolerance, "%s: plain result off by %.1f roundings", name, error);
  bool guarded = true;
  for (long i = count; i < count + 16; i++) guarded = guarded && std::isnan(one.data()[i]);
  failures.report(guarded, "%s: wrote behind its result", name);
  Runner(schedule, 2).run(bind(two.data(), &common));
  failures.report(std::memcmp(one.data(), two.data(), count * sizeof(float)) == 0, "%s: two threads give other bits than one", name);

  std::vector<float> result(count, NAN);
  std::vector<std::atomic<int>> visits(count);
  RecordingBody body{common, &result, &visits};
  Runner(schedule, 2).run(bind(nullptr, &body));
  bool once = true, same = true;
  for (long i = 0; i < count; i++) {
    once = once && visits[i] == 1;
    same = same && result[i] == 2 * one[i] + i % 7;
  }
  failures.report(once, "%s: the tail did not see every element once", name);
  failures.report(same, "%s: the tail saw other values than the plain result", name);
}

}  // namespace test
}  // namespace rappel
