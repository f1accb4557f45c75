// The kernels for the least that every processor of the architecture has: SSE2, NEON.
#define RAPPEL_ISA baseline
#define RAPPEL_LANES 4
#include "define_table.h"

namespace rappel {

extern const KernelTable baselineKernels;
constexpr KernelTable baselineKernels = baseline::defineTable("baseline");

}  // namespace rappel
