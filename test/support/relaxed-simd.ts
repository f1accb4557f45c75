/** Relaxed SIMD for tests on Node 20, which has it behind a flag. */
import { setFlagsFromString } from "node:v8";

/** Before the first WebAssembly module is compiled; later versions of Node need nothing. */
export function enableRelaxedSimd(): void {
  if (Number(process.versions.node.split(".")[0]) < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
