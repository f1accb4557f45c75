/**
 * Which numbers of an example are indices: those that come unchanged to layers that look something up by them, such as embeddings, wherever
 * these stand in the model. Found in the graph of a call that is never computed.
 */
import type { DType } from "../../graph/dtype.ts";
import type { Node, Primitive, Values } from "../../graph/node.ts";
import { parameter } from "../../graph/primitives/leaf.ts";
import { sizeOf } from "../../graph/shape.ts";
import type { Layer } from "../../layers/layer.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { Trace, withTrace } from "../../tensor/trace.ts";
import { allLayers } from "../networks/network.ts";
import { watchLayers } from "../networks/watch-layers.ts";
import type { TrainableModel } from "../training/trainable.ts";

/** A layer that takes indices. */
export interface IndexReader {
  readonly path: string;
  /** The indices stay below it. */
  readonly limit: number;
  /** For each of the model's inputs, the places in an example that it reads. */
  readonly places: readonly (readonly number[])[];
}

/** Batches of a stream are checked one by one, all for the same layers. */
const known = new WeakMap<TrainableModel, { readonly key: string; readonly readers: readonly IndexReader[] }>();

/** The layers of a built model that take indices out of its inputs. */
export async function indexReadersOf(model: TrainableModel): Promise<readonly IndexReader[]> {
  const layers = allLayers(model.layers);
  const { inputSpecs } = model;
  if (layers.every(({ indexLimit }) => indexLimit === undefined)) return [];
  const inputs = inputSpecs.flatMap(({ shape, text }) =>
    shape
      ? [{ shape: text ? text.indicesShape(shape) : shape, dtype: text ? ("int32" as const) : ("float32" as const) }]
      : [],
  );
  if (inputs.length < inputSpecs.length) return [];
  const key = JSON.stringify([inputs, layers.map(({ path }) => path)]);
  const before = known.get(model);
  if (before?.key === key) return before.readers;
  const { referenceOf } = await import("../../graph/references.ts");
  const readers = findReaders(model, layers, inputs, new Numbering(referenceOf));
  known.set(model, { key, readers });
  return readers;
}

function findReaders(
  model: TrainableModel,
  layers: readonly Layer[],
  inputs: readonly { readonly shape: readonly number[]; readonly dtype: DType }[],
  numbering: Numbering,
): readonly IndexReader[] {
  const batch = layers.find(({ fixedBatchSize }) => fixedBatchSize !== undefined)?.fixedBatchSize ?? 1;
  const tensors = inputs.map(({ shape, dtype }) => {
    const node = parameter([batch, ...shape], dtype);
    numbering.add(node, batch);
    return new Tensor(node);
  });
  const readers = new Map<string, IndexReader>();
  const before = ({ path, indexLimit }: Layer, [x]: readonly Tensor[]) => {
    if (indexLimit === undefined || !x) return;
    const places = numbering.placesIn(x.node);
    // A layer inside another that hands its input on reads the same.
    const key = JSON.stringify([x.node.id, indexLimit]);
    if (places && !readers.has(key)) readers.set(key, { path, limit: indexLimit, places });
  };
  try {
    withTrace(new Trace(), () => watchLayers(layers, { before }, () => model.callAll(tensors, { training: false })));
  } catch {
    // A class with steps of its own may have no call, or take other things in it: what was seen until then holds.
  }
  return [...readers.values()];
}

/** Numbers the elements of inputs, from 1 on, and follows the numbers through what only moves elements. */
class Numbering {
  readonly #inputs: { readonly first: number; readonly size: number }[] = [];
  readonly #values = new Map<Node, Values | undefined>();
  #next = 1;
  readonly #referenceOf: (primitive: Primitive) => Primitive["reference"];

  constructor(referenceOf: (primitive: Primitive) => Primitive["reference"]) {
    this.#referenceOf = referenceOf;
  }

  /** Every example of a batch has the same numbers. */
  add(input: Node, batch: number): void {
    const size = sizeOf(input.shape) / batch;
    const first = this.#next;
    this.#inputs.push({ first, size });
    this.#values.set(
      input,
      Float64Array.from({ length: size * batch }, (_, index) => first + (index % size)),
    );
    this.#next += size;
  }

  /** For each input the places that an expression reads; undefined where it computes with anything. */
  placesIn(node: Node): readonly (readonly number[])[] | undefined {
    const numbers = this.#follow(node);
    const found = new Set(numbers);
    if (!numbers || found.size === 0) return undefined;
    return this.#inputs.map(({ first, size }) =>
      [...found].flatMap((number) => (number >= first && number < first + size ? [number - first] : [])),
    );
  }

  #follow(node: Node): Values | undefined {
    if (!this.#values.has(node)) this.#values.set(node, this.#moved(node));
    return this.#values.get(node);
  }

  #moved(node: Node): Values | undefined {
    const { primitive, inputs, attributes } = node;
    if (primitive.name === "cast")
      return attributes.dtype === "float32" || attributes.dtype === "int32"
        ? this.#follow(inputs[0] as Node)
        : undefined;
    if (primitive.kind === "view") {
      const moved = this.#follow(inputs[0] as Node);
      return moved && this.#referenceOf(primitive)(node, [moved]);
    }
    if (primitive.name !== "concatenate" && !(primitive.name === "pad" && (attributes.value ?? 0) === 0))
      return undefined;
    const parts = inputs.map((input) => this.#follow(input));
    if (parts.every((part) => part === undefined)) return undefined;
    // What comes from elsewhere has no number.
    return this.#referenceOf(primitive)(
      node,
      parts.map((part, index) => part ?? new Float64Array(sizeOf((inputs[index] as Node).shape))),
    );
  }
}
