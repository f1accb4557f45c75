/** The engine on relaxed SIMD and one thread, whose kernels wasm-relaxed-threads.test.ts tests thoroughly. */
import { testWasm } from "./wasm-suites.ts";

await testWasm("wasm128-relaxed", 1, ["run", "kernels"]);
