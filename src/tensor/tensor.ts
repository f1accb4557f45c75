/// <reference lib="esnext.disposable" preserve="true" />
/** Tensor: an immutable, lazy handle on a Node. Building an expression computes nothing; asking for its data does. */
import { type DType, type TypedArray, toTypedArray } from "../graph/dtype.ts";
import { attributesIf, formatSignature, type Node, topologicalOrder } from "../graph/node.ts";
import { constantPrimitive, isLeaf } from "../graph/primitives/leaf.ts";
import { rewrite } from "../graph/rewrite.ts";
import { formatShape, type Shape, sizeOf } from "../graph/shape.ts";
import { compileCached } from "./executables.ts";
import { getDevice, leafOf, newStorage, type Storage, storageOf } from "./storage.ts";
import { activeTrace } from "./trace.ts";

/** Numbers in nested arrays, as deep as the tensor's rank. */
export type NestedArray = number | readonly NestedArray[];

/**
 * A multidimensional array of numbers. Its values are computed when they are first asked for, together with everything they
 * depend on; memory is freed when nothing refers to the tensor any more.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * const total = await sum(multiply(x, x)).item(); // 30
 */
export class Tensor {
  #node: Node;

  /** Tensors are made by functions (`tensor`, `add`, …); this is for those functions. */
  constructor(node: Node) {
    this.#node = node;
  }

  /** The expression that this tensor stands for. */
  get node(): Node {
    return this.#node;
  }

  /** The dimensions, outermost first; `[]` for a scalar. */
  get shape(): Shape {
    return this.node.shape;
  }

  get dtype(): DType {
    return this.node.dtype;
  }

  /** The number of dimensions. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /**
   * The values, row-major: a Float32Array, Int32Array or Uint8Array (for uint8 and bool).
   *
   * @throws Inside `jit`, where values do not exist yet; return the tensor from the function instead.
   */
  async data(): Promise<TypedArray> {
    const [storage] = realize([this]) as [Storage];
    return storage.read();
  }

  /**
   * The value of a tensor with one element.
   *
   * @throws If it has more or fewer than one.
   */
  async item(): Promise<number> {
    if (this.size !== 1)
      throw new Error(`item: ${formatSignature(this)} has ${this.size} elements, expected 1; use data() or array()`);
    return (await this.data())[0] as number;
  }

  /** The values as nested JavaScript arrays, `shape` deep; a number for a scalar. */
  async array(): Promise<NestedArray> {
    return nest(await this.data(), this.shape);
  }

  /** Frees the values now rather than when the collector finds them unused; the tensor may not be used afterwards. */
  [Symbol.dispose](): void {
    storageOf(realized.get(this.#node) ?? this.#node)?.release();
  }

  toString(): string {
    return `Tensor ${formatSignature(this)}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

function nest(data: TypedArray, shape: Shape): NestedArray {
  if (shape.length === 0) return data[0] as number;
  const [length, ...inner] = shape as [number, ...number[]];
  const step = sizeOf(inner);
  return Array.from({ length }, (_, index) => nest(data.subarray(index * step, (index + 1) * step), inner));
}

/** Nodes whose values are known, with the leaf that stands for them: nothing is computed twice. */
const realized = new WeakMap<Node, Node>();

/** The leaf with a node's values, if they are on the device that computes: equal expressions are one node, on whichever device. */
function realizedHere(node: Node): Node | undefined {
  const leaf = realized.get(node);
  return leaf && storageOf(leaf)?.device === getDevice() ? leaf : undefined;
}

/** The expressions of `outputs` in terms of leaves that have values. */
export function resolve(outputs: readonly Node[]): Node[] {
  // Of a function that is traced hardly anything is known.
  if (!topologicalOrder(outputs).some((node) => realizedHere(node))) return [...outputs];
  const known = rewrite(outputs, (node) => realizedHere(node) ?? node);
  return outputs.map((output) => realizedHere(output) ?? (known.get(output) as Node));
}

/**
 * Puts leaves bound to their values in the place of constant arrays. They are the keys of random numbers, new ones at each draw, and
 * what differs only in them is to be one program.
 */
function bindArrays(outputs: readonly Node[]): { readonly outputs: Node[]; readonly bound: Storage[] } {
  const bound: Storage[] = [];
  const replaced = rewrite(outputs, (node) => {
    const values = node.shape.length > 0 && attributesIf(node, constantPrimitive)?.values;
    if (!values) return node;
    const storage = newStorage(node.shape, node.dtype);
    storage.device.write(storage.buffer, toTypedArray(node.dtype, values));
    bound.push(storage);
    return leafOf(storage, node.shape);
  });
  return { outputs: outputs.map((output) => replaced.get(output) as Node), bound };
}

/**
 * Computes expressions together, in one program, each into a new storage of its own. Returns when the work is submitted;
 * reading waits for it.
 */
export function compute(nodes: readonly Node[]): Storage[] {
  if (activeTrace())
    throw new Error("jit: values do not exist while a function is traced; return the tensor and read it outside");
  const { outputs, bound } = bindArrays(resolve(nodes));
  const parameters = topologicalOrder(outputs).filter(isLeaf);
  const bindings = parameters.map(boundStorage);
  const results = outputs.map((output) => newStorage(output.shape, output.dtype));
  const executable = compileCached({ parameters, outputs, updates: [] });
  executable.run(
    [...bindings, ...results].map((storage) => storage.buffer),
    1,
  );
  for (const storage of bound) storage.release();
  return results;
}

/** Computes those tensors that have no values yet, and returns the storages of all. */
export function realize(tensors: readonly Tensor[]): Storage[] {
  const nodes = tensors.map((tensor) => tensor.node);
  const isPending = (node: Node) => !storageOf(node) && !realized.has(node);
  if (nodes.some(isPending)) {
    const pending = [...new Set(nodes.filter(isPending))];
    for (const [index, storage] of compute(pending).entries()) {
      const node = pending[index] as Node;
      realized.set(node, leafOf(storage, node.shape));
    }
  }
  return nodes.map((node) => boundStorage(realized.get(node) ?? node));
}

/** The storage bound to a leaf. @throws If the leaf belongs to a trace, or was disposed of. */
export function boundStorage(leaf: Node): Storage {
  const storage = storageOf(leaf);
  if (!storage)
    throw new Error(
      `${formatSignature(leaf)} is an argument of a function traced by jit and has no value outside of it; return it from the function`,
    );
  if (storage.released) throw new Error(`${formatSignature(leaf)} was disposed of and cannot be used any more`);
  return storage;
}

/**
 * A tensor from numbers: nested arrays, or a flat or typed array with a shape.
 *
 * @param values Nested arrays of equal lengths, a number, or a flat array of row-major values.
 * @param shape The dimensions; by default those of the nested arrays.
 * @param dtype By default float32, or what a typed array carries (Uint8Array: uint8).
 * @throws If the arrays are ragged or the number of values does not fill the shape.
 * @example
 * tensor([[1, 2, 3], [4, 5, 6]]).shape; // [2, 3]
 * tensor(new Float32Array(6), { shape: [2, 3] });
 */
export function tensor(values: NestedArray | TypedArray, options: { shape?: Shape; dtype?: DType } = {}): Tensor {
  const typed = ArrayBuffer.isView(values);
  const flat: ArrayLike<number> = typed ? values : flatten(values);
  const shape = options.shape ?? (typed ? [flat.length] : shapeOf(values));
  const dtype =
    options.dtype ?? (values instanceof Int32Array ? "int32" : values instanceof Uint8Array ? "uint8" : "float32");
  if (sizeOf(shape) !== flat.length)
    throw new Error(
      `tensor: ${flat.length} values do not fill the shape ${formatShape(shape)} of ${sizeOf(shape)} elements`,
    );
  const storage = newStorage(shape, dtype);
  storage.device.write(storage.buffer, toTypedArray(dtype, flat));
  return new Tensor(leafOf(storage, shape));
}

function shapeOf(values: NestedArray): Shape {
  if (typeof values === "number") return [];
  return [values.length, ...(values.length > 0 ? shapeOf(values[0] as NestedArray) : [])];
}

function flatten(values: NestedArray): number[] {
  const shape = shapeOf(values);
  const result: number[] = [];
  const visit = (part: NestedArray, depth: number, path: string): void => {
    const isNumber = typeof part === "number";
    if (isNumber !== (depth === shape.length) || (!isNumber && part.length !== shape[depth]))
      throw new Error(
        `tensor: the arrays are ragged: ${path || "the value"} does not fit the shape ${formatShape(shape)} of the first elements`,
      );
    if (isNumber) result.push(part);
    else for (const [index, inner] of part.entries()) visit(inner, depth + 1, `${path}[${index}]`);
  };
  visit(values, 0, "");
  return result;
}
