/**
 * How near each case comes to what the hardware can do. Its floor is the longer of two times: its arithmetic at the measured peak of
 * multiply-adds, and the traffic that caches cannot save (every weight and input once, every updated weight back) at the measured
 * bandwidth of memory.
 */
import { getDevice, jit, ones, ops, type Tensor, tensor, Variable } from "rappel";
import { type Case, runStep } from "./cases.ts";
import { microsecondsPerStep } from "./protocol.ts";

export interface Machine {
  /** Of all threads. */
  readonly flopsPerSecond: number;
  /** Of going through 128 MB and writing them anew, bytes read and bytes written counted. */
  readonly bytesPerSecond: number;
}

/** Measures the machine. @throws On a device that has no peak, the reference one. */
export async function measureMachine(): Promise<Machine> {
  const device = getDevice();
  const flopsPerSecond = device.peakFlops?.();
  if (flopsPerSecond === undefined) throw new Error(`the ${device.name} device has no measured peak`);
  const elements = 32 * 2 ** 20;
  // In place, for the first touch of fresh memory is the operating system's time.
  const values = new Variable(ones([elements]));
  const scale = jit((factor: Tensor) => values.assign(ops.multiply(values, factor)));
  const factor = tensor(1);
  scale(factor);
  await device.finish();
  // The best of several, as for the peak: a shared machine's memory is often busy with others.
  let nanoseconds = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 20; attempt++) {
    const time = scale.profile(1, factor).reduce((sum, entry) => sum + entry.nanoseconds, 0);
    nanoseconds = Math.min(nanoseconds, time);
  }
  return { flopsPerSecond, bytesPerSecond: (2 * 4 * elements) / (nanoseconds * 1e-9) };
}

export interface ChainBandwidth {
  /** Of a fused elementwise chain whose results are new tensors, bytes read and bytes written counted. */
  readonly chain: number;
  /** Of copying as much from one Variable to another, whose memory is there already. */
  readonly copy: number;
}

/** Bytes a second of reading 64 MB and writing 64 MB, from the call to the end, the middle one of many. */
export async function measureChain(): Promise<ChainBandwidth> {
  const shape = [16 * 2 ** 20];
  const [from, to] = [new Variable(ones(shape)), new Variable(ones(shape))];
  const chain = jit(() => ops.maximum(ops.add(ops.multiply(from, 1.5), 0.25), 0));
  const copy = jit(() => to.assign(from));
  const bandwidth = async (run: () => void): Promise<number> => {
    const times: number[] = [];
    for (let call = 0; call < 60; call++) {
      const start = performance.now();
      run();
      await getDevice().finish();
      // The first results that are dropped are all new memory.
      if (call >= 20) times.push(performance.now() - start);
    }
    const middle = times.sort((a, b) => a - b)[times.length / 2] as number;
    return (8 * from.size) / (middle * 1e-3);
  };
  return { copy: await bandwidth(copy), chain: await bandwidth(chain) };
}

/** So much may stay in the processor's caches from one step to the next, and has no floor. */
const cachedBytes = 32e6;

export interface Roofline {
  readonly gflop: number;
  readonly floorMicroseconds: number;
  readonly microseconds: number;
}

export async function rooflineOf(prepared: Case, machine: Machine): Promise<Roofline> {
  await runStep(prepared);
  const flops = prepared.profile(1).reduce((sum, entry) => sum + entry.flops, 0);
  const arithmetic = flops / machine.flopsPerSecond;
  const traffic = Math.max(0, prepared.compulsoryBytes - cachedBytes) / machine.bytesPerSecond;
  return {
    gflop: flops / 1e9,
    floorMicroseconds: Math.max(arithmetic, traffic) * 1e6,
    microseconds: await microsecondsPerStep(() => runStep(prepared)),
  };
}
