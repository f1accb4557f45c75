/** Large blocks of the native engine's memory: kept for the next of their size, never more than was needed at once, and given back. */
import { afterEach, expect, test, vi } from "vitest";
import { EngineDevice } from "../../src/devices/engine/engine-device.ts";
import { loadEngine } from "../../src/devices/native/binding.ts";

const engine = loadEngine();
const megabyte = 2 ** 20;
const trim = () => engine.trim?.();

/** A buffer all of whose pages are there. */
function filled(megabytes: number, value = 1): number {
  const handle = engine.allocate(megabytes * megabyte);
  const part = new Uint8Array(megabyte).fill(value);
  for (let index = 0; index < megabytes; index++) engine.write(handle, index * megabyte, part);
  return handle;
}

function resident(): number {
  return process.memoryUsage().rss / megabyte;
}

function lastByte(handle: number, megabytes: number): number {
  const byte = new Uint8Array(1);
  engine.read(handle, megabytes * megabyte - 1, byte);
  return byte[0] as number;
}

afterEach(() => {
  while (trim());
  expect(engine.statistics()).toMatchObject({ liveBuffers: 0, liveBytes: 0 });
});

test("a block that was given back is the next one of its size", () => {
  for (const megabytes of [2, 3, 17, 64]) {
    const first = filled(megabytes, 42);
    engine.release(first);
    const second = engine.allocate(megabytes * megabyte - 5000);
    expect(lastByte(second, megabytes - 1)).toBe(42);
    // What is asked for while it is in use is another.
    const third = filled(megabytes, 7);
    expect(lastByte(second, megabytes - 1)).toBe(42);
    engine.release(second);
    engine.release(third);
  }
});

test("what is in use and what is kept are never more than what was in use at once", () => {
  const handles = Array.from({ length: 4 }, () => filled(64));
  const most = resident();
  for (const handle of handles) engine.release(handle);
  // None of those that are kept fits.
  const other = filled(192);
  expect(resident()).toBeLessThan(most + 30);
  engine.release(other);
});

test("what was not used between two calls of trim goes back to the system", () => {
  const before = resident();
  const handle = filled(128);
  engine.release(handle);
  expect(resident()).toBeGreaterThan(before + 100);
  expect(trim()).toBe(true);
  expect(resident()).toBeGreaterThan(before + 100);
  expect(trim()).toBe(false);
  expect(resident()).toBeLessThan(before + 30);
});

test("a block that is used again meanwhile stays", () => {
  engine.release(filled(64, 5));
  for (let round = 0; round < 3; round++) {
    expect(trim()).toBe(true);
    const again = engine.allocate(64 * megabyte);
    expect(lastByte(again, 64)).toBe(5);
    engine.release(again);
  }
});

test("when memory is short, what is kept does not stand in the way", () => {
  engine.release(filled(64));
  expect(() => engine.allocate(2 ** 52)).toThrow(/out of memory/);
  expect(trim()).toBe(false);
});

test("a device that is idle gives back what it keeps", () => {
  vi.useFakeTimers();
  try {
    const device = new EngineDevice("native", "C++ engine", engine, "of the test");
    const before = resident();
    const buffer = device.allocate("uint8", 128 * megabyte);
    const values = new Uint8Array(128 * megabyte).fill(1);
    device.write(buffer, values);
    device.release(buffer);
    expect(resident()).toBeGreaterThan(before + 200);
    vi.advanceTimersByTime(11_000);
    expect(resident()).toBeLessThan(before + 160);
    expect(vi.getTimerCount()).toBe(0);
    expect(values[0]).toBe(1); // and is still there itself
  } finally {
    vi.useRealTimers();
  }
});
