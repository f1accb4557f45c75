/** evaluate: loss, metrics and, for classifiers, the scores of every class, over all examples of a data set. */
import { checkBoolean, checkInteger, checkOptions } from "../../graph/options.ts";
import type { Metric, MetricResult } from "../../metrics/metric.ts";
import type { ReportIntervals } from "../../metrics/report-intervals.ts";
import type { ClassScores } from "../../metrics/scores.ts";
import type { LabelledExamples } from "../examples/arrays.ts";
import { prepareExamples, sliceHostExamples } from "../examples/examples.ts";
import { type BatchStream, isBatchStream } from "./batch-stream.ts";
import { type EvaluateOptions, evaluateOptionNames } from "./evaluate-options.ts";
import { EvaluationPass, type Pass } from "./evaluation-pass.ts";
import { fetchOnDemand } from "./fetch-on-demand.node.ts";
import { readLogs, readMetrics } from "./judge.ts";
import { checkLookups, explaining } from "./lookups.ts";
import type { ModelPrograms, StepPrograms } from "./programs.ts";
import type { TrainableModel } from "./trainable.ts";

/** How well a model does: every metric under its name, and what follows. */
export interface Evaluation {
  /** With the regularizers' penalties. A model with a `testStep` of its own reports what that gives. */
  readonly loss: number;
  /** Without them; only where there are some. */
  readonly dataLoss?: number;
  readonly accuracy?: number;
  /** `confusionMatrix[label][prediction]`, counts. */
  readonly confusionMatrix?: readonly (readonly number[])[];
  readonly perClass?: readonly ClassScores[];
  readonly intervals?: ReportIntervals;
  readonly [metric: string]: MetricResult | readonly ClassScores[] | ReportIntervals | undefined;
}

/** Larger matrices are made only when asked for. */
const largestDefaultReport = 1000;

/** Judges a compiled model; see `Model.evaluate`. */
export async function evaluate(
  model: TrainableModel & { readonly classNames: readonly string[] | undefined },
  programs: ModelPrograms,
  data: LabelledExamples | BatchStream,
  options: EvaluateOptions,
): Promise<Evaluation> {
  checkOptions("evaluate", options, evaluateOptionNames);
  const { batchSize = 32, steps, bootstrap = false } = options;
  const report = options.report ?? (bootstrap === false ? undefined : true);
  checkInteger("evaluate", "batchSize", batchSize, 1);
  if (steps !== undefined) checkInteger("evaluate", "steps", steps, 1);
  if (report !== undefined) checkBoolean("evaluate", "report", report);
  const open = isBatchStream(data) ? await openStream(model, data, options) : await openExamples(model, data, options);
  const classNames = isBatchStream(data) ? undefined : data.classNames;
  const classes = countClasses(model);
  if (report && classes === undefined)
    throw new TypeError(
      "evaluate: a report is for classifiers with one label an example, but the " +
        `${model.compilation.outputs.length === 1 ? "loss is" : "losses are"} ` +
        `${model.compilation.outputs.map(({ loss }) => loss.name).join(", ")}; leave report out`,
    );
  const wanted = report ?? (classes !== undefined && classes <= largestDefaultReport);
  const [output, second] = model.compilation.outputs;
  const own = second ? undefined : output?.metrics.find(isCountedMatrix);
  const reporting = wanted || own ? await fetchOnDemand() : undefined;
  const added =
    reporting && !own && classes !== undefined
      ? programs.withReport(() => reporting.confusionMatrixOf(classes))
      : undefined;
  const pass = open(added?.programs ?? programs.test, added ? [added.metric] : []);
  const judge = async () => {
    await explaining(model, "evaluate", pass, () => pass.run());
    const { totals } = added?.programs ?? programs.test;
    return {
      logs: await readLogs(totals, model),
      values: Object.fromEntries(await readMetrics(model)),
      matrix: await matrixOf(own ?? added?.metric),
    };
  };
  const { logs, values, matrix } = await programs.exclusively(judge).finally(() => pass.release());
  return {
    ...logs,
    loss: logs.loss ?? Number.NaN,
    ...(matrix && reporting?.reportOf(matrix, classNames ?? model.classNames, bootstrap)),
    ...values,
  };
}

/** Makes the way through the data for programs that judge them. The data are read, and the model built, before. */
type OpenPass = (programs: StepPrograms, further: readonly Metric[]) => Pass;

async function openExamples(
  model: TrainableModel,
  data: LabelledExamples,
  { batchSize = 32, steps, sampleWeight }: EvaluateOptions,
): Promise<OpenPass> {
  const given = { ...data, sampleWeight: data.sampleWeight ?? sampleWeight };
  const all = await prepareExamples(model, given, "evaluate");
  await checkLookups(model, all.x, "evaluate");
  const judged = steps && steps * batchSize < all.length ? sliceHostExamples(all, 0, steps * batchSize) : all;
  return (programs, further) => new EvaluationPass(model, programs, judged, batchSize, further);
}

async function openStream(model: TrainableModel, stream: BatchStream, options: EvaluateOptions): Promise<OpenPass> {
  for (const name of ["batchSize", "sampleWeight"] as const)
    if (options[name] !== undefined)
      throw new TypeError(`evaluate: ${name} is for arrays; a stream of batches decides that itself`);
  const { BatchReader, StreamEvaluationPass } = await fetchOnDemand();
  const batches = new BatchReader(model, stream, { owner: "evaluate" });
  await batches.beginEpoch(0);
  await batches.peek();
  return (programs, further) => new StreamEvaluationPass(model, programs, batches, { steps: options.steps, further });
}

/** How many classes a classifier of one output tells apart, with one label an example; undefined for other models. */
function countClasses({ compilation, outputSpecs, ownSteps }: TrainableModel): number | undefined {
  const [output, second] = compilation.outputs;
  if (ownSteps.test) return undefined;
  const shape = outputSpecs[0]?.shape ?? [];
  const [units] = shape;
  if (!output || second || shape.length !== 1 || units === undefined) return undefined;
  const { targets } = output.loss;
  if (targets === "values") return undefined;
  if (units === 1) return targets === "binary" ? 2 : undefined;
  return targets === "binary" ? undefined : units;
}

/** Whether a metric counts what a report is made of; shares are no counts. */
function isCountedMatrix(metric: Metric): boolean {
  return metric.className === "confusionMatrix" && metric.config().normalize === undefined;
}

async function matrixOf(metric: Metric | undefined): Promise<readonly (readonly number[])[] | undefined> {
  const result = await metric?.result();
  return isMatrix(result) ? result : undefined;
}

function isMatrix(result: MetricResult | undefined): result is readonly (readonly number[])[] {
  return Array.isArray(result) && result.every(Array.isArray);
}
