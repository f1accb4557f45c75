// How work is cut into parts: by shapes alone, never by the number of threads.
#pragma once
#include "../vector.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long minimum(long a, long b) { return a < b ? a : b; }
constexpr long maximum(long a, long b) { return a > b ? a : b; }
constexpr long ceilDivide(long a, long b) { return (a + b - 1) / b; }
constexpr long roundUp(long a, long multiple) { return ceilDivide(a, multiple) * multiple; }

// `count` things in `parts` nearly equal parts: where the part of that number begins.
RAPPEL_INLINE long partStart(long count, long parts, long part) { return count / parts * part + minimum(part, count % parts); }

// What one core does in a microsecond, roughly: two vector multiply-adds a cycle at 3 GHz, where a multiply-add counts two;
// and what it reads and writes beyond its own caches.
constexpr double kFlopsPerMicrosecond = 12e3 * kLanes;
constexpr double kBytesPerMicrosecond = 20e3;
constexpr double kMicrosecondsPerTask = 6;  // a hand-over to another core costs 1 to 2
constexpr long kMaxTasks = 16;              // enough to balance a handful of cores

constexpr double estimateMicroseconds(double flops, double bytes) {
  const double arithmetic = flops / kFlopsPerMicrosecond, traffic = bytes / kBytesPerMicrosecond;
  return arithmetic > traffic ? arithmetic : traffic;
}

// Into how many tasks this much work on one core should fall.
constexpr long tasksFor(double microseconds) {
  if (microseconds < kMicrosecondsPerTask) return 1;
  if (microseconds > kMaxTasks * kMicrosecondsPerTask) return kMaxTasks;
  return maximum(2, static_cast<long>(microseconds / kMicrosecondsPerTask));
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
