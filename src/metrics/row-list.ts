/** Numbers of every example of a data set, kept on the device between batches. */
import { add, less, minimum, where } from "../ops/elementwise.ts";
import { scatterAdd } from "../ops/linear.ts";
import { iota, zeros } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { Count } from "./sums.ts";

/**
 * Rows of numbers with a weight each, kept one after another in memory of a fixed size: for what cannot be summed up, such as the
 * order of all scores.
 */
export class RowList {
  readonly #capacity: number;
  readonly #count: Count;
  readonly #name: string;
  #columns: readonly Variable[] | undefined;

  /** @param capacity How many rows are kept; those after them are counted only. */
  constructor(name: string, capacity: number) {
    this.#name = name;
    this.#capacity = capacity;
    this.#count = new Count(`${name}/rows`);
  }

  get variables(): readonly Variable[] {
    return [this.#count.variable, ...(this.#columns ?? [])];
  }

  /** The number of columns; undefined before the first row. */
  get width(): number | undefined {
    return this.#columns?.length;
  }

  /** Adds rows: for each column `[rows]`, float32. */
  add(columns: readonly Tensor[]): void {
    const rows = columns[0]?.size ?? 0;
    this.#columns ??= columns.map(
      (_, at) => new Variable(zeros([this.#capacity]), { name: `${this.#name}/column${at}`, trainable: false }),
    );
    const place = add(iota([rows]), this.#count.variable);
    const fits = less(place, this.#capacity);
    const kept = minimum(place, this.#capacity - 1);
    for (const [at, column] of columns.entries()) {
      const variable = this.#columns[at] as Variable;
      variable.assign(add(variable, scatterAdd(where(fits, column, 0), kept, { size: this.#capacity })));
    }
    this.#count.add(rows);
  }

  reset(): void {
    this.#count.reset();
    for (const column of this.#columns ?? []) column.assign(zeros(column.shape));
  }

  /** The columns as far as they are filled, and how many rows there were in all. */
  async read(): Promise<{ readonly rows: number; readonly columns: readonly Float32Array[] }> {
    const [rows, ...data] = await Promise.all([
      this.#count.read(),
      ...(this.#columns ?? []).map((column) => column.data()),
    ]);
    const kept = Math.min(rows, this.#capacity);
    return { rows, columns: data.map((column) => Float32Array.from(column.subarray(0, kept))) };
  }
}
