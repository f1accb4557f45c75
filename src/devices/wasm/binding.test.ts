/** What is particular to the engine as WebAssembly: its memory, its threads, and runs in pieces. test/engine/ tests the rest. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { assemble, bitsOf } from "../../compiler/program.ts";
import { WasmEngine } from "./binding.ts";
import { wasmVariants } from "./variants.ts";
import { loadWasmEngine, openWasm } from "./wasm.node.ts";

const isBuilt = openWasm("a test asked for it").device !== undefined;

test("bytes that are no engine are refused", () => {
  expect(() => new WasmEngine(Uint8Array.of(1, 2, 3))).toThrow();
  const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  expect(() => new WasmEngine(emptyModule)).toThrow(/not this version's engine; rebuild it/);
});

describe.runIf(isBuilt)("the engine as WebAssembly", () => {
  const engine = isBuilt ? loadWasmEngine({ threads: 1, isa: "wasm128" }) : undefined;
  if (engine === undefined) return;

  /** A program that fills its binding of so many elements. */
  const filling = (elements: number) =>
    assemble({
      buffers: [{ kind: "binding", dtype: "float32", elements, place: 0 }],
      constants: [],
      instructions: [{ opcode: "fill", words: [elements, 0, 0, bitsOf(3, "float32")], label: "fill" }],
      arenaUnits: 0,
      bindings: 1,
    }).words;

  afterEach(() => expect(engine.statistics()).toMatchObject({ liveBuffers: 0, livePrograms: 0, liveBytes: 0 }));

  test("buffers of many sizes never overlap, whatever was released between", () => {
    let state = 1;
    const random = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const live: { handle: number; data: Uint8Array }[] = [];
    const check = ({ handle, data }: (typeof live)[number]) => {
      const read = new Uint8Array(data.length);
      engine.read(handle, 0, read);
      expect(Buffer.compare(read, data)).toBe(0);
      engine.release(handle);
    };
    for (let step = 0; step < 2000; step++) {
      if (live.length > 0 && random(5) < 2) live.splice(random(live.length), 1).forEach(check);
      else {
        const data = new Uint8Array(random(8) === 0 ? random(300_000) : random(500)).fill(step & 255);
        const handle = engine.allocate(data.length);
        engine.write(handle, 0, data);
        live.push({ handle, data });
      }
    }
    live.forEach(check);
  });

  test("memory that was released is used again, joined or divided", () => {
    // Ten times the address space in all, every round in larger pieces and released in another order.
    for (let round = 40; round > 0; round--) {
      const pieces = Array.from({ length: round }, () => engine.allocate(Math.floor(1e9 / round)));
      if (round % 3 === 0) pieces.reverse();
      if (round % 3 === 1) pieces.sort((a, b) => (a % 7) - (b % 7));
      for (const handle of pieces) engine.release(handle);
    }
  });

  test("memory ends at 4 GB, with an error that says so and nothing lost", () => {
    expect(() => engine.allocate(5e9)).toThrow(/5000000000 bytes were asked for while 0 buffers hold 0 bytes, of 4 GB/);
    expect(() => engine.allocate(4.29e9)).toThrow(/out of memory: 4290000000 bytes were asked for/);
    engine.release(engine.allocate(1000));
  });

  test("has one thread, and says so when more are asked for", () => {
    expect(engine.info()).toMatchObject({ isa: "wasm128", lanes: 4, threads: 1, whyOneThread: "one was asked for" });
    engine.setThreads(1);
    expect(() => engine.setThreads(2)).toThrow(/2 threads were asked for, .* only one: one was asked for/);
    expect(() => engine.setThreads(257)).toThrow(/integer from 1 to 256/);
  });

  test("a program for a buffer beyond its addresses is refused", () => {
    expect(() => engine.load(filling(2 ** 31 - 1))).toThrow(/buffer 0: it has 8589934588 bytes, more than this build/);
  });

  test("a long run lets the event loop turn about every 50 ms", async () => {
    const elements = 1_000_000;
    const program = engine.load(filling(elements));
    const handle = engine.allocate(4 * elements);
    // In processor time: others use the machine too.
    const milliseconds = () => process.cpuUsage().user / 1000;
    let longest = 0;
    let last = milliseconds();
    const timer = setInterval(() => {
      const now = milliseconds();
      longest = Math.max(longest, now - last);
      last = now;
    }, 5);
    expect(await engine.runAsync(program, Int32Array.of(handle), 1000)).toBe(1000);
    clearInterval(timer);
    expect(longest).toBeLessThan(300);
    engine.release(handle);
    engine.unload(program);
  });
});

test.runIf(isBuilt)("a page has little to fetch", () => {
  for (const { file } of wasmVariants) {
    const bytes = readFileSync(new URL(`../../../build/engine/${file}`, import.meta.url));
    expect(bytes.length, file).toBeLessThan(400_000);
    expect(gzipSync(bytes, { level: 9 }).length, file).toBeLessThan(110_000);
  }
});

describe.runIf(isBuilt)("the engine on shared memory", () => {
  const module = (file: string) => readFileSync(new URL(`../../../build/engine/${file}`, import.meta.url));

  test("has as many threads as it is told to, and may change them", () => {
    const engine = loadWasmEngine({ threads: 2 });
    expect(engine.info()).toMatchObject({ threads: 2 });
    expect(engine.info().whyOneThread).toBeUndefined();
    for (const count of [1, 3, 2]) {
      engine.setThreads(count);
      expect(engine.info().threads).toBe(count);
    }
  });

  test("computes on one thread where no worker can be started", () => {
    const alone = new WasmEngine(module("rappel-threads.wasm"), { threads: 4, whyOneThread: "workers are forbidden" });
    expect(alone.info()).toMatchObject({ threads: 1, whyOneThread: "workers are forbidden" });
    const refusing = new WasmEngine(module("rappel-threads.wasm"), {
      threads: 4,
      startWorker: () => {
        throw new Error("no more workers");
      },
    });
    expect(sumWith(refusing)).toBe(3e6);
  });

  test("a worker that comes late, or never, is not missed", () => {
    const engine = new WasmEngine(module("rappel-threads.wasm"), {
      threads: 4,
      startWorker: () => ({ terminate() {} }),
    });
    expect(sumWith(engine)).toBe(3e6);
    engine.setThreads(2);
    expect(sumWith(engine)).toBe(3e6);
  });

  // A process of its own sees the framework as users do.
  const isBundled = existsSync(new URL("../../../dist/index.js", import.meta.url));
  const code = `
    import { getDevice, ones, ops } from "rappel";
    const product = ops.matmul(ones([700, 700]), ones([700, 700]));
    console.log(getDevice().threads, (await product.data())[17]);`;

  test.runIf(isBundled)("its workers do not keep a process alive", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      encoding: "utf8",
      timeout: 30_000,
      env: { ...process.env, RAPPEL_DEVICE: "wasm", RAPPEL_THREADS: "3" },
      cwd: new URL("../../..", import.meta.url),
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("3 700\n");
    expect(status).toBe(0);
  });
});

/** The sum of three times a million ones, by a reduction of many tasks. */
function sumWith(engine: WasmEngine): number {
  const elements = 1_000_000;
  const { words } = assemble({
    buffers: [
      { kind: "binding", dtype: "float32", elements, place: 0 },
      { kind: "binding", dtype: "float32", elements, place: 1 },
    ],
    constants: [],
    instructions: [
      { opcode: "fill", words: [elements, 0, 0, bitsOf(3, "float32")], label: "fill" },
      { opcode: "copy", words: [1, elements, 0, 0, 1, 1, 0, 1], label: "copy" },
    ],
    arenaUnits: 0,
    bindings: 2,
  });
  const program = engine.load(words);
  const handles = Int32Array.of(engine.allocate(4 * elements), engine.allocate(4 * elements));
  engine.run(program, handles, 2);
  const result = new Float32Array(elements);
  engine.read(handles[1] as number, 0, result);
  for (const handle of handles) engine.release(handle);
  engine.unload(program);
  return result.reduce((sum, value) => sum + value, 0);
}
