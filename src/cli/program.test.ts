import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "./program.ts";

/** The compiled program, which `npm test` brings up to date. */
const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

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
    [["train"], "missing required argument 'dataset'"],
    [["train", "digit"], "There is no such name; there are fashion-mnist, digits. Did you mean digits?"],
    [
      ["train", "digits", "--epochs", "0"],
      "option '--epochs <n>' argument '0' is invalid. Expected a whole number, at least 1.",
    ],
    [["train", "digits", "--epochs"], "option '--epochs <n>' argument missing"],
    [["train", "digits", "--epoch", "3"], "unknown option '--epoch'\n(Did you mean --epochs?)"],
    [["train", "digits", "--learning-rate", "-1"], "Expected a number above 0, such as 1e-3."],
    [["train", "digits", "--threads", "two"], "Expected a whole number, from 1 to 1024."],
    [["evaluate"], "missing required argument 'dir'"],
  ];
  for (const [args, message] of cases)
    test(`rappel ${args.join(" ")}`, async () => {
      const { exitCode, stdout, stderr } = await rappel(...args);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(message);
      expect(stdout).toBe("");
    });
});

test("a folder without a model is an error that names the file and the mend", async () => {
  const { exitCode, stderr } = await rappel("evaluate", "no-such-folder");
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    `error: ${join("no-such-folder", "report.json")} cannot be read: expected the folder that \`rappel train --out\` wrote\n`,
  );
});

describe("training on the digits", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rappel-cli-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("reports to people on stderr, in JSON on stdout, and keeps a model that evaluates the same", async () => {
    const out = join(folder, "digits");
    const args = ["--epochs", "3", "--batch-size", "64", "--learning-rate", "2e-3", "--patience", "5", "--seed", "7"];
    const trained = await rappel("train", "digits", ...args, "--out", out, "--json");
    expect(trained.exitCode, trained.stderr).toBe(0);
    const report = JSON.parse(trained.stdout);
    const settings = { epochs: 3, batchSize: 64, learningRate: 2e-3, patience: 5 };
    expect(report).toMatchObject({ dataset: "digits", epochs: 3, seed: 7, out, interrupted: false, settings });
    for (const name of ["testLoss", "trainingSeconds", "imagesPerSecond", "threads"])
      expect(report[name], name).toBeGreaterThan(0);
    expect(report.testAccuracy).toBeGreaterThan(0.8);
    expect(trained.stderr.match(/^Epoch \d\/3 {2}loss .* valAccuracy .* images\/s/gm)).toHaveLength(3);
    expect(trained.stderr).toContain("Confusion matrix");

    const kept = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
    expect(kept).toMatchObject(report);
    expect(kept.history.valAccuracy).toHaveLength(3);

    const evaluated = await rappel("evaluate", out);
    expect(evaluated.exitCode, evaluated.stderr).toBe(0);
    expect(evaluated.stdout).toContain(`Test accuracy ${(report.testAccuracy * 100).toFixed(2)} %`);
  }, 120_000);

  test("Ctrl-C ends it early with model and report saved", async () => {
    const out = join(folder, "interrupted");
    const endless = ["--epochs", "1000000", "--patience", "1000000", "--json"];
    const child = spawn(process.execPath, [program, "train", "digits", "--out", out, ...endless]);
    let stdout = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    let isInterrupted = false;
    child.stderr.on("data", (text) => {
      if (isInterrupted || !`${text}`.includes("Epoch")) return;
      isInterrupted = true;
      child.kill("SIGINT");
    });
    const exitCode = await new Promise((resolve) => child.on("close", resolve));
    expect(exitCode).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true, out });
    expect((await readdir(out)).sort()).toEqual(["curves.svg", "model.json", "report.json", "weights.safetensors"]);
  }, 120_000);
});

test("devices names the chosen one first, and why", async () => {
  const { exitCode, stdout } = await rappel("devices");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\* \w+: .*chosen because/);
  expect(stdout).toContain("reference");
});
