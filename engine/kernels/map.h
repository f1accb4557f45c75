// The interpreter of a MapBody: tile by tile, step by step, every step one vectorised loop over registers that stay in L1.
// It serves as the Map instruction, as the tail of a matmul or convolution and as the head of a reduction; see ../body.h.
#pragma once
#include "../instruction.h"
#include "chains.h"
#include "column_sums.h"
#include "random.h"
#include "split.h"
#include "steps.h"
#include "tile.h"
#include "walk.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr size_type kTileBytes = kTile * 4 + 64;  // padding: a gathered run may end in a whole vector, and no two tiles alias

// Chooses the loop of every step; sizes the scratch memory. Called once, when the program is loaded.
template <Division division>
void prepareBody(Body& body) {
  for (int i = 0; i < body.uniformStepCount; i++) {
    // One element: the plain variant reads exactly one lane of each operand.
    body.uniformSteps[i].run = stepFunction<division>(body.uniformSteps[i].op, 0, false);
  }
  for (int i = 0; i < body.stepCount; i++) {
    BodyStep& step = body.steps[i];
    step.run = stepFunction<division>(step.op, step.uniform, step.destination >= body.firstDirect);
  }
  joinChains<division>(body);
  placeTotals(body);
  body.scratchBytes = static_cast<size_type>(body.totalCount) * sizeof(float) + static_cast<size_type>(body.cellCount) * kCellBytes +
                      static_cast<size_type>(body.gatheredCount + body.slotCount) * kTileBytes;
}

// (index / period) % count for consecutive indices.
inline void iotaStep(int* target, long index, long count, int period, int modulus) {
  long within = index % period;
  int value = static_cast<int>(index / period % modulus);
  while (count > 0) {
    if (period == 1) {
      const long n = modulus - value < count ? modulus - value : count;
      for (long i = 0; i < n; i++) target[i] = value + static_cast<int>(i);
      target += n;
      count -= n;
      value = 0;
    } else {
      const long n = period - within < count ? period - within : count;
      for (long i = 0; i < n; i++) target[i] = value;
      target += n;
      count -= n;
      within = 0;
      if (++value == modulus) value = 0;
    }
  }
}

// tile[i] = values[(index + i) % period], for a period that is shorter than the tile.
inline void repeatPeriod(int* tile, const int* values, long period, long index, long count) {
  const long phase = static_cast<long>(static_cast<unsigned>(index) % static_cast<unsigned>(period));
  const long first = minimum(period - phase, count);
  gatherRun<WordElement>(tile, values + phase, 1, first);
  gatherRun<WordElement>(tile + first, values, 1, minimum(phase, count - first));
  // What is there already, again: twice as much each time, so that no vector reads what it writes.
  for (long filled = period; filled < count; filled *= 2) gatherRun<WordElement>(tile + filled, tile, 1, minimum(filled, count - filled));
}

// A tile in whole lines past the caches, but for its edges.
inline void streamTile(const int* values, int* target, long count) {
  long i = 0;
  for (; i < count && reinterpret_cast<size_type>(target + i) % (kLanes * 4) != 0; i++) target[i] = values[i];
  for (; i + kLanes <= count; i += kLanes) stream(target + i, load(values + i));
  for (; i < count; i++) target[i] = values[i];
}

struct TileMemory {
  float* totals;  // of column sums
  char* cells;
  char* gathered;
  char* slots;
  char* streamed;  // a tile for each output, if there are any that are streamed
};

// Fills the places that do not move from tile to tile.
RAPPEL_INLINE TileMemory placeFixedOperands(const Body& body, char* scratch, const void** places) {
  TileMemory memory;
  memory.totals = reinterpret_cast<float*>(scratch);
  memory.cells = scratch + static_cast<size_type>(body.totalCount) * sizeof(float);
  memory.gathered = memory.cells + static_cast<size_type>(body.cellCount) * kCellBytes;
  memory.slots = memory.gathered + static_cast<size_type>(body.gatheredCount) * kTileBytes;
  memory.streamed = memory.slots + static_cast<size_type>(body.slotCount) * kTileBytes;
  for (int i = 0; i < body.constantCount; i++) places[body.firstConstant + i] = body.constants + i;
  for (int i = 0; i < body.cellCount; i++) places[body.firstCell + i] = memory.cells + i * kCellBytes;
  for (int i = 0; i < body.slotCount; i++) places[body.firstSlot + i] = memory.slots + i * kTileBytes;
  return memory;
}

// What the next tile will read and write. Fetching it piece by piece between the steps of this one overlaps memory with arithmetic. The
// processor's own prefetcher does that well for a stream or two of reads, but not for the many of an optimizer's update, each of which
// pauses tile by tile, and not for writes, whose lines have to be owned before a store can leave the core.
class ReadAhead {
  static constexpr int kMaxStreams = 8;

 public:
  static constexpr double kMinBytes = 1e6;  // smaller bodies find their operands in L2

  // The tile of `count` elements at `index` of the same turn; what it reads may be near already.
  void addTile(const Body& body, long index, long count, bool isNear) {
    if (!isNear && body.bytes > kMinBytes) {
      for (int i = 0; i < body.inputCount && reads_ < kMaxStreams; i++) {
        if (body.inputs[i].access == Access::Contiguous) read_[reads_++] = body.inputs[i].data + index * 4;
      }
    }
    for (int i = 0; i < body.outputCount && writes_ < kMaxStreams; i++) {
      if (body.outputs[i].fresh && !body.outputs[i].streamed) written_[writes_++] = body.outputs[i].data + index * 4;
    }
    share(count * 4, body.stepCount);
  }

  // For a body in a loop whose views move on with every turn: what this tile will be in the next one. It begins elsewhere each turn, where no
  // prefetcher expects it.
  void addNextTurn(const Body& body, long index, long count) {
    forNextTurn_ = true;
    for (int i = 0; i < body.inputCount && reads_ < kMaxStreams; i++) {
      const BodyInput& input = body.inputs[i];
      if (input.access == Access::Contiguous && input.turnBytes != 0) read_[reads_++] = input.data + index * 4 + input.turnBytes;
    }
    for (int i = 0; i < body.outputCount && writes_ < kMaxStreams; i++) {
      const BodyOutput& output = body.outputs[i];
      if (output.turnBytes == 0) continue;
      if (output.fresh) written_[writes_++] = output.data + index * 4 + output.turnBytes;
      const Walk& walk = output.walk;
      const bool wide = output.dtype == DType::Float32 || output.dtype == DType::Int32;
      const bool isRows = wide && walk.rank == 2 && walk.strides[1] == 1 && walk.dims[1] % 16 == 0;
      if (isRows && strided_ < kMaxStreams) rows_[strided_++] = &output;
    }
    index_ = static_cast<unsigned>(index);
    share(count * 4, body.stepCount);
  }

  RAPPEL_INLINE bool isEmpty() const { return reads_ + writes_ + strided_ == 0; }

  // The share of the step with this number.
  RAPPEL_INLINE void fetch(int step) const {
    const long first = step * bytesPerStep_, end = minimum(first + bytesPerStep_, bytes_);
    for (long offset = first; offset < end; offset += 64) {
      if (forNextTurn_) {
        for (int i = 0; i < reads_; i++) __builtin_prefetch(read_[i] + offset, 0, 2);
      } else {
        for (int i = 0; i < reads_; i++) __builtin_prefetch(read_[i] + offset);
      }
      for (int i = 0; i < writes_; i++) __builtin_prefetch(written_[i] + offset, 1);
      for (int i = 0; i < strided_; i++) __builtin_prefetch(inRows(*rows_[i], index_ + static_cast<unsigned>(offset) / 4), 1);
    }
  }

 private:
  // So many bytes of each stream among so many steps.
  RAPPEL_INLINE void share(long bytes, int steps) {
    bytes_ = bytes;
    bytesPerStep_ = roundUp(ceilDivide(bytes, steps), 64);
  }

  RAPPEL_INLINE static const char* inRows(const BodyOutput& output, unsigned index) {
    const unsigned columns = static_cast<unsigned>(output.walk.dims[1]);
    return output.data + output.turnBytes + 4 * (index / columns * output.walk.strides[0] + index % columns);
  }

  int reads_ = 0, writes_ = 0;
  bool forNextTurn_ = false;  // until then there is time, and much else to hold in L1
  int strided_ = 0;           // outputs of rows with gaps between them
  const BodyOutput* rows_[kMaxStreams];
  unsigned index_;  // of the tile's first element
  const char *read_[kMaxStreams], *written_[kMaxStreams];
  long bytes_, bytesPerStep_;
};

// Runs the steps on the tile of `count` elements that begins at `index`.
RAPPEL_INLINE void runSteps(const BodyStep* steps, int stepCount, const void** places, long index, long count, const ReadAhead& ahead) {
  for (int i = 0; i < stepCount; i++) {
    const BodyStep& step = steps[i];
    if (!ahead.isEmpty()) ahead.fetch(i);
    void* destination = const_cast<void*>(places[step.destination]);
    if (__builtin_expect(step.run != nullptr, 1)) {
      step.run(destination, places[step.a], places[step.b], places[step.c], count);
    } else if (step.op == Operator::Iota) {
      iotaStep(static_cast<int*>(destination), index, count, step.immediateA, step.immediateB);
    } else {
      randomStep(static_cast<int*>(destination), index, count, static_cast<const int*>(places[step.a]), step.immediateB);
    }
  }
}

inline void runBody(const Body& body, Worker& worker, size_type scratchOffset, long start, long count, const void* accumulator,
                    void* result, bool isNear) {
  if (count <= 0) return;
  const void* places[kMaxPlaces];
  const TileMemory memory = placeFixedOperands(body, worker.scratch + scratchOffset, places);
  long tileLimit = body.tile;
  for (int i = 0; i < body.inputCount; i++) {
    const BodyInput& input = body.inputs[i];
    if (input.access == Access::Uniform) {
      places[i] = input.data;
    } else if (input.access == Access::UniformCell) {
      void* cell = memory.cells + input.tilePlace * kCellBytes;
      gatherTile(static_cast<int*>(cell), input.walk, input.dtype, input.data, 0, 1);
      places[i] = cell;
    }
  }
  if (body.uniformStepCount > 0) runSteps(body.uniformSteps, body.uniformStepCount, places, 0, 1, ReadAhead{});

  const long end = start + count;
  const bool inLoop = body.turns * body.bytes > ReadAhead::kMinBytes;
  const long known = result == nullptr ? end : body.elements;  // a reduction goes on where this part of its head ends
  bool first = true;
  for (long index = start; index < end;) {
    long n = end - index < tileLimit ? end - index : tileLimit;
    for (int i = 0; i < body.inputCount; i++) {
      const BodyInput& input = body.inputs[i];
      if (input.access == Access::Periodic && input.period > body.tile) {
        const long left = input.period - index % input.period;  // a tile within one period can use it in place
        if (left < n) n = left;
      }
    }
    for (int i = 0; i < body.inputCount; i++) {
      const BodyInput& input = body.inputs[i];
      switch (input.access) {
        case Access::Contiguous: places[i] = input.data + index * 4; break;
        case Access::Accumulator: places[i] = static_cast<const char*>(accumulator) + (index - start) * 4; break;
        case Access::Periodic: {
          const unsigned phase = static_cast<unsigned>(index) % static_cast<unsigned>(input.period);
          if (static_cast<long>(phase) + n <= input.period) {
            places[i] = input.data + static_cast<size_type>(phase) * 4;
            break;
          }
          char* tile = memory.gathered + input.tilePlace * kTileBytes;
          if (first || !body.fillPeriodicOnce) {
            repeatPeriod(reinterpret_cast<int*>(tile), reinterpret_cast<const int*>(input.data), input.period, index, n);
          }
          places[i] = tile;
          break;
        }
        case Access::Gathered: {
          char* tile = memory.gathered + input.tilePlace * kTileBytes;
          gatherTile(reinterpret_cast<int*>(tile), input.walk, input.dtype, input.data, index, n);
          places[i] = tile;
          break;
        }
        case Access::Uniform:
        case Access::UniformCell: break;
      }
    }
    for (int i = 0; i < body.outputCount; i++) {
      const BodyOutput& output = body.outputs[i];
      if (output.streamed) {
        places[body.firstDirect + i] = memory.streamed + i * kTileBytes;
      } else if (output.direct) {
        places[body.firstDirect + i] = output.result ? static_cast<char*>(result) + (index - start) * 4 : output.data + index * 4;
      }
    }
    ReadAhead ahead;
    if (kPrefetches && body.stepCount > 0) {
      if (inLoop) ahead.addNextTurn(body, index, n);
      else if (index + 2 * n <= known) ahead.addTile(body, index + n, n, isNear);
    }
    runSteps(body.steps, body.stepCount, places, index, n, ahead);
    if (body.sumCount > 0) addToSums(body, memory.totals, places, index, n);
    for (int i = 0; i < body.outputCount; i++) {
      const BodyOutput& output = body.outputs[i];
      if (output.streamed) {
        streamTile(static_cast<const int*>(places[body.firstDirect + i]), reinterpret_cast<int*>(output.data) + index, n);
      }
      if (output.direct) continue;
      const int* values = static_cast<const int*>(places[output.place]);
      if (output.result) {
        scatterTile(values, output.uniform, output.walk, output.dtype, static_cast<char*>(result), index - start, n);
      } else {
        scatterTile(values, output.uniform, output.walk, output.dtype, output.data, index, n);
      }
    }
    index += n;
    first = false;
  }
  if (body.streams) finishStreams();
}

// Stores that go past the caches save reading the lines that they overwrite, a third of the traffic. Who reads so large a result begins with what
// the caches would not have kept.
inline void chooseStreams(Body& body) {
  constexpr long kLeastBytes = 32 << 20;
  if (!kCanStream || body.elements < kLeastBytes / 4) return;
  for (int i = 0; i < body.outputCount; i++) {
    BodyOutput& output = body.outputs[i];
    output.streamed = output.direct && output.fresh;
    body.streams = body.streams || output.streamed;
  }
  if (body.streams) body.scratchBytes += static_cast<size_type>(body.outputCount) * kTileBytes;
}

// A task is long enough to be worth a hand-over to another core, a map of a few microseconds is one task.
inline void mapSchedule(Instruction& instruction) {
  MapArguments& map = *static_cast<MapArguments*>(instruction.arguments);
  Body& body = map.body;
  chooseStreams(body);
  constexpr double taskNanoseconds = 10000, bytesNanoseconds = 0.04;
  const double elements = static_cast<double>(body.elements);
  const double total = elements * body.nanoseconds + body.bytes * bytesNanoseconds;
  long tasks = static_cast<long>(total / taskNanoseconds);
  if (tasks < 1) tasks = 1;
  if (tasks > 1024) tasks = 1024;
  map.chunk = ((body.elements + tasks - 1) / tasks + kTile - 1) / kTile * kTile;
  Schedule& schedule = instruction.schedule;
  schedule.tasks[0] = body.elements == 0 ? 0 : static_cast<int>((body.elements + map.chunk - 1) / map.chunk);
  schedule.scratchBytes = body.scratchBytes;
  schedule.flops = elements * body.flops;
  schedule.bytes = body.bytes;
}

inline void mapTask(const Instruction& instruction, int, int task, Worker& worker) {
  const MapArguments& map = *static_cast<const MapArguments*>(instruction.arguments);
  const long start = task * map.chunk;
  const long left = map.body.elements - start;
  runBody(map.body, worker, 0, start, left < map.chunk ? left : map.chunk, nullptr, nullptr, false);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
