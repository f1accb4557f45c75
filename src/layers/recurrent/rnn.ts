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
import { checkBoolean, checkInteger, describe } from "../../graph/options.ts";
import { type Configuration, type SerializedObject, serialize } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import type { Mask } from "../mask.ts";
import { recurrentData, recurrentFromData } from "./recurrent-data.ts";
import type { RecurrentLayer } from "./recurrent-layer.ts";

export interface RNNOptions extends LayerOptions {
  /** Recurrent layers, not built, of each of which a cell is made: `[layers.lstm({ units: 32 }), layers.gru({ units: 16 })]`. */
  cells: readonly (RecurrentLayer | SerializedObject)[];
  /** Whether to return the last cell's output at every step rather than only at the last; default false. */
  returnSequences?: boolean;
  /** Whether to return the last states of all cells beside the output; default false. */
  returnState?: boolean;
  /** Whether to begin with the last step; a sequence then comes out in that order. Default false. */
  goBackwards?: boolean;
  /** Whether a batch begins with the states that the one before has ended with, until `resetStates`; default false. */
  stateful?: boolean;
  /** The number of examples of every batch of a stateful layer. */
  batchSize?: number;
  /** Whether a masked step gives zeros rather than the output of the step before; default false. */
  zeroOutputForMask?: boolean;
}

/** What the whole decides for its cells. */
const decided = ["returnState", "goBackwards", "stateful", "batchSize", "zeroOutputForMask"] as const;

/** Recurrent cells on top of one another. Made by `rnn`. */
export class RNN extends Layer {
  static readonly className = "rnn";
  readonly className = RNN.className;
  override readonly supportsMasking = true;
  readonly cells: readonly RecurrentLayer[];
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly batchSize: number | undefined;
  readonly zeroOutputForMask: boolean;
  readonly #given: readonly SerializedObject[];

  constructor(options: RNNOptions) {
    checkLayerOptions("rnn", options, {
      cells: true,
      returnSequences: true,
      returnState: true,
      goBackwards: true,
      stateful: true,
      batchSize: true,
      zeroOutputForMask: true,
    });
    super("rnn", options);
    const { cells, returnSequences = false, returnState = false, goBackwards = false } = options;
    const { stateful = false, batchSize, zeroOutputForMask = false } = options;
    const flags = { returnSequences, returnState, goBackwards, stateful, zeroOutputForMask };
    for (const [name, value] of Object.entries(flags)) checkBoolean("rnn", name, value);
    if (batchSize !== undefined) checkInteger("rnn", "batchSize", batchSize, 1);
    if (!Array.isArray(cells) || cells.length === 0)
      throw new TypeError(
        `rnn: cells is ${describe(cells)}, expected recurrent layers in an array, such as [layers.lstm({ units: 32 })]`,
      );
    this.returnSequences = returnSequences;
    this.returnState = returnState;
    this.goBackwards = goBackwards;
    this.stateful = stateful;
    this.batchSize = batchSize;
    this.zeroOutputForMask = zeroOutputForMask;
    this.#given = cells.map((cell, index) => cellData(cell, index));
    this.cells = this.#given.map((cell, index) => this.addSublayer(`cell${index}`, this.#makeCell(cell, index)));
    this.setInputRequirement({ rank: 2, axes: "[time, features]" });
  }

  /** The cells run one after the other over the whole sequence, which gives the same as step by step together. */
  #makeCell({ className, config }: SerializedObject, index: number): RecurrentLayer {
    const { returnState, stateful, batchSize } = this;
    const isLast = index === this.#given.length - 1;
    return recurrentFromData({
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

  /** How many tensors the states of all cells are. */
  get stateCount(): number {
    return this.cells.reduce((count, cell) => count + cell.stateCount, 0);
  }

  override build(inputShape: Shape): void {
    this.buildAll([inputShape]);
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

  /** Lets a stateful layer begin anew, with states of zeros. */
  resetStates(): void {
    for (const cell of this.cells) cell.resetStates();
  }

  override get fixedBatchSize(): number | undefined {
    return this.stateful ? this.batchSize : undefined;
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.callOutputs([x], context)[0] as Tensor;
  }

  override callAll(inputs: readonly Tensor[], context: CallContext): Tensor {
    return this.callOutputs(inputs, context)[0] as Tensor;
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

  /** That of the sequence in the order in which it comes out; states have none. */
  override computeMask(inputs: readonly Tensor[], masks: readonly Mask[]): Mask {
    return this.returnSequences ? this.cells[0]?.computeMask(inputs, masks) : undefined;
  }

  override outputShape(inputShape: Shape): Shape {
    return this.outputShapeAll([inputShape]);
  }

  override outputShapeAll(inputShapes: readonly Shape[]): Shape {
    return this.outputShapes(inputShapes)[0] as Shape;
  }

  override outputShapes([sequence = [], ...given]: readonly Shape[]): readonly Shape[] {
    this.checkShape(sequence);
    const states = this.#statesByCell(given, (shape) => shape);
    let output = sequence;
    for (const [index, cell] of this.cells.entries()) output = cell.outputShapeAll([output, ...(states[index] ?? [])]);
    return [output, ...(this.returnState ? this.cells.flatMap(stateShapes) : [])];
  }

  override config(): Configuration {
    const { returnSequences, returnState, goBackwards, stateful, batchSize, zeroOutputForMask } = this;
    return {
      ...super.config(),
      cells: this.cells.map((cell) => withoutDecided(serialize(cell))),
      returnSequences,
      returnState,
      goBackwards,
      stateful,
      ...(batchSize !== undefined && { batchSize }),
      zeroOutputForMask,
    };
  }
}

function stateShapes({ stateCount, units }: RecurrentLayer): readonly Shape[] {
  return Array.from({ length: stateCount }, () => [units]);
}

function describeStates(cell: RecurrentLayer): string {
  return `${cell.stateCount === 1 ? "one" : cell.stateCount} of ${formatShape([cell.units])} for ${cell.name}`;
}

/** A cell as data. @throws If it is no recurrent layer, or has options that the whole decides. */
function cellData(cell: RecurrentLayer | SerializedObject, index: number): SerializedObject {
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
