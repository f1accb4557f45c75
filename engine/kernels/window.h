// Windows over [batch, height, width, channels]: the kernels of pooling, vectorised over the channels.
//
// The ones that spread values back over the image compute each row of the image on its own, from the windows that meet it, in a fixed
// order; so overlapping windows need no atomics, and rows can be shared among threads.
#pragma once
#include "../instruction.h"
#include "elementwise/steps.h"

namespace rappel {
namespace RAPPEL_ISA {

// The places k in [first, end) of a window along one axis for which base + k * dilation lies within [0, size).
struct WindowRange {
  int first, end;
};
RAPPEL_INLINE WindowRange windowRange(int base, int dilation, int window, int size) {
  WindowRange range;
  range.first = base >= 0 ? 0 : (-base + dilation - 1) / dilation;
  range.end = size > base ? (size - base + dilation - 1) / dilation : 0;
  if (range.end > window) range.end = window;
  return range;
}

RAPPEL_INLINE Ints loadPositions(const char* positions, bool wide, long index, int count) {
  if (wide) return loadFirst(reinterpret_cast<const int*>(positions) + index, count);
  const unsigned char* narrow = reinterpret_cast<const unsigned char*>(positions) + index;
  typedef unsigned char Bytes __attribute__((vector_size(kLanes)));
  Bytes bytes{};
  if (count == kLanes) {
    __builtin_memcpy(&bytes, narrow, kLanes);
  } else {
    for (int lane = 0; lane < count; lane++) bytes[lane] = narrow[lane];
  }
  return __builtin_convertvector(bytes, Ints);
}

RAPPEL_INLINE void storePositions(char* positions, bool wide, long index, Ints value, int count) {
  if (wide) return storeFirst(reinterpret_cast<int*>(positions) + index, value, count);
  unsigned char* narrow = reinterpret_cast<unsigned char*>(positions) + index;
  typedef unsigned char Bytes __attribute__((vector_size(kLanes)));
  const Bytes bytes = __builtin_convertvector(value, Bytes);
  if (count == kLanes) {
    __builtin_memcpy(narrow, &bytes, kLanes);
  } else {
    for (int lane = 0; lane < count; lane++) narrow[lane] = bytes[lane];
  }
}

inline void scheduleWindowRows(Instruction& instruction, long rows, double rowNanoseconds) {
  WindowArguments& window = *static_cast<WindowArguments*>(instruction.arguments);
  const double total = rowNanoseconds * static_cast<double>(rows);
  long tasks = total < 8000 ? 1 : static_cast<long>(total / 10000) + 1;
  if (tasks > 4096) tasks = 4096;
  window.rowsPerTask = static_cast<int>((rows + tasks - 1) / tasks);
  if (window.rowsPerTask < 1) window.rowsPerTask = 1;
  Schedule& schedule = instruction.schedule;
  schedule.tasks[0] = rowNanoseconds == 0 ? 0 : static_cast<int>((rows + window.rowsPerTask - 1) / window.rowsPerTask);
  const double places = static_cast<double>(window.windowHeight) * window.windowWidth;
  const double small = static_cast<double>(window.batch) * window.outHeight * window.outWidth * window.channels;
  const double large = static_cast<double>(window.batch) * window.height * window.width * window.channels;
  schedule.flops = small * places;
  const double positionBytes = window.second == nullptr ? 0 : (window.widePositions ? 4 : 1);
  schedule.bytes = large * 4 + small * (4 + positionBytes);
}

// Rows of the smaller image, [batch, outHeight].
inline void windowSchedule(Instruction& instruction) {
  const WindowArguments& window = *static_cast<const WindowArguments*>(instruction.arguments);
  const double row = static_cast<double>(window.outWidth) * window.channels;
  scheduleWindowRows(instruction, static_cast<long>(window.batch) * window.outHeight, row * (0.1 * window.windowHeight * window.windowWidth + 0.1));
}

// Rows of the larger image, [batch, height].
inline void windowSpreadSchedule(Instruction& instruction) {
  const WindowArguments& window = *static_cast<const WindowArguments*>(instruction.arguments);
  const double rowsThatMeet = 1.0 + static_cast<double>(window.windowHeight) / window.strideHeight;
  const double row = static_cast<double>(window.width) * window.channels * (0.1 + 0.1 * rowsThatMeet);
  scheduleWindowRows(instruction, static_cast<long>(window.batch) * window.height, row);
}

// Calls body(vector index within the image row's channel, number of lanes) for each vector of channels.
template <class PerVector>
RAPPEL_INLINE void forChannels(int channels, PerVector perVector) {
  int channel = 0;
  for (; channel + kLanes <= channels; channel += kLanes) perVector(channel, kLanes);
  if (channel < channels) perVector(channel, channels - channel);
}

// Calls place(window's vertical range, horizontal range, first row, first column, offset of the result) for every result of a task.
template <class PerPlace>
RAPPEL_INLINE void forWindows(const WindowArguments& window, int task, PerPlace perPlace) {
  const long rows = static_cast<long>(window.batch) * window.outHeight;
  const long first = static_cast<long>(task) * window.rowsPerTask;
  const long end = first + window.rowsPerTask < rows ? first + window.rowsPerTask : rows;
  for (long row = first; row < end; row++) {
    const long image = row / window.outHeight;
    const int top = static_cast<int>(row % window.outHeight) * window.strideHeight - window.padTop;
    const WindowRange vertical = windowRange(top, window.dilationHeight, window.windowHeight, window.height);
    for (int x = 0; x < window.outWidth; x++) {
      const int left = x * window.strideWidth - window.padLeft;
      const WindowRange horizontal = windowRange(left, window.dilationWidth, window.windowWidth, window.width);
      // The source element under place (ky, kx): corner + (ky * dilationHeight * width + kx * dilationWidth) * channels.
      const long corner = ((image * window.height + top) * window.width + left) * window.channels;
      perPlace(vertical, horizontal, corner, (row * window.outWidth + x) * window.channels);
    }
  }
}

RAPPEL_INLINE long placeOffset(const WindowArguments& window, int ky, int kx) {
  return (static_cast<long>(ky) * window.dilationHeight * window.width + static_cast<long>(kx) * window.dilationWidth) * window.channels;
}

inline void windowMaxTask(const Instruction& instruction, int, int task, Worker&) {
  const WindowArguments& window = *static_cast<const WindowArguments*>(instruction.arguments);
  const float* source = reinterpret_cast<const float*>(window.first);
  float* largest = reinterpret_cast<float*>(window.second);
  forWindows(window, task, [&](WindowRange vertical, WindowRange horizontal, long corner, long result) {
    forChannels(window.channels, [&](int channel, int lanes) {
      Floats best = broadcast(-kInfinity);
      Ints position = broadcast(-1);
      for (int ky = vertical.first; ky < vertical.end; ky++) {
        for (int kx = horizontal.first; kx < horizontal.end; kx++) {
          const float* place = source + corner + placeOffset(window, ky, kx) + channel;
          const Floats value = lanes == kLanes ? load(place) : loadFirst(place, lanes);
          const Ints better = (value > best) | ((value != value) & (best == best)) | (position < 0);
          best = select(better, value, best);
          position = select(better, broadcast(ky * window.windowWidth + kx), position);
        }
      }
      if (largest != nullptr) storeFirst(largest + result + channel, best, lanes);
      if (window.third != nullptr) storePositions(window.third, window.widePositions, result + channel, max(position, broadcast(0)), lanes);
    });
  });
}

inline void windowGatherTask(const Instruction& instruction, int, int task, Worker&) {
  const WindowArguments& window = *static_cast<const WindowArguments*>(instruction.arguments);
  const float* source = reinterpret_cast<const float*>(window.first);
  float* target = reinterpret_cast<float*>(window.third);
  forWindows(window, task, [&](WindowRange vertical, WindowRange horizontal, long corner, long result) {
    forChannels(window.channels, [&](int channel, int lanes) {
      const Ints position = loadPositions(window.second, window.widePositions, result + channel, lanes);
      Floats chosen = broadcast(0.0f);
      for (int ky = vertical.first; ky < vertical.end; ky++) {
        for (int kx = horizontal.first; kx < horizontal.end; kx++) {
          const Floats value = loadFirst(source + corner + placeOffset(window, ky, kx) + channel, lanes);
          chosen = select(position == ky * window.windowWidth + kx, value, chosen);
        }
      }
      storeFirst(target + result + channel, chosen, lanes);
    });
  });
}

inline void windowSumTask(const Instruction& instruction, int, int task, Worker&) {
  const WindowArguments& window = *static_cast<const WindowArguments*>(instruction.arguments);
  const float* source = reinterpret_cast<const float*>(window.first);
  float* target = reinterpret_cast<float*>(window.third);
  forWindows(window, task, [&](WindowRange vertical, WindowRange horizontal, long corner, long result) {
    forChannels(window.channels, [&](int channel, int lanes) {
      Floats sum = broadcast(0.0f);
      for (int ky = vertical.first; ky < vertical.end; ky++) {
        Floats rowSum = broadcast(0.0f);
        for (int kx = horizontal.first; kx < horizontal.end; kx++) {
          const float* place = source + corner + placeOffset(window, ky, kx) + channel;
          rowSum += lanes == kLanes ? load(place) : loadFirst(place, lanes);
        }
        sum += rowSum;
      }
      storeFirst(target + result + channel, sum, lanes);
    });
  });
}

// Each row of the image: the sum of the values of all windows that meet it, at the place `positions` names or, without positions, everywhere.
template <bool chosen>
RAPPEL_INLINE void spreadTask(const WindowArguments& window, int task) {
  const float* values = reinterpret_cast<const float*>(window.first);
  float* target = reinterpret_cast<float*>(window.third);
  const long rows = static_cast<long>(window.batch) * window.height;
  const long first = static_cast<long>(task) * window.rowsPerTask;
  const long end = first + window.rowsPerTask < rows ? first + window.rowsPerTask : rows;
  const long rowLength = static_cast<long>(window.width) * window.channels;
  for (long row = first; row < end; row++) {
    float* targetRow = target + row * rowLength;
    __builtin_memset(targetRow, 0, static_cast<size_type>(rowLength) * sizeof(float));
    const long image = row / window.height;
    const int y = static_cast<int>(row % window.height);
    for (int ky = 0; ky < window.windowHeight; ky++) {
      const int distance = y + window.padTop - ky * window.dilationHeight;
      if (distance < 0 || distance % window.strideHeight != 0) continue;
      const int outY = distance / window.strideHeight;
      if (outY >= window.outHeight) continue;
      for (int outX = 0; outX < window.outWidth; outX++) {
        const int left = outX * window.strideWidth - window.padLeft;
        const WindowRange horizontal = windowRange(left, window.dilationWidth, window.windowWidth, window.width);
        const long place = ((image * window.outHeight + outY) * window.outWidth + outX) * window.channels;
        forChannels(window.channels, [&](int channel, int lanes) {
          const Floats value = loadFirst(values + place + channel, lanes);
          const Ints position = chosen ? loadPositions(window.second, window.widePositions, place + channel, lanes) : Ints{};
          for (int kx = horizontal.first; kx < horizontal.end; kx++) {
            float* sum = targetRow + static_cast<long>(left + kx * window.dilationWidth) * window.channels + channel;
            const Floats part = chosen ? select(position == ky * window.windowWidth + kx, value, Floats{}) : value;
            storeFirst(sum, loadFirst(sum, lanes) + part, lanes);
          }
        });
      }
    }
  }
}

inline void windowScatterTask(const Instruction& instruction, int, int task, Worker&) {
  spreadTask<true>(*static_cast<const WindowArguments*>(instruction.arguments), task);
}
inline void windowSpreadTask(const Instruction& instruction, int, int task, Worker&) {
  spreadTask<false>(*static_cast<const WindowArguments*>(instruction.arguments), task);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
