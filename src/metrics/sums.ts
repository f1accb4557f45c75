/** Counts and sums over a whole data set, kept on the device between batches without losing what float32 cannot hold. */
import type { Shape } from "../graph/shape.ts";
import { add, less, minimum, subtract, where } from "../ops/elementwise.ts";
import { scatterAdd } from "../ops/linear.ts";
import { reshape } from "../ops/movement.ts";
import { fill, iota, ones, zeros } from "../tensor/creation.ts";
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
 * How often each of a number of cells was met: unweighted examples are counted in int32, weighted ones added up in float32. Made
 * at the first update, when the number of cells is known.
 */
export class CellCounts {
  readonly #name: string;
  #counts: Variable | undefined;
  #weights: Variable | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  get variables(): readonly Variable[] {
    return [this.#counts, this.#weights].filter((variable) => variable !== undefined);
  }

  /** The number of cells; undefined before the first update. */
  get size(): number | undefined {
    return this.variables[0]?.size;
  }

  /**
   * Counts each of some cells, int32 of any shape; a cell outside `[0, size)` is an error when it runs.
   *
   * @param weights In the cells' shape: float32, or int32 for whole numbers of times; without them each counts once.
   */
  add(cells: Tensor, size: number, weights?: Tensor): void {
    const flat = reshape(cells, [cells.size]);
    if (weights?.dtype === "float32") {
      this.#weights ??= new Variable(zeros([size]), { name: `${this.#name}/weights`, trainable: false });
      this.#weights.assign(add(this.#weights, scatterAdd(reshape(weights, [cells.size]), flat, { size })));
      return;
    }
    const times = weights ? reshape(weights, [cells.size]) : ones([cells.size], "int32");
    this.#counts ??= new Variable(zeros([size], "int32"), { name: `${this.#name}/counts`, trainable: false });
    this.#counts.assign(add(this.#counts, scatterAdd(times, flat, { size })));
  }

  reset(): void {
    for (const state of this.variables) state.assign(fill(state.shape, 0, state.dtype));
  }

  /** The sum of both for each cell; empty before the first update. */
  async read(): Promise<readonly number[]> {
    const parts = await Promise.all(this.variables.map((state) => state.data()));
    return Array.from({ length: this.size ?? 0 }, (_, cell) =>
      parts.reduce((sum, part) => sum + (part[cell] as number), 0),
    );
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
