/** The engine in processes and threads of its own: how they end, with work under way and without. */
import { spawnSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { assembleTest, counting, testsWasm } from "./kit.ts";

const script = `
  const [path, words] = process.argv.slice(-2);
  const engine = require(path);
  const handle = engine.allocate(4000);
  const id = engine.load(Int32Array.from(JSON.parse(words)));
  engine.run(id, Int32Array.of(handle), 3);
`;
const enginePath = process.env.RAPPEL_ENGINE || new URL("../../build/engine/rappel.node", import.meta.url).pathname;
const words = JSON.stringify([...assembleTest(counting(1000))]);

describe.skipIf(testsWasm)("a process", () => {
  const inProcess = (code: string, environment: Record<string, string> = {}) =>
    spawnSync(process.execPath, ["-e", code, enginePath, words], {
      encoding: "utf8",
      timeout: 20_000,
      env: { ...process.env, ...environment },
    });

  test("ends by itself when the engine is idle", () => {
    const { status, stderr } = inProcess(`${script} engine.runAsync(id, Int32Array.of(handle), 5).then(() => {});`);
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("waits for a run that is under way, and may exit in the midst of one", () => {
    const waiting = inProcess(
      `${script} engine.runAsync(id, Int32Array.of(handle), 200000).then((n) => console.log(n));`,
    );
    expect(waiting.stdout).toBe("200000\n");
    const leaving = inProcess(
      `${script} engine.runAsync(id, Int32Array.of(handle), 1e14); setTimeout(() => process.exit(7), 30);`,
    );
    expect(leaving.stderr).toBe("");
    expect(leaving.status).toBe(7);
  });

  test("refuses an instruction set that there is not", () => {
    const { status, stderr } = inProcess(script, { RAPPEL_ISA: "mmx" });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/there is no instruction set "mmx" \(RAPPEL_ISA\); this build has/);
  });

  test("may have engines in several threads, which end with them", async () => {
    const codes = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise((done, fail) => {
            const worker = new Worker(
              `${script} engine.runAsync(id, Int32Array.of(handle), 1e14); setTimeout(() => process.exit(5), 30);`,
              {
                eval: true,
                argv: [enginePath, words],
              },
            );
            worker.on("exit", done);
            worker.on("error", fail);
          }),
      ),
    );
    expect(codes).toEqual([5, 5, 5]);
  });
});
