/** predict: what a model makes of examples, batch by batch; of arrays, or of batches that come one by one. */
import { checkInteger, checkOptions } from "../../graph/options.ts";
import { type HostArray, sliceExamples } from "../../tensor/host-array.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { ArrayInputs, LabelledExamples } from "../examples/arrays.ts";
import { checkFinite, checkInputs, checkSameLength } from "../examples/check-examples.ts";
import { featuresOf, labelsOfArrays, toHostArrays } from "../examples/named-arrays.ts";
import { isBatchStream, type StreamOf } from "./batch-stream.ts";
import { fetchOnDemand } from "./fetch-on-demand.node.ts";
import { checkLookups, explaining } from "./lookups.ts";
import { Pace } from "./pace.ts";
import { Predictions } from "./predictions.ts";
import type { TrainableModel } from "./trainable.ts";

export interface PredictOptions {
  /** Examples computed at once. Default 32. A stream decides it itself. */
  readonly batchSize?: number;
  /** How many batches are predicted, from the first. Default all; needed where a stream has no end. */
  readonly steps?: number;
}

/** Features, alone or with targets, which are not looked at; such as a Dataset. */
export type UnlabelledExamples = ArrayInputs | LabelledExamples;

/** What `predict` takes: features, or a stream of batches of them. */
export type PredictData = UnlabelledExamples | StreamOf<UnlabelledExamples>;

/** The predictions for a batch. */
type PredictionProgram = (x: readonly Tensor[]) => readonly Tensor[];

/** Who predicts by what, and the method that was called, for messages. */
interface Prediction {
  readonly model: TrainableModel;
  readonly program: PredictionProgram;
  readonly owner: string;
}

/**
 * What a model makes of examples, checked; see `Model.predict`.
 *
 * @param program Computes one batch.
 * @param owner The method, for messages.
 */
export async function predict(
  model: TrainableModel,
  program: PredictionProgram,
  owner: string,
  data: PredictData,
  options: PredictOptions,
): Promise<readonly Tensor[]> {
  model.setPaths();
  checkOptions(owner, options, { batchSize: true, steps: true });
  const { batchSize = 32, steps = Number.POSITIVE_INFINITY } = options;
  checkInteger(owner, "batchSize", batchSize, 1);
  if (options.steps !== undefined) checkInteger(owner, "steps", steps, 1);
  if (!areExamples(data)) {
    if (options.batchSize !== undefined)
      throw new TypeError(`${owner}: batchSize is for arrays; a stream of batches decides that itself`);
    const { predictStream } = await fetchOnDemand();
    return predictStream(
      owner,
      data,
      options.steps,
      new Predictions(owner, namesOf(model)),
      async (batch, predictions, batchOwner) =>
        predictBatch(
          { model, program, owner: batchOwner },
          await prepareFeatures(model, batch, batchOwner),
          predictions,
        ),
    );
  }
  const examples = await prepareFeatures(model, data, owner);
  const length = examples[0]?.shape[0] ?? 0;
  const judged = Math.min(length, steps * batchSize);
  if (judged <= batchSize) return predictBatch({ model, program, owner }, sliceAll(examples, 0, judged));
  const predictions = new Predictions(owner, namesOf(model), judged);
  const pace = new Pace();
  for (let start = 0; start < judged; start += batchSize) {
    const batch = sliceAll(examples, start, Math.min(start + batchSize, judged));
    await predictBatch({ model, program, owner }, batch, predictions);
    await pace.pause();
  }
  return predictions.result();
}

/** Features in the form models work with, checked; a model that is not built yet is built for them. */
async function prepareFeatures(
  model: TrainableModel,
  given: UnlabelledExamples,
  owner: string,
): Promise<readonly HostArray[]> {
  const examples = await toHostArrays(featuresOf(given, model.inputSpecs), model.inputSpecs, `${owner}: x`);
  const labels = labelsOfArrays("x", model.inputSpecs);
  checkSameLength(examples, labels, undefined, owner);
  for (const [index, array] of examples.entries()) checkFinite(array, `${owner}: ${labels[index]}`);
  checkInputs(model, examples, owner);
  await checkLookups(model, examples, owner);
  return examples;
}

/** Computes one batch and, where there are several, adds what came out to the others'. */
async function predictBatch(
  { model, program, owner }: Prediction,
  examples: readonly HostArray[],
  predictions?: Predictions,
): Promise<readonly Tensor[]> {
  const inputs = examples.map(({ data, shape }) => tensor(data, { shape }));
  const outputs = await explaining(model, owner, { inputs: () => [inputs] }, async () => {
    const computed = program(inputs);
    if (predictions) await predictions.add(computed, examples[0]?.shape[0] ?? 0);
    else await Promise.all(computed.map((output) => output.data()));
    return computed;
  });
  for (const input of inputs) input[Symbol.dispose]();
  return outputs;
}

function areExamples(data: PredictData): data is UnlabelledExamples {
  return !isBatchStream(data);
}

function sliceAll(examples: readonly HostArray[], start: number, end: number): readonly HostArray[] {
  return examples.map((each) => sliceExamples(each, start, end));
}

function namesOf({ outputSpecs }: TrainableModel): readonly string[] {
  return outputSpecs.map(({ name }) => name);
}
