/** The engine on relaxed SIMD and several threads. */
import { testWasm } from "./wasm-suites.ts";

await testWasm("wasm128-relaxed", 2);
