/** The commands of `rappel`, their arguments, and what each exit code means. */
import { join } from "node:path";
import { Argument, Command, CommanderError } from "commander";
import { createContext, type OutputStream } from "./context.ts";
import { listDevices } from "./devices.ts";
import { evaluate } from "./evaluate.ts";
import { oneOf, positiveNumber, wholeNumber } from "./options.ts";
import { recipeNames, recipeOf } from "./recipes/index.ts";
import type { TrainingSettings } from "./recipes/recipe.ts";
import { train } from "./train.ts";

/** Wrong arguments or option values. */
const usageExitCode = 2;
const failureExitCode = 1;

export interface CommandStreams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** What the command line gives a `train`; what is undefined has a default. */
interface TrainArguments extends Partial<TrainingSettings> {
  readonly seed: number;
  readonly threads?: number;
  readonly out?: string;
  readonly json?: boolean;
}

interface EvaluateArguments {
  readonly threads?: number;
  readonly json?: boolean;
}

/**
 * Runs the command that `args` name.
 *
 * @param args The arguments without Node and the script.
 * @param streams Where results and messages go.
 * @returns The exit code: 0 done, 1 failed, 2 wrong arguments, 130 ended by Ctrl-C.
 */
export async function runCommandLine(
  args: readonly string[],
  { stdout, stderr }: CommandStreams = process,
): Promise<number> {
  let exitCode = 0;
  /** Text for people gives way to the JSON on stdout. */
  const contextOf = ({ json = false }) => createContext(json ? stderr : stdout);
  const printJson = (result: unknown) => stdout.write(`${JSON.stringify(result)}\n`);

  const program = new Command("rappel")
    .description("Trains, evaluates and keeps neural networks.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError("(rappel --help and rappel COMMAND --help tell more)")
    .helpCommand(false);

  program
    .command("train")
    .description("trains a network on a data set, saves it and reports on it; Ctrl-C ends the training early")
    .addArgument(new Argument("<dataset>", recipeNames.join(" or ")).argParser(oneOf(recipeNames)))
    .option("--epochs <n>", "the most epochs to train for", wholeNumber(1))
    .option("--batch-size <n>", "examples in a training step", wholeNumber(1))
    .option("--learning-rate <x>", "the optimizer's largest learning rate", positiveNumber)
    .option("--patience <n>", "epochs without a better validation before training ends", wholeNumber(0))
    .option("--seed <n>", "decides over initial weights, splits and orders", wholeNumber(0, 2 ** 31 - 1), 0)
    .option("--threads <n>", "threads of the native engine", wholeNumber(1, 1024))
    .option("--out <dir>", "the folder for the model, replacing one that is there (default: models/<dataset>)")
    .option("--json", "one line of JSON on stdout at the end, everything else on stderr")
    .action(async (dataset: string, { seed, threads, out, json, ...chosen }: TrainArguments) => {
      const recipe = recipeOf(dataset);
      useThreads(threads);
      const options = { settings: { ...recipe.defaults, ...chosen }, seed, out: out ?? join("models", dataset) };
      const result = await train(recipe, options, contextOf({ json }));
      if (json) printJson(result.report);
      exitCode = result.exitCode;
    });

  program
    .command("evaluate")
    .description("judges a model that train saved, on its data set's test part")
    .argument("<dir>", "the folder of the model")
    .option("--threads <n>", "threads of the native engine", wholeNumber(1, 1024))
    .option("--json", "one line of JSON on stdout at the end, everything else on stderr")
    .action(async (directory: string, { threads, json }: EvaluateArguments) => {
      useThreads(threads);
      const result = await evaluate(directory, contextOf({ json }));
      if (json) printJson(result);
    });

  program
    .command("devices")
    .description("shows what can compute here, which of it does, and why")
    .action(() => listDevices(createContext(stdout)));

  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
    stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
    if (process.env.DEBUG && error instanceof Error) stderr.write(`${error.stack}\n`);
    exitCode = failureExitCode;
  }
  return exitCode;
}

/** The native device looks at this variable when it is opened. */
function useThreads(threads: number | undefined): void {
  if (threads !== undefined) process.env.RAPPEL_THREADS = `${threads}`;
}
