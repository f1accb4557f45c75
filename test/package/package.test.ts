/** The package trains where it is installed: with the engine for this machine, without it, with its types and its command line. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCommand } from "../../scripts/find-command.mjs";
import { Consumer, root, run, whyNoPackage } from "./consumer.ts";

const training = `
import { getDevice, layers, load, sequential, setSeed } from "rappel";
setSeed(1);
const model = sequential([layers.dense({ units: 8, activation: "tanh" }), layers.dense({ units: 1 })]);
model.compile({ optimizer: "adam", loss: "meanSquaredError" });
const x = Float32Array.from({ length: 200 }, (_, index) => Math.sin(index));
const y = Float32Array.from({ length: 100 }, (_, index) => x[2 * index] * x[2 * index + 1]);
const { history } = await model.fit({ data: x, shape: [100, 2] }, { data: y, shape: [100, 1] }, { epochs: 3, seed: 1 });
await model.save("saved");
const loaded = await load("saved"); // What is bundled must not lose what reads and writes models.
console.log(JSON.stringify({ device: getDevice().description, loss: history.loss, loaded: loaded.countParameters() }));
`;

const typed = `
import { layers, load, type Model, sequential, setDevice } from "rappel";
const model: Model = sequential([layers.dense({ units: 1 })]);
setDevice("wasm", { wasm: new URL("https://example.org/rappel.wasm") });
export const loaded: Model = await load(await model.toFiles());
// @ts-expect-error: units is a number
layers.dense({ units: "1" });
`;

if (whyNoPackage) test.skip(`the package: ${whyNoPackage}`, () => {});

describe.skipIf(whyNoPackage !== undefined)("the package", { timeout: 120_000 }, () => {
  let consumer: Consumer;
  beforeAll(() => {
    consumer = new Consumer();
    consumer.write("train.mjs", training);
    consumer.write("typed.ts", typed);
  }, 240_000);
  afterAll(() => consumer?.remove());

  const manifestOf = (name: string) => join(consumer.folder, "node_modules", name, "package.json");
  const engineName = `@rappel/engine-${process.platform}-${process.arch}`;
  const train = (env: Readonly<Record<string, string>> = {}) => {
    const { code, stdout, stderr } = consumer.node("train.mjs", env);
    const result: { device: string; loss: number[]; loaded: number } | undefined =
      code === 0 ? JSON.parse(stdout) : undefined;
    return { code, stderr, result };
  };
  const learning = (device: RegExp) => ({
    device: expect.stringMatching(device),
    loss: [expect.any(Number), expect.any(Number), expect.any(Number)],
    loaded: 33,
  });

  /** Without the engine's package while `body` runs. */
  function withoutEngine(body: () => void): void {
    const folder = join(consumer.folder, "node_modules/@rappel");
    renameSync(folder, `${folder}-away`);
    try {
      body();
    } finally {
      renameSync(`${folder}-away`, folder);
    }
  }

  test("names the engines as optional dependencies and runs no script when installed", () => {
    const manifest = JSON.parse(readFileSync(manifestOf("rappel"), "utf8"));
    expect(manifest.scripts).toBeUndefined();
    expect(manifest.optionalDependencies).toEqual({ [engineName]: manifest.version });
    const engine = JSON.parse(readFileSync(manifestOf(engineName), "utf8"));
    expect(engine).toMatchObject({ version: manifest.version, os: [process.platform], cpu: [process.arch] });
  });

  test("trains with the engine for this machine", () => {
    const { result, stderr } = train();
    expect(result).toEqual(learning(/^native: .*; chosen because it is the fastest that works here$/));
    expect(stderr).toBe("");
  });

  test("trains as WebAssembly where that engine is not installed, and says why", () => {
    withoutEngine(() => {
      const { result, stderr } = train();
      expect(result).toEqual(learning(/^wasm: .*; chosen because the native engine cannot be loaded$/));
      expect(stderr).toMatch(
        `${engineName} is not installed, nor was an engine built; install the engine for this machine`,
      );
    });
  });

  test("an engine of another version is not used", () => {
    const path = manifestOf(engineName);
    const manifest = readFileSync(path, "utf8");
    writeFileSync(path, manifest.replace(/"version": "[^"]*"/, '"version": "0.0.1"'));
    const { result, stderr } = train();
    writeFileSync(path, manifest);
    expect(result).toEqual(learning(/^wasm: /));
    expect(stderr).toMatch(/has version 0\.0\.1, but rappel has \d/);
  });

  test("falls back to the reference device where WebAssembly is gone too", () => {
    const folder = join(consumer.folder, "node_modules/rappel/build");
    withoutEngine(() => {
      renameSync(folder, `${folder}-away`);
      const { result, stderr } = train();
      renameSync(`${folder}-away`, folder);
      expect(result).toEqual(learning(/^reference: /));
      expect(stderr).toMatch(/neither the native engine .* nor WebAssembly .* can be loaded/s);
    });
  });

  test.each([["wasm"], ["reference"], ["native"]])("RAPPEL_DEVICE=%s is obeyed", (name) => {
    expect(train({ RAPPEL_DEVICE: name }).result).toEqual(
      learning(new RegExp(`^${name}: .* because it was asked for$`)),
    );
  });

  test("a device that is asked for and cannot be had is an error", () => {
    withoutEngine(() => {
      const { code, stderr } = train({ RAPPEL_DEVICE: "native" });
      expect(code).toBe(1);
      expect(stderr).toMatch(`the native device cannot be had: ${engineName} is not installed`);
    });
    expect(train({ RAPPEL_DEVICE: "gpu" }).stderr).toMatch(
      'there is no device "gpu"; there are native, wasm, reference',
    );
  });

  // Where they are installed, and else not: CI has Node alone.
  describe.each([["bun"], ["deno", "run", "--allow-all"]])("in %s", (name, ...args) => {
    const path = findCommand(name);
    test.skipIf(path === undefined).each([["native"], ["wasm"]])(
      `trains as %s, as Node does${path ? "" : `: skipped, for there is no ${name} in PATH`}`,
      (device) => {
        const env = { RAPPEL_DEVICE: device, NO_COLOR: "1" };
        const { code, stdout, stderr } = run(path ?? name, [...args, "train.mjs"], consumer.folder, env);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        // As WebAssembly not to the same bits: Node 20 has no relaxed SIMD.
        const loss = train(env).result?.loss.map((value) => expect.closeTo(value, 6));
        const description = expect.stringMatching(new RegExp(`^${device}: `));
        expect(JSON.parse(stdout)).toEqual({ device: description, loss, loaded: 33 });
      },
    );
  });

  test("has a command line", () => {
    const command = join(consumer.folder, "node_modules/.bin/rappel");
    expect(run(command, ["devices"], consumer.folder).stdout).toMatch(/^\* native: /);
  });

  test.each([
    ["bundler", "esnext", ["--lib", "es2023,dom"]],
    ["nodenext", "nodenext", ["--lib", "es2023,dom"]],
    ["nodenext", "nodenext", ["--lib", "es2023", "--typeRoots", join(root, "node_modules/@types"), "--types", "node"]],
  ])("its types resolve: moduleResolution %s, module %s, %s", (moduleResolution, module, others) => {
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    const options = ["--noEmit", "--strict", "--target", "es2023", "--module", module];
    const args = [compiler, ...options, "--moduleResolution", moduleResolution, ...others, "typed.ts"];
    expect(run(process.execPath, args, consumer.folder)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});
