// Convolution, channels last: which kernel serves it. A pointwise one is a matmul; the others are correlations (output, input
// gradient), filter gradients, or, for the gradient of an input with few channels, products that are scattered.
#pragma once
#include "correlation.h"
#include "filter_gradient.h"
#include "matmul.h"
#include "scattered_gradient.h"

namespace rappel {
namespace RAPPEL_ISA {

// Every place by itself: the images are one tall matrix [batch * height * width, channels].
RAPPEL_INLINE bool isPointwise(const ConvolutionArguments& c) {
  return c.kernelHeight == 1 && c.kernelWidth == 1 && c.strideHeight == 1 && c.strideWidth == 1 && c.padTop == 0 && c.padLeft == 0 && c.groups == 1 &&
         c.inHeight == c.outHeight && c.inWidth == c.outWidth;
}

inline MatmulArguments pointwiseMatmul(const ConvolutionArguments& c) {
  const long places = static_cast<long>(c.batch) * c.outHeight * c.outWidth, in = c.inChannels, out = c.outChannels;
  MatmulArguments matmul{};
  switch (c.kind) {
    case ConvolutionKind::Output:  // in [places, in] filter [in, out]
      matmul.m = places, matmul.n = out, matmul.k = in;
      matmul.a = {c.a, in, 1, {}}, matmul.b = {c.b, out, 1, {}};
      break;
    case ConvolutionKind::InputGradient:  // gradient [places, out] filter^T [out, in]
      matmul.m = places, matmul.n = in, matmul.k = out;
      matmul.a = {c.a, out, 1, {}}, matmul.b = {c.b, 1, out, {}};
      break;
    case ConvolutionKind::FilterGradient:  // in^T [in, places] gradient [places, out]
      matmul.m = in, matmul.n = out, matmul.k = places;
      matmul.a = {c.a, 1, in, {}}, matmul.b = {c.b, out, 1, {}};
      break;
  }
  return matmul;
}

inline void convolutionSchedule(const ConvolutionArguments& c, Schedule& schedule) {
  if (isPointwise(c)) {
    matmulSchedule(pointwiseMatmul(c), schedule);
    return;
  }
  if (c.kind == ConvolutionKind::FilterGradient) filterGradientSchedule(c, schedule);
  else if (scattersInputGradient(c)) scatteredGradientSchedule(c, schedule);
  else correlationSchedule(c, schedule);
  const double in = static_cast<double>(c.batch) * c.inHeight * c.inWidth * c.inChannels;
  const double out = static_cast<double>(c.batch) * c.outHeight * c.outWidth * c.outChannels;
  const double taps = static_cast<double>(c.kernelHeight) * c.kernelWidth * (c.inChannels / c.groups);
  schedule.flops = 2 * out * taps;
  schedule.bytes = 4 * (in + out + taps * c.outChannels);
}

inline void convolutionTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  if (isPointwise(c)) matmulTask(pointwiseMatmul(c), tail, phase, task, worker, workspace);
  else if (c.kind == ConvolutionKind::FilterGradient) filterGradientTask(c, tail, phase, task, worker, workspace);
  else if (scattersInputGradient(c)) scatteredGradientTask(c, tail, phase, task, worker, workspace);
  else correlationTask(c, tail, phase, task, worker, workspace);
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
