/**
 * How near each case comes to what the hardware can do. Its floor is the longer of two times: its arithmetic at the measured peak of
 * multiply-adds, and the traffic that caches cannot save (every weight and input once, every updated weight back) at the measured
 * bandwidth of memory. Many processors slow their widest multiply-adds down while these also move data, so there is a second floor, at
 * the peak that is left between the case's own steps.
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

function measurePeak(): number {
  const device = getDevice();
  const peak = device.peakFlops?.();
  if (peak === undefined) throw new Error(`the ${device.name} device has no measured peak`);
  return peak;
}

/** Measures the machine. @throws On a device that has no peak, the reference one. */
export async function measureMachine(): Promise<Machine> {
  let flopsPerSecond = 0;
  for (let attempt = 0; attempt < 40; attempt++) {
    flopsPerSecond = Math.max(flopsPerSecond, measurePeak());
    await new Promise((resolve) => setTimeout(resolve, 20)); // for a while all threads may be on one core
  }
  const elements = 32 * 2 ** 20;
  // In place, for the first touch of fresh memory is the operating system's time.
  const values = new Variable(ones([elements]));
  const scale = jit((factor: Tensor) => values.assign(ops.multiply(values, factor)));
  const factor = tensor(1);
  scale(factor);
  await getDevice().finish();
  // The best of several, as for the peak: a shared machine's memory is often busy with others.
  let nanoseconds = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 20; attempt++) {
    const time = scale.profile(1, factor).reduce((sum, entry) => sum + entry.nanoseconds, 0);
    nanoseconds = Math.min(nanoseconds, time);
  }
  return { flopsPerSecond, bytesPerSecond: (2 * 4 * elements) / (nanoseconds * 1e-9) };
}

/** Bytes read and bytes written a second, from a call to its end. */
export interface Bandwidth {
  /** Of the best call. */
  readonly best: number;
  /** Of the middle one. */
  readonly middle: number;
}

export interface ChainBandwidth {
  /** Of a fused elementwise chain whose results are new tensors. */
  readonly chain: Bandwidth;
  /** Of copying as much from one Variable to another, whose memory is there already. */
  readonly copy: Bandwidth;
}

/** Reads 64 MB and writes 64 MB, in both ways by turns: what else the machine does then meets both. */
export async function measureChain(): Promise<ChainBandwidth> {
  const shape = [16 * 2 ** 20];
  const [from, to] = [new Variable(ones(shape)), new Variable(ones(shape))];
  const chain = jit(() => ops.maximum(ops.add(ops.multiply(from, 1.5), 0.25), 0));
  const copy = jit(() => to.assign(from));
  const milliseconds = async (run: () => void): Promise<number> => {
    const start = performance.now();
    run();
    await getDevice().finish();
    return performance.now() - start;
  };
  const times = { chain: [] as number[], copy: [] as number[] };
  for (let call = 0; call < 80; call++) {
    const [ofChain, ofCopy] = [await milliseconds(chain), await milliseconds(copy)];
    if (call < 20) continue; // until results that were dropped come back, each is new memory
    times.chain.push(ofChain);
    times.copy.push(ofCopy);
  }
  const bandwidth = (list: number[]): Bandwidth => {
    const sorted = list.sort((a, b) => a - b);
    const [best, middle] = [sorted[0], sorted[sorted.length / 2]].map((ms = 0) => (8 * from.size) / (ms * 1e-3));
    return { best: best ?? 0, middle: middle ?? 0 };
  };
  return { chain: bandwidth(times.chain), copy: bandwidth(times.copy) };
}

/** So much may stay in the processor's caches from one step to the next, and has no floor. */
const cachedBytes = 32e6;

export interface Roofline {
  readonly gflop: number;
  readonly floorMicroseconds: number;
  /** The floor at the peak that is left between the steps. */
  readonly warmFloorMicroseconds: number;
  readonly microseconds: number;
}

export async function rooflineOf(prepared: Case, machine: Machine): Promise<Roofline> {
  await runStep(prepared);
  const flops = prepared.profile(1).reduce((sum, entry) => sum + entry.flops, 0);
  const traffic = Math.max(0, prepared.compulsoryBytes - cachedBytes) / machine.bytesPerSecond;
  const floorAt = (flopsPerSecond: number) => Math.max(flops / flopsPerSecond, traffic) * 1e6;
  const microseconds = await microsecondsPerStep(() => runStep(prepared));
  return {
    gflop: flops / 1e9,
    floorMicroseconds: floorAt(machine.flopsPerSecond),
    warmFloorMicroseconds: floorAt(await peakBetweenSteps(prepared)),
    microseconds,
  };
}

const peaksBetweenSteps = 15;
const millisecondsBefore = 50;

/** The middle of several peaks, each measured right after so much time full of steps. */
async function peakBetweenSteps(prepared: Case): Promise<number> {
  const peaks: number[] = [];
  while (peaks.length < peaksBetweenSteps) {
    const end = performance.now() + millisecondsBefore;
    do await runStep(prepared);
    while (performance.now() < end);
    peaks.push(measurePeak());
  }
  return peaks.sort((a, b) => a - b)[Math.floor(peaksBetweenSteps / 2)] as number;
}
