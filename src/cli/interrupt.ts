/** Ctrl-C: the first asks for an orderly end, the second ends the process at once. */

/** The exit code of a program that SIGINT ended, as shells report it. */
export const interruptedExitCode = 130;

/**
 * Runs `action` while the first SIGINT calls `onInterrupt` and a second one ends the process.
 *
 * @returns What `action` returns, and whether it was interrupted.
 */
export async function withInterrupt<T>(
  onInterrupt: () => void,
  action: () => Promise<T>,
): Promise<{ readonly result: T; readonly interrupted: boolean }> {
  let interrupted = false;
  const listener = () => {
    if (interrupted) {
      process.stderr.write("\n"); // the shell's prompt should not stand behind a half-drawn bar
      process.exit(interruptedExitCode);
    }
    interrupted = true;
    onInterrupt();
  };
  process.on("SIGINT", listener);
  try {
    return { result: await action(), interrupted };
  } finally {
    process.off("SIGINT", listener);
  }
}
