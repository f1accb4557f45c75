/** Device memory with an owner that JavaScript's garbage collector watches: nobody disposes of tensors by hand. */

import type { Device, DeviceBuffer } from "../devices/device.ts";
import type { DeviceOptions } from "../devices/options.ts";
import { openDevice } from "../devices/select.ts";
import type { DType, TypedArray } from "../graph/dtype.ts";
import type { Node } from "../graph/node.ts";
import { parameter } from "../graph/primitives/leaf.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";

interface Allocation {
  readonly device: Device;
  readonly buffer: DeviceBuffer;
}

const collector = new FinalizationRegistry<Allocation>(({ device, buffer }) => device.release(buffer));

/** Storages that are being read, held here so that none is collected before its values have come. */
const reading = new Set<{ readonly storage: Storage }>();

/** So many values are as soon copied as a buffer is made for them. */
const mostHostValues = 16;

/**
 * The values of a realised tensor or variable. Freed when nothing refers to it any more, or at once by `release`.
 *
 * A few values may lie in an array of JavaScript's, which costs the collector little, until a program asks for their buffer.
 */
export class Storage {
  readonly device: Device;
  readonly dtype: DType;
  readonly size: number;
  released = false;
  #buffer: DeviceBuffer | undefined;
  #values: TypedArray | undefined;

  /** @param values Already known; by default undefined ones on the device. */
  constructor(device: Device, dtype: DType, size: number, values?: TypedArray) {
    this.device = device;
    this.dtype = dtype;
    this.size = size;
    if (values) this.#values = values;
    else this.#buffer = this.#allocate();
  }

  #allocate(): DeviceBuffer {
    const buffer = this.device.allocate(this.dtype, this.size);
    collector.register(this, { device: this.device, buffer }, this);
    return buffer;
  }

  /** Where the values lie on the device. */
  get buffer(): DeviceBuffer {
    if (this.#buffer) return this.#buffer;
    const buffer = this.#allocate();
    if (this.#values) this.device.write(buffer, this.#values);
    this.#buffer = buffer;
    this.#values = undefined;
    return buffer;
  }

  /** A storage of the same few values in JavaScript's memory; undefined if there are more, or if they are not there yet. */
  copyIfDone(): Storage | undefined {
    if (this.size > mostHostValues) return undefined;
    const values = this.device.readIfDone(this.buffer);
    return values && new Storage(this.device, this.dtype, this.size, values);
  }

  /** The values, however little refers to the storage while they are waited for. */
  async read(): Promise<TypedArray> {
    const values = this.#values?.slice();
    if (values) {
      await this.device.finish();
      return values;
    }
    const hold = { storage: this };
    reading.add(hold);
    try {
      return await this.device.read(this.buffer);
    } finally {
      reading.delete(hold);
    }
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    if (!this.#buffer) return;
    collector.unregister(this);
    this.device.release(this.#buffer);
  }
}

const storages = new WeakMap<Node, Storage>();

/** A new leaf of the graph that stands for the values in `storage`. */
export function leafOf(storage: Storage, shape: Shape): Node {
  const leaf = parameter(shape, storage.dtype);
  storages.set(leaf, storage);
  return leaf;
}

export function storageOf(leaf: Node): Storage | undefined {
  return storages.get(leaf);
}

let current: Device | undefined;

/** The device on which new values live and programs run; opened at first use. */
export function getDevice(): Device {
  current ??= openDevice();
  return current;
}

/**
 * Makes `device` (or the one of that name) compute from now on. Tensors that live on another device stay there.
 *
 * @param device One that was opened before, or a name: `native`, `wasm`, `reference`, or `auto` for the fastest that works here.
 * @param options Where the engine comes from, for a device given by name.
 * @throws If the name is unknown or the device cannot be had here: a named device is never replaced by another. In a page a device
 *   is loaded while the script goes on; if that fails, the first result that is read tells.
 * @example
 * setDevice("wasm", { wasm: "https://example.org/rappel.wasm" });
 */
export function setDevice(device: Device | string, options?: DeviceOptions): Device {
  current = typeof device === "string" ? openDevice(device, options) : device;
  return current;
}

export function newStorage(shape: Shape, dtype: DType): Storage {
  return new Storage(getDevice(), dtype, sizeOf(shape));
}
