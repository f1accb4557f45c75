// Copy between strided views, and Fill. Runs that are contiguous on both sides are copied whole; a transpose goes by blocks that use
// every cache line they touch; anything else goes element by element.
#pragma once
#include "../instruction.h"
#include "../vector.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kCopyBytesPerTask = 128 << 10;
constexpr int kTransposeBlock = 16;  // a cache line of four-byte elements

template <int... number>
struct Numbers {};
#if RAPPEL_LANES == 16
typedef Numbers<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15> LaneNumbers;
#elif RAPPEL_LANES == 8
typedef Numbers<0, 1, 2, 3, 4, 5, 6, 7> LaneNumbers;
#else
typedef Numbers<0, 1, 2, 3> LaneNumbers;
#endif

// Walks over all dimensions of a copy but the last, and `skipped` where that is not negative.
struct CopyCursor {
  const CopyArguments& copy;
  int skipped;
  int coordinates[kMaxRank];
  long source, target;

  CopyCursor(const CopyArguments& arguments, int without, long row) : copy(arguments), skipped(without), source(0), target(0) {
    for (int d = copy.rank - 2; d >= 0; d--) {
      coordinates[d] = 0;
      if (d == skipped) continue;
      coordinates[d] = static_cast<int>(row % copy.dims[d]);
      row /= copy.dims[d];
      source += coordinates[d] * copy.sourceStrides[d];
      target += coordinates[d] * copy.targetStrides[d];
    }
  }
  RAPPEL_INLINE void next() {
    for (int d = copy.rank - 2; d >= 0; d--) {
      if (d == skipped) continue;
      source += copy.sourceStrides[d];
      target += copy.targetStrides[d];
      if (++coordinates[d] < copy.dims[d]) return;
      source -= coordinates[d] * copy.sourceStrides[d];
      target -= coordinates[d] * copy.targetStrides[d];
      coordinates[d] = 0;
    }
  }
};

template <class Element>
RAPPEL_INLINE void copyRun(Element* target, long targetStride, const Element* source, long sourceStride, long count) {
  if (targetStride == 1 && sourceStride == 1) {
    __builtin_memcpy(target, source, static_cast<size_type>(count) * sizeof(Element));
  } else if (targetStride == 1 && sourceStride == 0) {
    const Element value = *source;
    for (long i = 0; i < count; i++) target[i] = value;
  } else {
    for (long i = 0; i < count; i++) target[i * targetStride] = source[i * sourceStride];
  }
}

// target[i * targetStride + j] = source[j * sourceStride + i] for i < rows, j < columns.
template <class Element>
RAPPEL_INLINE void transposeEdge(Element* target, long targetStride, const Element* source, long sourceStride, long rows, long columns) {
  for (long i = 0; i < rows; i++) {
    for (long j = 0; j < columns; j++) target[i * targetStride + j] = source[j * sourceStride + i];
  }
}

// Of two rows: where bit `distance` of the lane number is set, the first row's lane changes places with the second row's lane `distance`
// before it. Done for all pairs of rows at distances 1, 2, 4, ... this transposes a square.
template <int distance, int... lane>
RAPPEL_INLINE void exchangeLanes(Ints& a, Ints& b, Numbers<lane...>) {
  const Ints first = __builtin_shufflevector(a, b, ((lane & distance) == 0 ? lane : kLanes + lane - distance)...);
  b = __builtin_shufflevector(a, b, ((lane & distance) == 0 ? lane + distance : kLanes + lane)...);
  a = first;
}

template <int distance>
RAPPEL_INLINE void exchangeRows(Ints (&rows)[kLanes]) {
  for (int i = 0; i < kLanes; i++) {
    if ((i & distance) == 0) exchangeLanes<distance>(rows[i], rows[i + distance], LaneNumbers{});
  }
}

// A square of a vector's lanes, in registers.
RAPPEL_INLINE void transposeSquare(int* target, long targetStride, const int* source, long sourceStride) {
  Ints rows[kLanes];
  for (int i = 0; i < kLanes; i++) rows[i] = load(source + i * sourceStride);
#if RAPPEL_LANES >= 16
  exchangeRows<8>(rows);
#endif
#if RAPPEL_LANES >= 8
  exchangeRows<4>(rows);
#endif
  exchangeRows<2>(rows);
  exchangeRows<1>(rows);
  for (int i = 0; i < kLanes; i++) store(target + i * targetStride, rows[i]);
}

template <class Element>
RAPPEL_INLINE void transposeBlock(Element* target, long targetStride, const Element* source, long sourceStride, long rows, long columns) {
  if constexpr (sizeof(Element) == 4) {
    if (rows == kTransposeBlock && columns == kTransposeBlock) {
      for (int i = 0; i < kTransposeBlock; i += kLanes) {
        for (int j = 0; j < kTransposeBlock; j += kLanes) {
          transposeSquare(target + i * targetStride + j, targetStride, source + j * sourceStride + i, sourceStride);
        }
      }
      return;
    }
  }
  transposeEdge(target, targetStride, source, sourceStride, rows, columns);
}

// Dimensions `copy.transposed` (contiguous in the source) and the last one (contiguous in the target).
template <class Element>
RAPPEL_INLINE void transposePlane(const CopyArguments& copy, Element* target, const Element* source, long firstRow, long endRow) {
  const int last = copy.rank - 1;
  const long columns = copy.dims[last], targetStride = copy.targetStrides[copy.transposed], sourceStride = copy.sourceStrides[last];
  for (long i = firstRow; i < endRow; i += kTransposeBlock) {
    const long rows = endRow - i < kTransposeBlock ? endRow - i : kTransposeBlock;
    for (long j = 0; j < columns; j += kTransposeBlock) {
      const long width = columns - j < kTransposeBlock ? columns - j : kTransposeBlock;
      transposeBlock(target + i * targetStride + j, targetStride, source + j * sourceStride + i, sourceStride, rows, width);
    }
  }
}

inline void copySchedule(Instruction& instruction) {
  CopyArguments& copy = *static_cast<CopyArguments*>(instruction.arguments);
  const int last = copy.rank - 1;
  copy.transposed = -1;
  if (copy.targetStrides[last] == 1 && copy.sourceStrides[last] != 1 && copy.dims[last] >= 4) {
    for (int d = 0; d < last; d++) {
      if (copy.sourceStrides[d] == 1 && copy.dims[d] >= 4) copy.transposed = d;
    }
  }
  copy.rows = 1;
  for (int d = 0; d < last; d++) {
    if (d != copy.transposed) copy.rows *= copy.dims[d];
  }
  const long columns = copy.dims[last] * static_cast<long>(copy.transposed >= 0 ? copy.dims[copy.transposed] : 1);
  const long bytes = copy.rows * columns * copy.elementBytes;
  const long split = copy.transposed >= 0 ? copy.dims[copy.transposed] : copy.dims[last];
  // Whole rows (planes) a task, or parts of one along `split`.
  const long rowBytes = columns * copy.elementBytes;
  copy.columnsPerTask = split;
  copy.rowsPerTask = rowBytes == 0 ? 1 : (kCopyBytesPerTask + rowBytes - 1) / rowBytes;
  if (rowBytes > 2 * kCopyBytesPerTask) {
    copy.rowsPerTask = 1;
    const long parts = (rowBytes + kCopyBytesPerTask - 1) / kCopyBytesPerTask;
    copy.columnsPerTask = ((split + parts - 1) / parts + 63) / 64 * 64;
  }
  if (copy.rows / copy.rowsPerTask > 4096) copy.rowsPerTask = copy.rows / 4096 + 1;
  Schedule& schedule = instruction.schedule;
  const long rowTasks = (copy.rows + copy.rowsPerTask - 1) / copy.rowsPerTask;
  schedule.tasks[0] = bytes == 0 ? 0 : static_cast<int>(rowTasks * ((split + copy.columnsPerTask - 1) / copy.columnsPerTask));
  schedule.bytes = 2.0 * static_cast<double>(bytes);
}

template <class Element>
void copyRange(const CopyArguments& copy, int task) {
  const int last = copy.rank - 1;
  const Element* source = reinterpret_cast<const Element*>(copy.source);
  Element* target = reinterpret_cast<Element*>(copy.target);
  const long split = copy.transposed >= 0 ? copy.dims[copy.transposed] : copy.dims[last];
  const long parts = (split + copy.columnsPerTask - 1) / copy.columnsPerTask;
  const long firstRow = task / parts * copy.rowsPerTask;
  const long endRow = firstRow + copy.rowsPerTask < copy.rows ? firstRow + copy.rowsPerTask : copy.rows;
  const long first = task % parts * copy.columnsPerTask;
  const long end = first + copy.columnsPerTask < split ? first + copy.columnsPerTask : split;
  CopyCursor cursor(copy, copy.transposed, firstRow);
  for (long row = firstRow; row < endRow; row++) {
    if (copy.transposed >= 0) {
      transposePlane(copy, target + cursor.target, source + cursor.source, first, end);
    } else {
      copyRun(target + cursor.target + first * copy.targetStrides[last], copy.targetStrides[last],
              source + cursor.source + first * copy.sourceStrides[last], copy.sourceStrides[last], end - first);
    }
    cursor.next();
  }
}

inline void copyTask(const Instruction& instruction, int, int task, Worker&) {
  const CopyArguments& copy = *static_cast<const CopyArguments*>(instruction.arguments);
  if (copy.elementBytes == 4) {
    copyRange<int>(copy, task);
  } else {
    copyRange<unsigned char>(copy, task);
  }
}

// ---- Fill ---------------------------------------------------------------------------------------------------------------------

inline void fillSchedule(Instruction& instruction) {
  FillArguments& fill = *static_cast<FillArguments*>(instruction.arguments);
  fill.chunk = kCopyBytesPerTask * 2 / fill.elementBytes;
  while (fill.elements / fill.chunk > 4096) fill.chunk *= 2;
  instruction.schedule.tasks[0] = static_cast<int>((fill.elements + fill.chunk - 1) / fill.chunk);
  instruction.schedule.bytes = static_cast<double>(fill.elements) * fill.elementBytes;
}

inline void fillTask(const Instruction& instruction, int, int task, Worker&) {
  const FillArguments& fill = *static_cast<const FillArguments*>(instruction.arguments);
  const long first = task * fill.chunk;
  const long count = fill.elements - first < fill.chunk ? fill.elements - first : fill.chunk;
  if (fill.elementBytes == 4) {
    unsigned* target = reinterpret_cast<unsigned*>(fill.target) + first;
    const unsigned bits = fill.bits;
    for (long i = 0; i < count; i++) target[i] = bits;
  } else {
    __builtin_memset(fill.target + first, static_cast<int>(fill.bits & 255), static_cast<size_type>(count));
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
