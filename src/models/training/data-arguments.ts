/** The data of `fit` and `evaluate`: features and targets one after the other, or both in one thing. */
import { describe } from "../../graph/options.ts";
import { type ArrayInputs, hasFeatures, isLabelled, type LabelledExamples } from "../examples/arrays.ts";
import { isBatchStream } from "./batch-stream.ts";
import { evaluateOptionNames } from "./evaluate-options.ts";
import { fitOptionNames } from "./fit-options.ts";

const optionNames = { ...fitOptionNames, ...evaluateOptionNames };

/** Data as one thing, or features and targets apart. */
export type DataArguments<Data, Options> =
  | [data: Data, options?: Options | undefined]
  | [x: ArrayInputs, y: ArrayInputs, options?: Options | undefined];

/**
 * What one of the model's methods was given, in one form.
 *
 * @param owner The method, for messages.
 * @throws TypeError If targets are missing.
 */
export function dataAndOptions<Data, Options>(
  owner: string,
  args: DataArguments<Data, Options>,
): [data: Data | LabelledExamples, options?: Options | undefined] {
  if (isDataFirst(args)) return args;
  const [x, y, options] = args;
  if (y !== undefined && !isTargets(y))
    throw new TypeError(
      `${owner}: got ${describe(x)} and options, but no targets; give { x, y }, or x and y one after the other`,
    );
  return options === undefined ? [{ x, y }] : [{ x, y }, options];
}

function isDataFirst<Data, Options>(
  args: DataArguments<Data, Options>,
): args is [data: Data, options?: Options | undefined] {
  if (isLabelled(args[0]) || isBatchStream(args[0])) return true;
  // { x } alone is for models that need no targets; { x } and y are an input by name and its targets.
  return hasFeatures(args[0]) && args.length < 3 && !isTargets(args[1]);
}

/** Whether a second argument holds targets rather than options. */
function isTargets(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined;
  if (Object.getPrototypeOf(value) !== Object.prototype) return true;
  return !Object.keys(value).every((key) => Object.hasOwn(optionNames, key));
}
