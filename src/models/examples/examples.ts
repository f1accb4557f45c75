/** Examples: features, targets and weights of a data set on the host, checked against the model before anything is computed. */
import { type HostArray, sliceExamples } from "../../tensor/host-array.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { Batch } from "../training/batch.ts";
import type { TrainableModel } from "../training/trainable.ts";
import { type LabelledExamples, toHostArray } from "./arrays.ts";
import { checkFinite, checkInputs, checkSameLength } from "./check-examples.ts";
import { checkTargets } from "./check-targets.ts";
import { labelsOfArrays, toHostArrays } from "./named-arrays.ts";

/** Labelled examples in the form training works with. */
export interface HostExamples {
  readonly length: number;
  /** One for each input of the model, `[examples, ...]`. */
  readonly x: readonly HostArray[];
  /** One for each output of the model, `[examples, ...]`. */
  readonly y: readonly HostArray[];
  /** float32 `[examples]` */
  readonly sampleWeight: HostArray | undefined;
}

/**
 * Brings labelled examples to one form and checks them: as many targets as features, none missing, finite, in the shapes and
 * ranges that model and loss take. Builds a model that is not built yet.
 *
 * @param owner What is called, for messages: `fit`.
 */
export async function prepareExamples(
  model: TrainableModel,
  { x, y, sampleWeight }: LabelledExamples,
  owner: string,
): Promise<HostExamples> {
  const examples = {
    x: await toHostArrays(x, model.inputSpecs, `${owner}: x`),
    y: y === undefined ? withoutTargets(model, owner) : await toHostArrays(y, model.outputSpecs, `${owner}: y`),
    sampleWeight: sampleWeight === undefined ? undefined : await toHostArray(sampleWeight, `${owner}: sampleWeight`),
  };
  const labels = [...labelsOfArrays("x", model.inputSpecs), ...labelsOfArrays("y", model.outputSpecs)];
  const length = checkSameLength([...examples.x, ...examples.y], labels, examples.sampleWeight, owner);
  for (const [index, array] of [...examples.x, ...examples.y].entries())
    checkFinite(array, `${owner}: ${labels[index]}`);
  if (examples.sampleWeight) checkFinite(examples.sampleWeight, `${owner}: sampleWeight`);
  checkInputs(model, examples.x, owner);
  checkTargets(model, examples.y, owner);
  return { ...examples, length };
}

/** @throws If the model's loss needs targets. */
function withoutTargets({ ownSteps, compilation }: TrainableModel, owner: string): readonly HostArray[] {
  if ((ownSteps.train || ownSteps.test) && compilation.outputs.length === 0) return [];
  throw new TypeError(`${owner}: got examples without targets; give { x, y }, or x and y one after the other`);
}

export function sliceHostExamples({ x, y, sampleWeight }: HostExamples, start: number, end: number): HostExamples {
  return {
    length: end - start,
    x: x.map((each) => sliceExamples(each, start, end)),
    y: y.map((each) => sliceExamples(each, start, end)),
    sampleWeight: sampleWeight && sliceExamples(sampleWeight, start, end),
  };
}

/** Copies examples to the device. @throws RangeError If its memory does not suffice. */
export function toDevice({ x, y, sampleWeight }: HostExamples): Batch {
  return { x: x.map(tensorOf), y: y.map(tensorOf), sampleWeight: sampleWeight && tensorOf(sampleWeight) };
}

/** Frees the device's memory of examples that nothing will use again; the garbage collector does not know how large they are. */
export function releaseBatch({ x, y, sampleWeight }: Batch): void {
  for (const each of [...x, ...y, sampleWeight]) each?.[Symbol.dispose]();
}

function tensorOf({ data, shape }: HostArray): Tensor {
  return tensor(data, { shape });
}
