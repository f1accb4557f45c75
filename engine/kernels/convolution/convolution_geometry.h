// The geometry of a convolution: its sizes, and which taps of the filter connect a result to which places of the source.
// The output and the input's gradient are both correlations of a source image with taps; the gradient under a stride
// falls apart into phases, each with the taps that meet it, so that no product with an inserted zero is ever formed.
#pragma once
#include "../../arguments.h"
#include "../product/packing.h"
#include "../tail.h"

namespace rappel {
namespace RAPPEL_ISA {

// One axis of a correlation, one phase of the results: result number i of the phase, i in [0, count), is at first + i * stride, and
// its tap number t, t in [0, taps), multiplies the source at i * step + offset + t * offsetStep with the filter's
// element kernel + t * kernelStep. Offsets may lie outside of the source: zeros are there.
struct AxisPhase {
  int first, stride, count;
  int step, taps;
  int offset, offsetStep;
  int kernel, kernelStep;
};

// The convolution itself has a single phase: out[i] = sum over k of in[i * stride - pad + k * dilation] * filter[k].
RAPPEL_INLINE AxisPhase outputAxis(int outSize, int kernelSize, int stride, int pad, int dilation) {
  return {0, 1, outSize, stride, kernelSize, -pad, dilation, 0, 1};
}

RAPPEL_INLINE int floorDivide(int a, int b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }
constexpr int greatestCommonDivisor(int a, int b) { return b == 0 ? a : greatestCommonDivisor(b, a % b); }

// Its gradient has a phase for each remainder of (position + pad) by the stride. With position + pad = q * stride + phase, tap k
// comes from out[q + (phase - k * dilation) / stride] where that divides: every (stride / gcd)th tap, or none at all. The
// taps are numbered from the last one down, which makes their offsets ascend.
inline AxisPhase inputGradientAxis(int inSize, int kernelSize, int stride, int pad, int dilation, int phase) {
  AxisPhase axis{};
  const int firstQuotient = -floorDivide(phase - pad, stride);  // the least q with q * stride + phase - pad >= 0
  axis.first = firstQuotient * stride + phase - pad;
  axis.stride = stride;
  axis.count = axis.first < inSize ? (inSize - axis.first + stride - 1) / stride : 0;
  axis.step = 1;
  const int divisor = greatestCommonDivisor(stride, dilation);
  const int kernelStep = stride / divisor;
  int least = 0;
  while (least < kernelStep && (phase - least * dilation) % stride != 0) least++;
  if (least == kernelStep || least >= kernelSize) return axis;
  axis.taps = (kernelSize - 1 - least) / kernelStep + 1;
  axis.kernel = least + (axis.taps - 1) * kernelStep;
  axis.kernelStep = -kernelStep;
  axis.offset = firstQuotient + floorDivide(phase - axis.kernel * dilation, stride);
  axis.offsetStep = dilation / divisor;
  return axis;
}

// A half-open range of places along an axis.
struct Range {
  int begin, end;
};
RAPPEL_INLINE Range unite(Range a, Range b) {
  if (a.begin >= a.end) return b;
  if (b.begin >= b.end) return a;
  return {a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

// The results of the phase that lie in [begin, end), by their numbers.
RAPPEL_INLINE Range phaseResults(const AxisPhase& axis, int begin, int end) {
  const int from = begin <= axis.first ? 0 : (begin - axis.first + axis.stride - 1) / axis.stride;
  const int to = end <= axis.first ? 0 : (end - axis.first + axis.stride - 1) / axis.stride;
  return {from, to < axis.count ? to : axis.count};
}
// The places of the source that these results touch.
RAPPEL_INLINE Range phaseSource(const AxisPhase& axis, Range results) {
  if (axis.taps == 0 || results.begin >= results.end) return {0, 0};
  return {results.begin * axis.step + axis.offset, (results.end - 1) * axis.step + axis.offset + (axis.taps - 1) * axis.offsetStep + 1};
}

// Of the taps, those that meet the source for result number i of the phase. Offsets ascend, so they are neighbours.
RAPPEL_INLINE Range tapsWithin(const AxisPhase& axis, int i, int sourceSize) {
  const int place = i * axis.step + axis.offset;
  Range taps{0, axis.taps};
  while (taps.begin < taps.end && place + taps.begin * axis.offsetStep < 0) taps.begin++;
  while (taps.begin < taps.end && place + (taps.end - 1) * axis.offsetStep >= sourceSize) taps.end--;
  return taps;
}

// Copies the window rows x columns of image[height, width, channels] to `target`, zeros where it reaches beyond the image.
inline void copyWindow(const float* image, int height, int width, long channels, Range rows, Range columns, float* target) {
  const long rowElements = (columns.end - columns.begin) * channels;
  const int left = columns.begin < 0 ? -columns.begin : 0;
  const int begin = columns.begin > 0 ? columns.begin : 0, end = columns.end < width ? columns.end : width;
  const long inside = end > begin ? (end - begin) * channels : 0;
  for (int row = rows.begin; row < rows.end; row++, target += rowElements) {
    if (row < 0 || row >= height || inside == 0) {
      fillZeros(target, rowElements);
      continue;
    }
    const long before = left * channels;
    fillZeros(target, before);
    copyFloats(image + (static_cast<long>(row) * width + begin) * channels, inside, target + before);
    fillZeros(target + before + inside, rowElements - before - inside);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
