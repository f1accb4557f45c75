/** A device that is still being loaded: what it is asked to do waits in order, so that nobody who computes has to wait first. */
import { compileProgram, explainProgram } from "../compiler/compile.ts";
import type { Graph } from "../compiler/graph.ts";
import { MissingPasses, setFurtherPasses } from "../compiler/missing-passes.ts";
import type { DType, TypedArray } from "../graph/dtype.ts";
import type { Device, DeviceBuffer, Executable, ProfileEntry, ProfilingExecutable } from "./device.ts";

class DeferredBuffer implements DeviceBuffer {
  readonly dtype: DType;
  readonly size: number;
  readonly owner: DeferredDevice;
  /** The loaded device's own, as soon as it has it. */
  inner: DeviceBuffer | undefined;

  constructor(dtype: DType, size: number, owner: DeferredDevice) {
    this.dtype = dtype;
    this.size = size;
    this.owner = owner;
  }
}

function innerOf(buffer: DeviceBuffer, owner: DeferredDevice): DeviceBuffer {
  if (!(buffer instanceof DeferredBuffer) || buffer.owner !== owner)
    throw new TypeError("a device was given a buffer of another device");
  if (!buffer.inner) throw new Error("a buffer is used that could not be allocated; the first error says why");
  return buffer.inner;
}

class DeferredExecutable implements ProfilingExecutable {
  readonly #device: DeferredDevice;
  readonly #graph: Graph;
  #inner: Executable | undefined;

  constructor(device: DeferredDevice, graph: Graph) {
    this.#device = device;
    this.#graph = graph;
    device.perform((loaded) => {
      const compile = () => {
        this.#inner = loaded.compile(graph);
      };
      try {
        compile();
      } catch (error) {
        if (error instanceof MissingPasses) return fetchFurtherPasses().then(compile);
        throw error;
      }
      return undefined;
    });
  }

  run(bindings: readonly DeviceBuffer[], times: number): void {
    this.#device.perform(() =>
      this.#compiled().run(
        bindings.map((buffer) => innerOf(buffer, this.#device)),
        times,
      ),
    );
  }

  explain(): string {
    // What the compiler made of the graph does not depend on the engine.
    return this.#inner?.explain() ?? explainProgram(compileProgram(this.#graph), this.#graph);
  }

  profile(bindings: readonly DeviceBuffer[], times: number): readonly ProfileEntry[] {
    const inner = this.#inner;
    if (!inner)
      throw new Error(`profile: the ${this.#device.name} device is still being loaded; await its finish() first`);
    if (!isProfiling(inner))
      throw new Error(`profile: the ${this.#device.name} device cannot time single instructions`);
    return inner.profile(
      bindings.map((buffer) => innerOf(buffer, this.#device)),
      times,
    );
  }

  release(): void {
    this.#device.perform(() => this.#compiled().release());
  }

  #compiled(): Executable {
    if (!this.#inner) throw new Error("a program runs that could not be loaded; the first error says why");
    return this.#inner;
  }
}

async function fetchFurtherPasses(): Promise<void> {
  const { furtherPasses } = await import("../compiler/further-passes.ts");
  setFurtherPasses(furtherPasses);
}

function isProfiling(executable: Executable): executable is ProfilingExecutable {
  return "profile" in executable;
}

/** What is done with a loaded device: at once, or until a promise resolves. */
type Action = (device: Device) => Promise<void> | undefined | void;

/**
 * Stands for a device until it is loaded, and passes on to it afterwards, but while it fetches what compiles a graph. What goes wrong with something that waited, or with the
 * loading itself, is thrown by the next `read` or `finish`.
 */
export class DeferredDevice implements Device {
  readonly #expected: string;
  readonly #loading: Promise<void>;
  #loaded: Device | undefined;
  /** Why there will be no device. */
  #refusal: Error | undefined;
  /** What all that comes later waits for, once the device is loaded. */
  #pause: Promise<void> | undefined;
  /** The first thing that went wrong with what had waited. */
  #failure: Error | undefined;
  readonly #waiting: Action[] = [];
  #waitingBuffers = 0;

  /** @param expected The device's name, as long as it is not loaded. */
  constructor(expected: string, loading: Promise<Device>) {
    this.#expected = expected;
    this.#loading = loading.then(
      (device) => this.#arrive(device),
      (error: unknown) => {
        this.#refusal = new Error(`the ${expected} device cannot be had: ${asError(error).message}`, { cause: error });
      },
    );
  }

  get name(): string {
    return this.#loaded?.name ?? this.#expected;
  }

  get description(): string {
    return this.#loaded?.description ?? this.#refusal?.message ?? `${this.#expected}: still being loaded`;
  }

  get threads(): number {
    return this.#loaded?.threads ?? 1;
  }

  get liveBuffers(): number {
    return (this.#loaded?.liveBuffers ?? 0) + this.#waitingBuffers;
  }

  get livePrograms(): number {
    return this.#loaded?.livePrograms ?? 0;
  }

  /** The device, if nothing waits for it any more. */
  get #ready(): Device | undefined {
    return this.#pause ? undefined : this.#loaded;
  }

  /** Does something as soon as the device is there: now, or after all that waits already. What comes later waits for its promise. */
  perform(action: Action): void {
    if (this.#refusal) throw this.#refusal;
    const device = this.#ready;
    if (!device) return void this.#waiting.push(action);
    const promise = action(device);
    if (promise) this.#waitFor(promise, device);
  }

  allocate(dtype: DType, size: number): DeviceBuffer {
    const buffer = new DeferredBuffer(dtype, size, this);
    const waits = !this.#ready;
    if (waits) this.#waitingBuffers++;
    this.perform((device) => {
      if (waits) this.#waitingBuffers--;
      buffer.inner = device.allocate(dtype, size);
    });
    return buffer;
  }

  release(buffer: DeviceBuffer): void {
    if (this.#refusal) return; // the collector gives back what was never had
    const waits = !this.#ready;
    if (waits) this.#waitingBuffers--;
    this.perform((device) => {
      if (waits) this.#waitingBuffers++;
      device.release(innerOf(buffer, this));
    });
  }

  write(buffer: DeviceBuffer, data: TypedArray): void {
    const given = this.#ready ? data : data.slice();
    this.perform((device) => device.write(innerOf(buffer, this), given));
  }

  async read(buffer: DeviceBuffer): Promise<TypedArray> {
    const device = await this.#arrived();
    return device.read(innerOf(buffer, this));
  }

  readIfDone(buffer: DeviceBuffer): TypedArray | undefined {
    return this.#failure ? undefined : this.#ready?.readIfDone(innerOf(buffer, this));
  }

  compile(graph: Graph): ProfilingExecutable {
    return new DeferredExecutable(this, graph);
  }

  async finish(): Promise<void> {
    const device = await this.#arrived();
    await device.finish();
  }

  cancel(): void {
    this.perform((device) => device.cancel());
  }

  async #arrived(): Promise<Device> {
    await this.#loading;
    while (this.#pause) await this.#pause;
    if (!this.#loaded) throw this.#refusal;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
    return this.#loaded;
  }

  #arrive(device: Device): void {
    this.#loaded = device;
    this.#goOn(device);
  }

  /** Does what waits, in order, until something of it takes time. */
  #goOn(device: Device): void {
    while (!this.#pause) {
      const action = this.#waiting.shift();
      if (!action) return;
      try {
        const promise = action(device);
        if (promise) this.#waitFor(promise, device);
      } catch (error) {
        this.#failure ??= asError(error);
      }
    }
  }

  #waitFor(promise: Promise<void>, device: Device): void {
    this.#pause = promise
      .catch((error: unknown) => {
        this.#failure ??= asError(error);
      })
      .then(() => {
        this.#pause = undefined;
        this.#goOn(device);
      });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
