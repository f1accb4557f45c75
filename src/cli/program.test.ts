import { describe, expect, test } from "vitest";
import { runCommandLine } from "./program.ts";

async function rappel(...args: string[]) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const exitCode = await runCommandLine(args, {
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
  });
  return { exitCode, stdout: stdout.join(""), stderr: stderr.join("") };
}

test("help is no error and goes to stdout", async () => {
  const { exitCode, stdout, stderr } = await rappel("--help");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("devices");
  expect(stderr).toBe("");
});

describe("wrong arguments end with exit code 2 and a message that helps", () => {
  const cases: readonly [args: string[], message: string][] = [
    [[], "Usage: rappel"],
    [["device"], "unknown command 'device'\n(Did you mean devices?)"],
    [["devices", "--jsn"], "unknown option '--jsn'"],
    [["devices", "extra"], "too many arguments"],
  ];
  for (const [args, message] of cases)
    test(`rappel ${args.join(" ")}`, async () => {
      const { exitCode, stdout, stderr } = await rappel(...args);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(message);
      expect(stdout).toBe("");
    });
});

test("devices names the chosen one first, and why", async () => {
  const { exitCode, stdout } = await rappel("devices");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\* \w+: .*chosen because/);
  expect(stdout).toContain("reference");
});
