// Which instruction set runs: the best that this processor has, or the one asked for by name.
#include "../message.h"
#include "kernel_table.h"

namespace rappel {

#if defined(__x86_64__)
extern const KernelTable avx512Kernels;
extern const KernelTable avx2Kernels;
#endif
#if defined(__wasm__)
extern const KernelTable wasm128Kernels;
#else
extern const KernelTable baselineKernels;
#endif

namespace {

#if defined(__x86_64__)
constexpr const KernelTable* const tables[] = {&avx512Kernels, &avx2Kernels, &baselineKernels};
#elif defined(__wasm__)
constexpr const KernelTable* const tables[] = {&wasm128Kernels};
#else
constexpr const KernelTable* const tables[] = {&baselineKernels};
#endif
constexpr int tableCount = sizeof(tables) / sizeof(tables[0]);

bool runsHere(const KernelTable* table) {
#if defined(__x86_64__)
  if (table == &avx512Kernels) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
  }
  if (table == &avx2Kernels) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return table == tables[tableCount - 1];  // the least that every processor has; a WebAssembly module with SIMD128 would not load without it
}

bool equal(const char* a, const char* b) {
  while (*a && *a == *b) {
    a++;
    b++;
  }
  return *a == *b;
}

}  // namespace

KernelTables kernelTables() { return {tables, tableCount}; }

const KernelTable* selectKernels(const char* name, Message& reason) {
  const bool wish = name != nullptr && *name != 0;
  for (const KernelTable* table : tables) {
    if (wish && !equal(name, table->name)) continue;
    if (runsHere(table)) return table;
    if (wish) {
      reason.write("this processor cannot run the instruction set \"", name, "\" (RAPPEL_ISA); unset it to let Rappel choose");
      return nullptr;
    }
  }
  reason.write("there is no instruction set \"", wish ? name : "", "\" (RAPPEL_ISA); this build has");
  for (const KernelTable* table : tables) reason.write(" ", table->name);
  return nullptr;
}

}  // namespace rappel
