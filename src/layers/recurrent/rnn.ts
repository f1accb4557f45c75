/**
 * RNN: several recurrent cells on top of one another that go through time together (Keras's RNN with StackedRNNCells, PyTorch's
 * `num_layers`): the output of a cell at a step is the input of the next one at the same step.
 *
 *   h[0][t] = x[t],   h[k][t] = cell k of (h[k-1][t], its own state)
 *
 * Input `[batch, time, features]`, perhaps with the states to begin with, all tensors of the first cell's, then of the second's …; output
 * that of the last cell, `[batch, units]` or `[batch, time, units]`; with `returnState` also the last states of all cells, in the same order.
 * Weights are the cells', `cell0/kernel` …, `cell1/kernel` …. A masked step leaves the states of all cells as they were.
 */
import { describe } from "../../graph/options.ts";
import { type Configuration, Registry, type SerializedObject, serialize } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import type { Mask } from "../mask.ts";
import type { CellLayer } from "./cell-layer.ts";
import { cellClasses, recurrentData } from "./recurrent-data.ts";
import { RecurrentLayer } from "./recurrent-layer.ts";
import { type TimeOptions, timeOptionNames } from "./recurrent-options.ts";

export interface RNNOptions extends TimeOptions {
  /** Recurrent layers, not built, of each of which a cell is made: `[layers.lstm({ units: 32 }), layers.gru({ units: 16 })]`. */
  cells: readonly (CellLayer | SerializedObject)[];
}

const cellLayers = /* @__PURE__ */ new Registry<CellLayer>("recurrent layer of one cell", cellClasses);

/** What the whole decides for its cells. */
const decided = ["returnState", "goBackwards", "stateful", "batchSize", "zeroOutputForMask"] as const;

/** Recurrent cells on top of one another. Made by `rnn`. */
export class RNN extends RecurrentLayer {
  static readonly className = "rnn";
  readonly className = RNN.className;
  readonly cells: readonly CellLayer[];
  readonly #given: readonly SerializedObject[];

  constructor(options: RNNOptions) {
    checkLayerOptions("rnn", options, { cells: true, ...timeOptionNames });
    super("rnn", options);
    const { cells } = options;
    if (!Array.isArray(cells) || cells.length === 0)
      throw new TypeError(
        `rnn: cells is ${describe(cells)}, expected recurrent layers in an array, such as [layers.lstm({ units: 32 })]`,
      );
    this.#given = cells.map((cell, index) => cellData(cell, index));
    this.cells = this.#given.map((cell, index) => this.addSublayer(`cell${index}`, this.#makeCell(cell, index)));
  }

  /** The cells run one after the other over the whole sequence, which gives the same as step by step together. */
  #makeCell({ className, config }: SerializedObject, index: number): CellLayer {
    const { returnState, stateful, batchSize } = this;
    const isLast = index === this.#given.length - 1;
    return cellLayers.create({
      className,
      config: {
        ...config,
        returnSequences: this.returnSequences || !isLast,
        returnState,
        // What a cell gives is in the order in which it was computed.
        goBackwards: this.goBackwards && index === 0,
        stateful,
        ...(batchSize !== undefined && { batchSize }),
        zeroOutputForMask: this.zeroOutputForMask && isLast,
      },
    });
  }

  /** Of the last cell. */
  get units(): number {
    return (this.cells.at(-1) as CellLayer).units;
  }

  /** How many tensors the states of all cells are. */
  get stateCount(): number {
    return this.cells.reduce((count, cell) => count + cell.stateCount, 0);
  }

  override buildAll(inputShapes: readonly Shape[]): void {
    this.beginBuild(inputShapes);
    this.setInputRequirement({ lastAxis: inputShapes[0]?.[1] as number });
    const states = this.#statesByCell(inputShapes.slice(1), (shape) => shape);
    let input = inputShapes[0] as Shape;
    for (const [index, cell] of this.cells.entries()) {
      cell.buildAll([input, ...(states[index] ?? [])]);
      input = cell.outputShape(input);
    }
  }

  /** The states that are given, cell by cell. @throws If they are not as many as the cells have. */
  #statesByCell<T>(states: readonly T[], shapeOf: (state: T) => Shape): readonly (readonly T[])[] {
    if (states.length === 0) return this.cells.map(() => []);
    if (states.length !== this.stateCount)
      throw new Error(
        `${this.path}: got a sequence and ${states.length} initial states, ${states.map((state) => formatShape(shapeOf(state))).join(", ")} ` +
          `for an example; expected none or ${this.stateCount}: ${this.cells.map(describeStates).join(", ")}`,
      );
    let at = 0;
    return this.cells.map(({ stateCount }) => {
      at += stateCount;
      return states.slice(at - stateCount, at);
    });
  }

  override resetStates(): void {
    for (const cell of this.cells) cell.resetStates();
  }

  override callOutputs([sequence, ...given]: readonly Tensor[], context: CallContext): readonly Tensor[] {
    const states = this.#statesByCell(given, ({ shape }) => shape.slice(1));
    const last: Tensor[] = [];
    let x = this.checkedInput(sequence as Tensor);
    let mask = context.masks?.[0];
    for (const [index, cell] of this.cells.entries()) {
      const [output, ...final] = cell.callOutputs([x, ...(states[index] ?? [])], { ...context, masks: [mask] });
      mask = cell.computeMask([x], [mask]);
      x = output as Tensor;
      last.push(...final);
    }
    return [x, ...last];
  }

  override computeMask(inputs: readonly Tensor[], masks: readonly Mask[]): Mask {
    return this.returnSequences ? this.cells[0]?.computeMask(inputs, masks) : undefined;
  }

  override outputShapes([sequence = [], ...given]: readonly Shape[]): readonly Shape[] {
    this.checkShape(sequence);
    const states = this.#statesByCell(given, (shape) => shape);
    let output = sequence;
    for (const [index, cell] of this.cells.entries()) output = cell.outputShapeAll([output, ...(states[index] ?? [])]);
    return [output, ...(this.returnState ? this.cells.flatMap(stateShapes) : [])];
  }

  override config(): Configuration {
    return { ...super.config(), cells: this.cells.map((cell) => withoutDecided(serialize(cell))) };
  }
}

function stateShapes({ stateCount, units }: CellLayer): readonly Shape[] {
  return Array.from({ length: stateCount }, () => [units]);
}

function describeStates(cell: CellLayer): string {
  return `${cell.stateCount === 1 ? "one" : cell.stateCount} of ${formatShape([cell.units])} for ${cell.name}`;
}

/** A cell as data. @throws If it is no recurrent layer of one cell, or has options that the whole decides. */
function cellData(cell: CellLayer | SerializedObject, index: number): SerializedObject {
  const data = recurrentData("rnn", `cells[${index}]`, cell);
  const wrong = decided.find((option) => data.config[option] !== undefined && data.config[option] !== false);
  if (wrong !== undefined)
    throw new TypeError(
      `rnn: cells[${index}] has ${wrong}: ${data.config[wrong]}, which holds for all cells; give it to rnn instead`,
    );
  return withoutDecided(data);
}

function withoutDecided({ className, config }: SerializedObject): SerializedObject {
  const names: readonly string[] = [...decided, "returnSequences"];
  return { className, config: Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name))) };
}

/**
 * Recurrent cells on top of one another: `[batch, time, features]` to the last one's `[batch, units]`, or `[batch, time, units]` with
 * `returnSequences`.
 *
 * With `returnState` the last states of all cells are further results; given as further inputs they are the states to begin with.
 *
 * @throws If a cell is no recurrent layer, is built already or has options that hold for all cells.
 * @example
 * layers.rnn({ cells: [layers.lstm({ units: 32 }), layers.gru({ units: 16 })], returnState: true });
 */
export function rnn(options: RNNOptions): RNN {
  return new RNN(options);
}
