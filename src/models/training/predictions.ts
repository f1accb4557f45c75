/** Predictions: what a model gave for one batch after the other, put together on the host. */
import { type DType, type TypedArray, typedArray } from "../../graph/dtype.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../graph/shape.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";

/** What is there of one output's predictions. */
interface Gathered {
  data: TypedArray;
  readonly dtype: DType;
  /** The shape of one example's. */
  readonly example: Shape;
}

/** The predictions so far, for each of a model's outputs. */
export class Predictions {
  readonly #owner: string;
  readonly #names: readonly string[];
  #capacity: number;
  #outputs: Gathered[] | undefined;
  #length = 0;
  #batches = 0;

  /**
   * @param owner What is called, for messages: `predict`.
   * @param names Of the model's outputs.
   * @param capacity How many examples are to come, where it is known.
   */
  constructor(owner: string, names: readonly string[], capacity = 0) {
    this.#owner = owner;
    this.#names = names;
    this.#capacity = capacity;
  }

  /**
   * Takes in a batch's, a tensor for each output.
   *
   * @throws If they are not one an example, or an example's shape is not that of the batches before.
   */
  async add(outputs: readonly Tensor[], examples: number): Promise<void> {
    for (const [index, { shape }] of outputs.entries()) this.#check(index, shape, examples);
    const values = await Promise.all(outputs.map((output) => output.data()));
    const end = this.#length + examples;
    if (end > this.#capacity) this.#capacity = Math.max(end, 2 * this.#capacity);
    this.#outputs ??= outputs.map(({ dtype, shape }) => ({
      data: typedArray(dtype, 0),
      dtype,
      example: shape.slice(1),
    }));
    for (const [index, gathered] of this.#outputs.entries()) {
      const size = sizeOf(gathered.example);
      if (gathered.data.length < size * end) {
        const larger = typedArray(gathered.dtype, size * this.#capacity);
        larger.set(gathered.data.subarray(0, size * this.#length));
        gathered.data = larger;
      }
      gathered.data.set(values[index] as TypedArray, size * this.#length);
    }
    this.#length = end;
    this.#batches++;
  }

  #check(index: number, shape: Shape, examples: number): void {
    const what = `${this.#owner}: the output ${this.#names[index] ?? index}`;
    if (shape[0] !== examples)
      throw new Error(
        `${what} has the shape ${formatShape(shape)} for a batch of ${examples} examples, expected [${examples}, ...]; ` +
          "predict puts batches together, so that each example must have a result of its own; call the model instead",
      );
    const before = this.#outputs?.[index];
    if (before && !sameShape(before.example, shape.slice(1)))
      throw new Error(
        `${what} has the shape ${formatShape(shape.slice(1))} for an example of batch ${this.#batches} (counted from 0), but ` +
          `${formatShape(before.example)} in the batches before; pad all examples to one length, or predict each batch by itself`,
      );
  }

  /** All of them, `[examples, ...]` for each output. */
  result(): readonly Tensor[] {
    return (this.#outputs ?? []).map(({ data, dtype, example }) =>
      tensor(data.subarray(0, sizeOf(example) * this.#length), { shape: [this.#length, ...example], dtype }),
    );
  }
}
