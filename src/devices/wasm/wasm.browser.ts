/** The wasm device in pages and their workers: the C++ engine as WebAssembly, compiled while it is fetched. */
import type { Device } from "../device.ts";
import { EngineDevice } from "../engine/engine-device.ts";
import type { DeviceOptions, WasmSource } from "../options.ts";
import { planWasmEngine } from "./plan.ts";
import type { WasmVariant } from "./variants.ts";
import { startWebWorker } from "./workers.browser.ts";

// Bundlers know this form: they copy the files and put their new addresses here. It is right from src/ and from dist/ alike.
const packagedModules: Readonly<Record<WasmVariant["file"], URL>> = {
  "rappel.wasm": new URL("../../../build/engine/rappel.wasm", import.meta.url),
  "rappel-threads.wasm": new URL("../../../build/engine/rappel-threads.wasm", import.meta.url),
  "rappel-relaxed.wasm": new URL("../../../build/engine/rappel-relaxed.wasm", import.meta.url),
  "rappel-relaxed-threads.wasm": new URL("../../../build/engine/rappel-relaxed-threads.wasm", import.meta.url),
};

/** @throws If it cannot be fetched, is not this version's engine, or cannot be had as asked for; the message names its address. */
export async function loadWasm(reason: string, options: DeviceOptions): Promise<Device> {
  const plan = planWasmEngine(options, navigator.hardwareConcurrency, startWebWorker);
  const module = await compileModule(options.wasm ?? packagedModules[plan.variant.file]);
  return new EngineDevice("wasm", "C++ engine as WebAssembly", plan.make(module), reason);
}

async function compileModule(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof Uint8Array) return WebAssembly.compile(source);
  const address = String(source);
  const response = await fetchModule(address);
  const type = response.headers.get("content-type") ?? "";
  try {
    if (type.startsWith("application/wasm")) return await WebAssembly.compileStreaming(response);
    return await WebAssembly.compile(new Uint8Array(await response.arrayBuffer()));
  } catch (error) {
    const found = type.startsWith("text/html") ? "; it is a page of HTML, so the server did not find the file" : "";
    throw new Error(`${address} is no WebAssembly module with SIMD that compiles here (${messageOf(error)})${found}`, {
      cause: error,
    });
  }
}

async function fetchModule(address: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: "same-origin" });
  } catch (error) {
    throw new Error(`${address} cannot be fetched (${messageOf(error)})`, { cause: error });
  }
  if (!response.ok) throw new Error(`${address} cannot be fetched (status ${response.status} ${response.statusText})`);
  return response;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
