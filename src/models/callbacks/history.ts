/** History: what every epoch's logs were, and pictures of them. `fit` returns one. */
import type { Course } from "../charts/curves.ts";
import type { SvgOptions, TerminalOptions } from "../charts/options.ts";
import { fetchOnDemand } from "../training/fetch-on-demand.node.ts";
import type { Callback, CallbackState, Logs, TrainingParameters } from "./callback.ts";
import { numberListsIn, numbersIn } from "./state-values.ts";

/**
 * The course of a training.
 *
 * @example
 * const { history } = await model.fit(train, { epochs: 3, validationSplit: 0.2 });
 * history.loss; // three numbers, and so history.valLoss, history.accuracy, history.valAccuracy
 * @example
 * const course = await model.fit(train, { epochs: 20, validationSplit: 0.2 });
 * console.log(await course.chart());
 * await writeFile("curves.svg", await course.toSvg({ metrics: ["loss", "accuracy"], title: "Fashion-MNIST" }));
 */
export class History implements Callback {
  readonly className = "history";
  /** A number an epoch for each name: `loss`, `accuracy`, `valLoss`, `valAccuracy` … */
  history: Record<string, number[]> = {};
  /** The numbers of the epochs, counted from 0. */
  epoch: number[] = [];
  #params: TrainingParameters | undefined;

  /** What stayed the same during the run. @throws Before training has begun. */
  get params(): TrainingParameters {
    if (!this.#params) throw new Error("History: there are no parameters before fit has begun");
    return this.#params;
  }

  setParameters(parameters: TrainingParameters): void {
    this.#params = parameters;
  }

  onTrainBegin(): void {
    this.history = {};
    this.epoch = [];
  }

  onEpochEnd(epoch: number, logs: Readonly<Logs>): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      this.history[name] ??= [];
      this.history[name].push(value);
    }
  }

  /**
   * The curves as a picture in SVG: a panel for each loss or metric, training solid and validation dashed, the best epoch
   * marked. Its colours suit light and dark surroundings, and it says in words what it shows.
   *
   * @throws If an option is unknown or out of range, a name is not in the history, or no epoch was trained.
   * @example
   * await history.toSvg({ metrics: ["loss"], logScale: true, title: "Loss", width: 800, height: 400 });
   */
  async toSvg(options: SvgOptions = {}): Promise<string> {
    const { svgOf } = await fetchOnDemand();
    return svgOf("History.toSvg", this.#course, options);
  }

  /**
   * The curves as text for a terminal, drawn with Braille dots; training solid, validation dashed.
   *
   * @throws If an option is unknown or out of range, a name is not in the history, or no epoch was trained.
   * @example
   * console.log(await history.toTerminal({ metrics: ["loss"], width: 100, height: 20, color: true }));
   */
  async toTerminal(options: TerminalOptions = {}): Promise<string> {
    const { terminalTextOf } = await fetchOnDemand();
    return terminalTextOf("History.toTerminal", this.#course, options);
  }

  /** The same as `toTerminal`. @example console.log(await history.chart()); */
  chart(options?: TerminalOptions): Promise<string> {
    return this.toTerminal(options);
  }

  get #course(): Course {
    return { epoch: this.epoch, history: this.history, directions: this.#params?.logs ?? new Map() };
  }

  getState(): CallbackState {
    return { values: { history: this.history, epoch: this.epoch } };
  }

  setState({ values }: CallbackState): void {
    this.history = numberListsIn(values.history);
    this.epoch = numbersIn(values.epoch);
  }
}
