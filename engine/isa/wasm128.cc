// The kernels for WebAssembly with SIMD128.
#define RAPPEL_ISA wasm128
#define RAPPEL_LANES 4
#include "define_table.h"

namespace rappel {

extern const KernelTable wasm128Kernels;
constexpr KernelTable wasm128Kernels = wasm128::defineTable("wasm128");

}  // namespace rappel
