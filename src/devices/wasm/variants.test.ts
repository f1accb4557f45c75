import { describe, expect, test } from "vitest";
import { chooseVariant, probeWasmHost, type WasmHost } from "./variants.ts";

const able: WasmHost = { relaxedSimd: true, whyNotShared: undefined, cores: 4 };

describe("the WebAssembly module", () => {
  test("is the fastest that runs here", () => {
    const file = (host: Partial<WasmHost>) => chooseVariant({}, { ...able, ...host }).variant.file;
    expect(file({})).toBe("rappel-relaxed-threads.wasm");
    expect(file({ cores: 1 })).toBe("rappel-relaxed.wasm");
    expect(file({ whyNotShared: "it is closed" })).toBe("rappel-relaxed.wasm");
    expect(file({ relaxedSimd: false })).toBe("rappel-threads.wasm");
    expect(file({ relaxedSimd: false, whyNotShared: "it is closed" })).toBe("rappel.wasm");
  });

  test("has a thread for every processor, or one and says why", () => {
    expect(chooseVariant({}, able)).toMatchObject({ threads: 4, whyOneThread: undefined });
    expect(chooseVariant({}, { ...able, whyNotShared: "it is closed" })).toMatchObject({
      threads: 1,
      whyOneThread: "it is closed",
    });
    expect(chooseVariant({ threads: 1 }, able)).toMatchObject({ threads: 1, whyOneThread: "one was asked for" });
    expect(chooseVariant({}, { ...able, cores: 1 })).toMatchObject({
      threads: 1,
      whyOneThread: "there is one processor",
    });
  });

  test("is the one that was asked for, or none", () => {
    expect(chooseVariant({ isa: "wasm128", threads: 2 }, able).variant.file).toBe("rappel-threads.wasm");
    expect(chooseVariant({ isa: "wasm128-relaxed", threads: 1 }, able).variant.file).toBe("rappel-relaxed.wasm");
    expect(() => chooseVariant({ isa: "avx2" }, able)).toThrow(
      'there is no instruction set "avx2" as WebAssembly (RAPPEL_ISA); there are wasm128-relaxed, wasm128',
    );
    expect(() => chooseVariant({ isa: "wasm128-relaxed" }, { ...able, relaxedSimd: false })).toThrow(
      /no relaxed SIMD here/,
    );
    expect(() => chooseVariant({ threads: 2 }, { ...able, whyNotShared: "it is closed" })).toThrow(
      "2 threads were asked for (RAPPEL_THREADS), but there can be only one: it is closed",
    );
  });

  test("Node shares memory, and has relaxed SIMD from version 22", () => {
    const host = probeWasmHost(2);
    expect(host.whyNotShared).toBeUndefined();
    if (Number(process.versions.node.split(".")[0]) >= 22) expect(host.relaxedSimd).toBe(true);
  });

  test("a page that is not isolated learns how to mend that", () => {
    Reflect.set(globalThis, "crossOriginIsolated", false);
    try {
      expect(probeWasmHost(2).whyNotShared).toMatch(/not cross-origin isolated.*Cross-Origin-Embedder-Policy/);
    } finally {
      Reflect.deleteProperty(globalThis, "crossOriginIsolated");
    }
  });
});
