// What a kernel is to the engine: it reads its payload once when a Program is loaded, says into how many tasks it splits
// and how much memory it needs, and then runs tasks. Tasks of one phase may run on any thread in any order; a barrier
// stands between phases and between instructions. The split depends only on the shapes, never on the number of
// threads, and partial results are combined in task order: so results keep their bits for any number of threads.
#pragma once
#include "program.h"

namespace rappel {

typedef unsigned long size_type;
static_assert(sizeof(size_type) == sizeof(void*), "size_type must hold a pointer");

constexpr int kMaxPhases = 4;

// An index outside its range, met while an instruction ran. Tasks report concurrently; the smallest position wins, so that the
// report does not depend on the threads. `position << 32 | the value's 32 bits`, all ones while there is no fault.
constexpr unsigned long long kNoFault = ~0ull;

// One thread's private working memory, `bytes` as the kernel asked for (64-byte aligned, contents undefined), and where its
// tasks report a fault.
struct Worker {
  int index;
  char* scratch;
  size_type scratchBytes;
  unsigned long long* fault;
  unsigned long long* profile;  // nanoseconds of each instruction, to which the turns of parallel loops add; null if nobody wants them
};

// How an instruction runs. Filled by the kernel's `prepare`.
struct Schedule {
  int phases = 1;
  int tasks[kMaxPhases] = {1, 0, 0, 0};
  size_type scratchBytes = 0;    // per thread
  size_type workspaceBytes = 0;  // shared by all tasks of the instruction, 64-byte aligned, contents undefined at the start
  double flops = 0;              // for the profile and for deciding whether a run is short
  double bytes = 0;              // compulsory traffic: operands read once plus results written once
};

// A decoded MapBody, resolved to pointers at the start of each run; see kernels/elementwise/map.h.
struct Body;

// Runs the body for the row-major index range [start, start + count) of its iteration space. `accumulator` points to the
// `count` values under it (null when the body has no accumulator input). For a head (a body with the accumulator as its output),
// `result` receives the `count` values; null otherwise. Uses worker.scratch + scratchOffset for its slots. `isNear`: what it reads has
// been asked for.
typedef void (*RunBody)(const Body& body, Worker& worker, size_type scratchOffset, long start, long count, const void* accumulator, void* result,
                        bool isNear);

}  // namespace rappel
