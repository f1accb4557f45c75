// The kernels for WebAssembly with SIMD128, with or without relaxed SIMD: a module is compiled for the one or the other.
#define RAPPEL_ISA wasm128
#define RAPPEL_LANES 4
#include "define_table.h"

namespace rappel {

extern const KernelTable wasm128Kernels;
#if defined(__wasm_relaxed_simd__)
constexpr KernelTable wasm128Kernels = wasm128::defineTable("wasm128-relaxed");
#else
constexpr KernelTable wasm128Kernels = wasm128::defineTable("wasm128");
#endif

}  // namespace rappel
