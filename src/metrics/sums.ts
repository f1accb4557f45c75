/** Counts and sums over a whole data set, kept on the device between batches without losing what float32 cannot hold. */
import type { Shape } from "../graph/shape.ts";
import { add, subtract } from "../ops/elementwise.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";

/** A running int32 count. */
export class Count {
  readonly variable: Variable;

  constructor(name: string) {
    this.variable = new Variable(fill([], 0, "int32"), { name, trainable: false });
  }

  /** Adds an int32 scalar. */
  add(value: Tensor | number): void {
    this.variable.assign(add(this.variable, value));
  }

  reset(): void {
    this.variable.assign(fill([], 0, "int32"));
  }

  read(): Promise<number> {
    return this.variable.item();
  }
}

/**
 * A running float32 sum with the rounding errors kept beside it (Knuth's two-sum), so that it is exact to about 48 bits: a
 * count of examples or a sum of losses does not stall once it is large.
 */
export class CompensatedSum {
  readonly #sum: Variable;
  readonly #error: Variable;

  /** @param shape One sum by default, or a tensor of them. */
  constructor(name: string, shape: Shape = []) {
    this.#sum = new Variable(fill(shape, 0), { name, trainable: false });
    this.#error = new Variable(fill(shape, 0), { name: `${name} error`, trainable: false });
  }

  get variables(): readonly Variable[] {
    return [this.#sum, this.#error];
  }

  /** Adds a float32 scalar, or a tensor of the sums' shape. */
  add(value: Tensor): void {
    const before: Tensor = this.#sum;
    const after = add(before, value);
    const added = subtract(after, before);
    const error = add(subtract(before, subtract(after, added)), subtract(value, added));
    this.#error.assign(add(this.#error, error));
    this.#sum.assign(after);
  }

  reset(): void {
    for (const variable of this.variables) variable.assign(fill(variable.shape, 0));
  }

  async read(): Promise<number> {
    return (await this.readAll())[0] as number;
  }

  /** Every sum, in row-major order. */
  async readAll(): Promise<readonly number[]> {
    const [sums, errors] = await Promise.all([this.#sum.data(), this.#error.data()]);
    // The error of an infinite sum is NaN.
    return Array.from(sums, (sum, index) => (Number.isFinite(sum) ? sum + (errors[index] as number) : sum));
  }
}
