// What the processor could do at the most: multiply-adds on registers and nothing else, the ceiling of every product.
#pragma once
#include "../../instruction.h"
#include "../../vector.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr int kPeakSums = kLanes == 16 ? 24 : 12;  // independent sums: they fill the pipelines and still fit the registers
constexpr long kPeakSteps = 20000;
constexpr double kPeakTaskFlops = 2.0 * kPeakSums * kLanes * kPeakSteps;

inline void peakTask(const Instruction& instruction, int, int task, Worker&) {
  Floats sums[kPeakSums];
  for (int i = 0; i < kPeakSums; i++) sums[i] = broadcast(1.0f + static_cast<float>(i + task));
  const Floats a = broadcast(0.5f), b = broadcast(1e-3f);
  for (long n = 0; n < kPeakSteps; n++) {
#pragma GCC unroll 24
    for (int i = 0; i < kPeakSums; i++) sums[i] = fma(sums[i], a, b);
  }
  Floats sum{};
  for (int i = 0; i < kPeakSums; i++) sum += sums[i];
  static_cast<float*>(instruction.arguments)[task] = sumOfLanes(sum);  // or the compiler would leave it all out
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
