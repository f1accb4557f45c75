/** The commands of `rappel`, their arguments, and what each exit code means. */
import { Command, CommanderError } from "commander";
import { createContext, type OutputStream } from "./context.ts";
import { listDevices } from "./devices.ts";

/** Wrong arguments or option values. */
const usageExitCode = 2;
const failureExitCode = 1;

export interface CommandStreams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
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
  const program = new Command("rappel")
    .description("Trains, evaluates and keeps neural networks.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError("(rappel --help and rappel COMMAND --help tell more)")
    .helpCommand(false);

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
