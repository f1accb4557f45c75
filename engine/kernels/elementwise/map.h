// The interpreter of a MapBody: tile by tile, step by step, every step one vectorised loop over registers that stay in L1.
// It serves as the Map instruction, as the tail of a matmul or convolution and as the head of a reduction; see body.h.
#pragma once
#include "../../instruction.h"
#include "../column_sums.h"
#include "../product/tile.h"
#include "../split.h"
#include "chains.h"
#include "random.h"
#include "steps.h"
#include "walk.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr size_type kTileBytes = kTile * 4 + 64;  // padding: a gathered run may end in a whole vector, and no two tiles alias

// Chooses the loop of every step; sizes the scratch memory. Called once, when the program is loaded.
template <Division division>
void prepareBody(Body& body) {
  for (int i = 0; i < body.uniformStepCount; i++) {
    // One element: the plain variant reads exactly one lane of each operand.
    BodyStep& step = body.uniformSteps[i];
    step.run = stepFunction<division>(step.op, 0, false);
    step.d = step.e = step.a;
  }
  for (int i = 0; i < body.stepCount; i++) {
    BodyStep& step = body.steps[i];
    step.run = stepFunction<division>(step.op, step.uniform, step.destination >= body.firstDirect);
    step.d = step.e = step.a;
  }
  findRowValues(body);
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

// Fills the places of constants, cells and slots.
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

  // `isNear`: what the body reads has been asked for. A body in a loop whose views move on with every turn asks for what the same tile will be in the
  // next one: it begins elsewhere each turn, where no prefetcher expects it.
  RAPPEL_INLINE void begin(const Body& body, bool inLoop, bool isNear) {
    if (!kPrefetches || body.stepCount == 0) return;
    inLoop_ = inLoop, steps_ = body.stepCount;
    const bool reads = inLoop || (!isNear && body.bytes > kMinBytes);
    for (int i = 0; reads && i < body.inputCount && reads_ < kMaxStreams; i++) {
      const BodyInput& input = body.inputs[i];
      if (input.access == Access::Contiguous && (!inLoop || input.turnBytes != 0)) read_[reads_++] = input.data + (inLoop ? input.turnBytes : 0);
    }
    for (int i = 0; i < body.outputCount && writes_ < kMaxStreams; i++) {
      const BodyOutput& output = body.outputs[i];
      if (inLoop && output.turnBytes == 0) continue;
      if (output.fresh && !output.streamed) written_[writes_++] = output.data + (inLoop ? output.turnBytes : 0);
      const Walk& walk = output.walk;
      const bool wide = output.dtype == DType::Float32 || output.dtype == DType::Int32;
      const bool isRows = inLoop && wide && walk.rank == 2 && walk.strides[1] == 1 && walk.dims[1] % 16 == 0;
      if (isRows && strided_ < kMaxStreams) rows_[strided_++] = &output;
    }
  }

  // What the steps of the tile of `count` elements at `index` ask for: the next tile of the same turn, if it is whole and ends before `known`.
  RAPPEL_INLINE void moveTo(long index, long count, long known) {
    asks_ = kPrefetches && reads_ + writes_ + strided_ > 0 && (inLoop_ || index + 2 * count <= known);
    if (!asks_) return;
    index_ = static_cast<unsigned>(inLoop_ ? index : index + count);
    if (bytes_ == count * 4) return;
    bytes_ = count * 4;
    bytesPerStep_ = roundUp(ceilDivide(bytes_, steps_), 64);  // of each stream
  }

  RAPPEL_INLINE bool asks() const { return kPrefetches && asks_; }

  // The share of the step with this number.
  RAPPEL_INLINE void fetch(int step) const {
    const long first = step * bytesPerStep_, end = minimum(first + bytesPerStep_, bytes_);
    for (long offset = first; offset < end; offset += 64) {
      const long at = static_cast<long>(index_) * 4 + offset;
      if (inLoop_) {  // until then there is time, and much else to hold in L1
        for (int i = 0; i < reads_; i++) __builtin_prefetch(read_[i] + at, 0, 2);
      } else {
        for (int i = 0; i < reads_; i++) __builtin_prefetch(read_[i] + at);
      }
      for (int i = 0; i < writes_; i++) __builtin_prefetch(written_[i] + at, 1);
      for (int i = 0; i < strided_; i++) __builtin_prefetch(inRows(*rows_[i], index_ + static_cast<unsigned>(offset) / 4), 1);
    }
  }

 private:
  RAPPEL_INLINE static const char* inRows(const BodyOutput& output, unsigned index) {
    const unsigned columns = static_cast<unsigned>(output.walk.dims[1]);
    return output.data + output.turnBytes + 4 * (index / columns * output.walk.strides[0] + index % columns);
  }

  bool inLoop_;
  int steps_;
  int reads_ = 0, writes_ = 0;
  int strided_ = 0;  // outputs of rows with gaps between them
  bool asks_ = false;
  unsigned index_;  // of the first element asked for
  long bytes_ = 0, bytesPerStep_;
  const BodyOutput* rows_[kMaxStreams];
  const char *read_[kMaxStreams], *written_[kMaxStreams];
};

// Runs the steps on the tile of `count` elements that begins at `index`.
RAPPEL_INLINE void runSteps(const BodyStep* steps, int stepCount, const void** places, long index, long count, const ReadAhead* ahead) {
  for (int i = 0; i < stepCount; i++) {
    const BodyStep& step = steps[i];
    if (ahead != nullptr) ahead->fetch(i);
    void* destination = const_cast<void*>(places[step.destination]);
    if (__builtin_expect(step.run != nullptr, 1)) {
      step.run(destination, places[step.a], places[step.b], places[step.c], places[step.d], places[step.e], count);
    } else if (step.op == Operator::Iota) {
      iotaStep(static_cast<int*>(destination), index, count, step.immediateA, step.immediateB);
    } else {
      randomStep(static_cast<int*>(destination), index, count, static_cast<const int*>(places[step.a]), step.immediateB);
    }
  }
}

// Walks an operand of the tile of `count` elements at `index` that does not lie in the order of the iteration into the scratch memory, or finds it
// in place.
inline const void* walkOperand(const BodyInput& input, const TileMemory& memory, long index, long count) {
  char* const tile = memory.gathered + input.tilePlace * kTileBytes;
  if (input.access == Access::Periodic) {
    const unsigned phase = static_cast<unsigned>(index) % static_cast<unsigned>(input.period);
    if (static_cast<long>(phase) + count <= input.period) return input.data + static_cast<size_type>(phase) * 4;
    repeatPeriod(reinterpret_cast<int*>(tile), reinterpret_cast<const int*>(input.data), input.period, index, count);
  } else if (kMakesAllLoops && input.access == Access::RowValues) {
    *reinterpret_cast<RowValues*>(tile) = rowValuesAt(input, index);
  } else {
    gatherTile(reinterpret_cast<int*>(tile), input.walk, input.dtype, input.data, index, count);
  }
  return tile;
}

inline void runBody(const Body& body, Worker& worker, size_type scratchOffset, long start, long count, const void* accumulator,
                    void* result, bool isNear) {
  if (count <= 0) return;
  const void* places[kMaxPlaces];
  const TileMemory memory = placeFixedOperands(body, worker.scratch + scratchOffset, places);
  // The others: some move on with the tiles, some are walked.
  struct Moving {
    const char* first;
    int place;
  } moving[kMaxPlaces];
  short walked[kMaxPlaces];
  int movingCount = 0, walkedCount = 0;
  const auto move = [&](int place, const void* first) { moving[movingCount++] = {static_cast<const char*>(first), place}; };
  bool cutsTiles = false;
  for (int i = 0; i < body.inputCount; i++) {
    const BodyInput& input = body.inputs[i];
    switch (input.access) {
      case Access::Contiguous: move(i, input.data); break;
      case Access::Accumulator: move(i, static_cast<const char*>(accumulator) - start * 4); break;
      case Access::Uniform: places[i] = input.data; break;
      case Access::Addend: break;
      case Access::UniformCell: {
        void* cell = memory.cells + input.tilePlace * kCellBytes;
        gatherTile(static_cast<int*>(cell), input.walk, input.dtype, input.data, 0, 1);
        places[i] = cell;
        break;
      }
      case Access::Periodic: cutsTiles = cutsTiles || input.period > body.tile; [[fallthrough]];
      case Access::Gathered:
      case Access::RowValues: walked[walkedCount++] = static_cast<short>(i); break;
    }
  }
  for (int i = 0; i < body.outputCount; i++) {
    const BodyOutput& output = body.outputs[i];
    if (output.streamed) places[body.firstDirect + i] = memory.streamed + i * kTileBytes;
    else if (output.direct) move(body.firstDirect + i, output.result ? static_cast<char*>(result) - start * 4 : output.data);
  }
  if (body.uniformStepCount > 0) runSteps(body.uniformSteps, body.uniformStepCount, places, 0, 1, nullptr);

  const long end = start + count;
  const long known = result == nullptr ? end : body.elements;  // a reduction goes on where this part of its head ends
  const bool inLoop = body.turns * body.bytes > ReadAhead::kMinBytes;
  ReadAhead ahead;
  if (inLoop || known - start > body.tile) ahead.begin(body, inLoop, isNear);
  for (long index = start; index < end;) {
    long n = minimum(end - index, body.tile);
    for (int i = 0; cutsTiles && i < walkedCount; i++) {
      const BodyInput& input = body.inputs[walked[i]];
      // A tile within one period can use it in place.
      if (input.access == Access::Periodic && input.period > body.tile) n = minimum(n, input.period - index % input.period);
    }
    for (int i = 0; i < movingCount; i++) places[moving[i].place] = moving[i].first + index * 4;
    for (int i = 0; i < walkedCount; i++) places[walked[i]] = walkOperand(body.inputs[walked[i]], memory, index, n);
    if (index == start && body.fillPeriodicOnce) {
      int kept = 0;
      for (int i = 0; i < walkedCount; i++) {
        if (body.inputs[walked[i]].access != Access::Periodic) walked[kept++] = walked[i];
      }
      walkedCount = kept;
    }
    ahead.moveTo(index, n, known);
    runSteps(body.steps, body.stepCount, places, index, n, ahead.asks() ? &ahead : nullptr);
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
