/** The engine on SIMD128 and several threads, whose kernels wasm-128.test.ts tests thoroughly. */
import { testWasm } from "./wasm-suites.ts";

await testWasm("wasm128", 2, ["run", "kernels"]);
