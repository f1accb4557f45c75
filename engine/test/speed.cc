// GFLOP/s of the matmul and convolution shapes that networks spend their time in, on one thread and two, with the result
// stored plainly and with a tail, and as a share of the multiply-adds that the core can do at best at that moment.
//   speed [text]    only the cases whose name contains the text
#include <ctime>

#include "../kernels/convolution/convolution.h"
#include "harness.h"

using namespace rappel;
using namespace rappel::RAPPEL_ISA;
using namespace rappel::test;

namespace {

// Independent multiply-adds, enough of them to fill both units' pipelines.
__attribute__((noinline)) float multiplyAdds(long count, float factor) {
  Floats sums[12];
  asm volatile("");  // keeps equal calls apart
  for (int i = 0; i < 12; i++) sums[i] = broadcast(factor * i);
  const Floats a = broadcast(factor), b = broadcast(1e-3f);
  for (long n = 0; n < count; n++) {
#pragma GCC unroll 12
    for (int i = 0; i < 12; i++) sums[i] = fma(sums[i], a, b);
  }
  Floats sum{};
  for (int i = 0; i < 12; i++) sum += sums[i];
  return sumOfLanes(sum);
}

// The clock changes with what the machine does, so that a share of the peak only means something if both are measured
// within the same moment: a burst of the case, a burst of multiply-adds, and so on; the median of the ratios counts. The
// clock is the thread's own, which stands still while the machine runs somebody else.
struct Timing {
  double seconds, shareOfPeak;
};
Timing timeAgainstPeak(const std::function<void()>& run) {
  constexpr long count = 10000;
  constexpr double peakFlops = 2.0 * 12 * kLanes * count;
  volatile float sink = 0;
  long repeats = 1;
  std::vector<double> times, rates;
  const auto now = [] {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
  };
  for (const double begin = now(); now() - begin < 0.15 || times.size() < 5;) {
    const double start = now();
    for (long i = 0; i < repeats; i++) run();
    const double middle = now();
    for (int i = 0; i < 4; i++) sink = sink + multiplyAdds(count, 0.5f);
    const double end = now();
    if (middle - start < 100e-6) {
      repeats *= 2;
      continue;
    }
    times.push_back((middle - start) / repeats);
    rates.push_back(4 * peakFlops / (end - middle) * times.back());
  }
  std::sort(times.begin(), times.end());
  std::sort(rates.begin(), rates.end());
  return {times[times.size() / 2], 1 / rates[rates.size() / 2]};
}

// Two threads that wait by spinning, as the engine's pool does while work keeps coming.
class Pair {
 public:
  explicit Pair(Runner& runner) : runner_(runner), other_([this] { follow(); }) {}
  ~Pair() {
    stop_ = true;
    other_.join();
  }
  void run(const Schedule& schedule, const RunTask& task) {
    for (int phase = 0; phase < schedule.phases; phase++) {
      if (schedule.tasks[phase] == 1) {
        task(phase, 0, runner_.worker(0), runner_.workspace());
        continue;
      }
      task_ = &task, phase_ = phase, tasks_ = schedule.tasks[phase];
      next_ = 0, finished_ = false;
      generation_.fetch_add(1, std::memory_order_release);
      drain(0);
      while (!finished_.load(std::memory_order_acquire)) __builtin_ia32_pause();
    }
  }

 private:
  void drain(int index) {
    for (int i; (i = next_.fetch_add(1)) < tasks_;) (*task_)(phase_, i, runner_.worker(index), runner_.workspace());
  }
  void follow() {
    for (int seen = 0;;) {
      while (generation_.load(std::memory_order_acquire) == seen) {
        if (stop_) return;
        __builtin_ia32_pause();
      }
      seen++;
      drain(1);
      finished_.store(true, std::memory_order_release);
    }
  }
  Runner& runner_;
  const RunTask* task_ = nullptr;
  int phase_ = 0, tasks_ = 0;
  std::atomic<int> next_{0}, generation_{0};
  std::atomic<bool> finished_{false}, stop_{false};
  std::thread other_;
};

float* tailResult = nullptr;
void storePositive(const Body&, Worker&, size_type, long start, long count, const void* accumulator, void*, bool) {
  const float* values = static_cast<const float*>(accumulator);
  for (long i = 0; i < count; i += kLanes) {
    const int lanes = static_cast<int>(minimum(kLanes, count - i));
    storeFirst(tailResult + start + i, max(loadFirst(values + i, lanes), Floats{}), lanes);
  }
}

const char* filter = "";

void measure(const char* name, const Schedule& schedule, long resultElements, const std::function<RunTask(const Tail&)>& bind) {
  Floats32 result(resultElements);
  tailResult = result.data();
  Runner runner(schedule, 2);
  const Body body{};
  const RunTask plain = bind({&body, nullptr, result.data(), schedule.scratchBytes});
  const RunTask withTail = bind({&body, storePositive, nullptr, schedule.scratchBytes});
  auto alone = [&](const RunTask& task) {
    for (int phase = 0; phase < schedule.phases; phase++)
      for (int i = 0; i < schedule.tasks[phase]; i++) task(phase, i, runner.worker(0), runner.workspace());
  };
  const Timing one = timeAgainstPeak([&] { alone(plain); });
  const Timing tail = timeAgainstPeak([&] { alone(withTail); });
  double two;
  {
    Pair pair(runner);
    two = shortestTime([&] { pair.run(schedule, withTail); });
  }
  std::printf("%-56s %9.2f us %6.1f GF %3.0f%%   tail %3.0f%%   two threads %9.2f us %4.2fx   tasks %d", name, one.seconds * 1e6,
              schedule.flops / one.seconds / 1e9, 100 * schedule.flops * one.shareOfPeak, 100 * schedule.flops * tail.shareOfPeak, two * 1e6,
              tail.seconds / two, schedule.tasks[0]);
  for (int phase = 1; phase < schedule.phases; phase++) std::printf("+%d", schedule.tasks[phase]);
  std::printf(", scratch %ld KB, workspace %ld KB\n", long(schedule.scratchBytes >> 10), long(schedule.workspaceBytes >> 10));
}

void matmul(const char* title, long m, long n, long k, bool transposedA = false, bool transposedB = false, int batch = 1) {
  char name[100];
  std::snprintf(name, sizeof name, "%s (%ld,%ld,%ld)%s%s%s", title, m, n, k, transposedA ? " A^T" : "", transposedB ? " B^T" : "", batch > 1 ? " batched" : "");
  if (!std::strstr(name, filter)) return;
  MatmulArguments arguments{};
  arguments.batchRank = batch > 1, arguments.batchDims[0] = batch;
  arguments.m = m, arguments.n = n, arguments.k = k;
  Floats32 a(m * k * batch), b(k * n * batch);
  a.randomize(1), b.randomize(2);
  arguments.a = {nullptr, transposedA ? 1 : k, transposedA ? m : 1, {m * k}};
  arguments.b = {nullptr, transposedB ? 1 : n, transposedB ? k : 1, {k * n}};
  Schedule schedule;
  matmulSchedule(arguments, schedule);
  arguments.a.data = a.data(), arguments.b.data = b.data();
  measure(name, schedule, m * n * batch, [&](const Tail& tail) -> RunTask {
    return [&arguments, tail](int phase, int task, Worker& worker, char* workspace) { matmulTask(arguments, tail, phase, task, worker, workspace); };
  });
}

// Forward, and the gradients of its weights and its input.
void dense(const char* title, long batch, long in, long out) {
  matmul(title, batch, out, in);
  matmul(title, in, out, batch, true, false);
  matmul(title, batch, in, out, false, true);
}

void convolution(const char* title, int batch, int size, int in, int out, int kernel, int stride, bool same, const char* kinds = "oif", int groups = 1) {
  ConvolutionArguments c{};
  c.batch = batch, c.inHeight = c.inWidth = size, c.inChannels = in, c.outChannels = out, c.kernelHeight = c.kernelWidth = kernel;
  c.strideHeight = c.strideWidth = stride, c.dilationHeight = c.dilationWidth = 1, c.groups = groups;
  c.outHeight = c.outWidth = same ? (size + stride - 1) / stride : (size - kernel) / stride + 1;
  c.padTop = c.padLeft = same ? std::max(0, ((c.outHeight - 1) * stride + kernel - size) / 2) : 0;
  Floats32 image(long(batch) * size * size * in), result(long(batch) * c.outHeight * c.outWidth * out), weights(long(kernel) * kernel * in / groups * out);
  image.randomize(1), result.randomize(2), weights.randomize(3);
  for (const char* kind = kinds; *kind; kind++) {
    char name[100];
    const char* kindName = *kind == 'o' ? "output" : *kind == 'i' ? "input grad" : "filter grad";
    std::snprintf(name, sizeof name, "%s %dx%dx%d->%d k%d s%d %s, %s", title, size, size, in, out, kernel, stride, same ? "same" : "valid", kindName);
    if (!std::strstr(name, filter)) continue;
    c.kind = *kind == 'o' ? ConvolutionKind::Output : *kind == 'i' ? ConvolutionKind::InputGradient : ConvolutionKind::FilterGradient;
    c.a = c.b = nullptr;
    Schedule schedule;
    convolutionSchedule(c, schedule);
    c.a = *kind == 'i' ? result.data() : image.data();
    c.b = *kind == 'f' ? result.data() : weights.data();
    const long elements = *kind == 'o' ? result.size() : *kind == 'i' ? image.size() : weights.size();
    measure(name, schedule, elements, [&](const Tail& tail) -> RunTask {
      return [&c, tail](int phase, int task, Worker& worker, char* workspace) { convolutionTask(c, tail, phase, task, worker, workspace); };
    });
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) filter = arguments[1];
  matmul("tiny", 16, 16, 4);
  matmul("tiny", 16, 3, 16);
  for (long batch : {32, 128}) {
    dense("mlp", batch, 784, 256);
    dense("mlp", batch, 256, 128);
    dense("mlp", batch, 128, 10);
  }
  dense("cnn dense", 64, 9216, 128);
  dense("wide", 256, 1024, 2048);
  dense("wide", 256, 2048, 2048);
  dense("wide", 256, 2048, 1000);
  matmul("square", 1024, 1024, 1024);
  matmul("square", 1024, 1024, 1024, true, false);
  matmul("square", 1024, 1024, 1024, false, true);
  matmul("attention", 64, 64, 32, false, true, 64);
  matmul("attention", 64, 32, 64, false, false, 64);
  matmul("attention", 64, 32, 64, true, false, 64);
  dense("gpt", 1024, 128, 512);
  dense("gpt", 1024, 512, 128);
  dense("gpt", 1024, 128, 384);
  dense("lstm", 64, 128, 512);
  matmul("inference", 1, 1024, 1024);
  matmul("regression", 4096, 1, 256);
  convolution("cnn", 64, 28, 1, 32, 3, 1, false, "of");
  convolution("cnn", 64, 26, 32, 64, 3, 1, false);
  convolution("cnn", 64, 28, 1, 32, 3, 1, true, "of");
  convolution("cnn", 64, 14, 32, 64, 3, 1, true);
  convolution("resnet", 64, 32, 3, 16, 3, 1, true, "of");
  convolution("resnet", 64, 32, 16, 16, 3, 1, true);
  convolution("resnet", 64, 32, 16, 32, 3, 2, true);
  convolution("resnet", 64, 32, 16, 32, 1, 2, true);
  convolution("resnet", 64, 16, 32, 32, 3, 1, true);
  convolution("resnet", 64, 16, 32, 64, 3, 2, true);
  convolution("resnet", 64, 8, 64, 64, 3, 1, true);
  convolution("dcgan", 64, 28, 1, 64, 4, 2, true);
  convolution("dcgan", 64, 14, 64, 128, 4, 2, true);
  convolution("depthwise", 64, 16, 64, 64, 3, 1, true, "oif", 64);
  return 0;
}
