/** The engine's own tests once more, on the engine as WebAssembly. */
import { test } from "vitest";
import { openWasm } from "../../src/devices/wasm/wasm.node.ts";

const { device, reason } = openWasm("a test asked for it");

if (device) {
  // The kit looks at it when it is loaded.
  process.env.RAPPEL_DEVICE = "wasm";
  await import("./kernels.test.ts");
  await import("./loader.test.ts");
  await import("./map.test.ts");
  await import("./math.test.ts");
  await import("./operators.test.ts");
  await import("./reduce.test.ts");
  await import("./run.test.ts");
} else {
  if (process.env.RAPPEL_REQUIRE_WASM === "1") throw new Error(reason);
  test.skip("the engine is not built as WebAssembly", () => {});
}
