// Which instruction set runs: the best that this processor has, or the one asked for by name.
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "../message.h"
#include "../platform.h"
#include "kernel_table.h"

namespace rappel {

#if defined(__x86_64__)
extern const KernelTable avx512AmxKernels;
extern const KernelTable avx512BFloat16Kernels;
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
constexpr const KernelTable* const tables[] = {&avx512AmxKernels, &avx512BFloat16Kernels, &avx512Kernels, &avx2Kernels, &baselineKernels};
#elif defined(__wasm__)
constexpr const KernelTable* const tables[] = {&wasm128Kernels};
#else
constexpr const KernelTable* const tables[] = {&baselineKernels};
#endif
constexpr int tableCount = sizeof(tables) / sizeof(tables[0]);

#if defined(__x86_64__)
// A bit of CPUID's leaf 7, where not every compiler has a name for it; registers are counted a, b, c, d.
bool hasFeature(unsigned subleaf, int which, int bit) {
  unsigned registers[4] = {};
  if (!__get_cpuid_count(7, subleaf, &registers[0], &registers[1], &registers[2], &registers[3])) return false;
  return registers[which] >> bit & 1;
}
#endif

bool runsHere(const KernelTable* table) {
#if defined(__x86_64__)
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
  if (table == &avx512Kernels) return avx512;
  if (table == &avx512BFloat16Kernels) return avx512 && hasFeature(1, 0, 5);  // AVX512_BF16
  if (table == &avx512AmxKernels) {
    return avx512 && hasFeature(1, 0, 5) && hasFeature(0, 3, 22) && hasFeature(0, 3, 24) && platform::permitTiles();  // AMX-BF16, AMX-TILE
  }
  if (table == &avx2Kernels) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return table == tables[tableCount - 1];  // the least that every processor has; a WebAssembly module with SIMD128 would not load without it
}

// Whether another table that runs here is faster. Intel's AVX-512 BF16 takes 1.7 times as long for our products as float32 with rounded
// operands (measured on Sapphire Rapids); there AMX is what is fast.
bool isSlower(const KernelTable* table) {
#if defined(__x86_64__)
  if (table == &avx512BFloat16Kernels) return __builtin_cpu_is("intel");
#endif
  return table == nullptr;
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
    if (wish ? !equal(name, table->name) : isSlower(table)) continue;
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
