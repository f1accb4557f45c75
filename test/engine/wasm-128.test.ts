/** The engine on SIMD128 and one thread. */
import { testWasm } from "./wasm-suites.ts";

await testWasm("wasm128", 1);
