// Convolution, channels last: which kernel serves it. A pointwise one is a matmul, a depthwise one has its own loops; the others
// are correlations (output, input gradient), filter gradients, or, for an input with few channels, scattered products; 3 x 3 between whole vectors
// of channels goes through Winograd's transforms.
#pragma once
#include "../product/matmul.h"
#include "correlation.h"
#include "depthwise.h"
#include "filter_gradient.h"
#include "scattered_gradient.h"
#include "winograd_filter.h"

namespace rappel {
namespace RAPPEL_ISA {

enum class ConvolutionMethod { Pointwise, Depthwise, DepthwiseFilter, Filter, Scattered, Winograd, WinogradFilter, Correlation };

inline ConvolutionMethod convolutionMethod(const ConvolutionArguments& c) {
  // Every place by itself: the images are one tall matrix [batch * height * width, channels].
  const bool pointwise = c.kernelHeight == 1 && c.kernelWidth == 1 && c.strideHeight == 1 && c.strideWidth == 1 && c.padTop == 0 && c.padLeft == 0 &&
                         c.groups == 1 && c.inHeight == c.outHeight && c.inWidth == c.outWidth;
  const bool filterGradient = c.kind == ConvolutionKind::FilterGradient;
  if (pointwise) return ConvolutionMethod::Pointwise;
  if (isDepthwise(c)) return filterGradient ? ConvolutionMethod::DepthwiseFilter : ConvolutionMethod::Depthwise;
  if (filterGradient) return isWinogradFilter(c) ? ConvolutionMethod::WinogradFilter : ConvolutionMethod::Filter;
  if (isWinograd(c)) return ConvolutionMethod::Winograd;
  return scattersInputGradient(c) ? ConvolutionMethod::Scattered : ConvolutionMethod::Correlation;
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
  switch (convolutionMethod(c)) {
    case ConvolutionMethod::Pointwise: matmulSchedule(pointwiseMatmul(c), schedule); break;
    case ConvolutionMethod::Depthwise: depthwiseSchedule(c, schedule); break;
    case ConvolutionMethod::DepthwiseFilter: depthwiseFilterSchedule(c, schedule); break;
    case ConvolutionMethod::Filter: filterGradientSchedule(c, schedule); break;
    case ConvolutionMethod::Scattered: scatteredGradientSchedule(c, schedule); break;
    case ConvolutionMethod::Winograd: winogradSchedule(c, schedule); break;
    case ConvolutionMethod::WinogradFilter: winogradFilterSchedule(c, schedule); break;
    case ConvolutionMethod::Correlation: correlationSchedule(c, schedule); break;
  }
  const double in = static_cast<double>(c.batch) * c.inHeight * c.inWidth * c.inChannels;
  const double out = static_cast<double>(c.batch) * c.outHeight * c.outWidth * c.outChannels;
  const double taps = static_cast<double>(c.kernelHeight) * c.kernelWidth * (c.inChannels / c.groups);
  schedule.flops = 2 * out * taps;
  schedule.bytes = 4 * (in + out + taps * c.outChannels);
}

inline void convolutionTask(const ConvolutionArguments& c, const Tail& tail, int phase, int task, Worker& worker, char* workspace) {
  switch (convolutionMethod(c)) {
    case ConvolutionMethod::Pointwise: return matmulTask(pointwiseMatmul(c), tail, phase, task, worker, workspace);
    case ConvolutionMethod::Depthwise: return depthwiseTask(c, tail, task, worker);
    case ConvolutionMethod::DepthwiseFilter: return depthwiseFilterTask(c, tail, phase, task, worker, workspace);
    case ConvolutionMethod::Filter: return filterGradientTask(c, tail, phase, task, worker, workspace);
    case ConvolutionMethod::Scattered: return scatteredGradientTask(c, tail, phase, task, worker, workspace);
    case ConvolutionMethod::Winograd: return winogradTask(c, tail, phase, task, worker, workspace);
    case ConvolutionMethod::WinogradFilter: return winogradFilterTask(c, tail, phase, task, worker, workspace);
    case ConvolutionMethod::Correlation: return correlationTask(c, tail, phase, task, worker, workspace);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
