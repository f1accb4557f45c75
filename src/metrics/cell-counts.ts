/** Counts of many kinds over a whole data set, such as the cells of a confusion matrix, kept on the device between batches. */
import { add } from "../ops/elementwise.ts";
import { scatterAdd } from "../ops/linear.ts";
import { reshape } from "../ops/movement.ts";
import { fill, ones, zeros } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";

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
