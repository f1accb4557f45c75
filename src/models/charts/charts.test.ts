import { describe, expect, test } from "vitest";
import { History } from "../callbacks/history.ts";
import { formatValue, linearScale, logarithmicScale } from "./scale.ts";

/** A history as `fit` fills it. */
function historyOf(logs: Readonly<Record<string, readonly number[]>>): History {
  const history = new History();
  const names = Object.keys(logs);
  const epochs = Math.max(...Object.values(logs).map(({ length }) => length));
  history.setParameters({
    epochs,
    initialEpoch: 0,
    steps: 1,
    examples: 1,
    batchSize: 1,
    logs: new Map(names.map((name) => [name, /loss/i.test(name) ? "min" : "max"])),
    callbacks: [],
    resumed: false,
  });
  for (let epoch = 0; epoch < epochs; epoch++)
    history.onEpochEnd(epoch, Object.fromEntries(names.map((name) => [name, logs[name]?.[epoch] as number])));
  return history;
}

const trained = historyOf({
  loss: [2, 1, 0.5, 0.25],
  accuracy: [0.5, 0.6, 0.7, 0.8],
  valLoss: [2, 1.5, 0.75, 1],
  valAccuracy: [0.5, 0.6, 0.65, 0.6],
});

describe("scales", () => {
  test("end at round numbers and name them with as many digits as tell them apart", () => {
    const scale = linearScale([0.13, 0.87], 5);
    expect(scale.ticks.map(scale.format)).toEqual(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    expect(scale.position(0.5)).toBe(0.5);
    const large = linearScale([-3, 4100], 4);
    expect(large.ticks).toEqual([-2000, 0, 2000, 4000, 6000]);
  });

  test("of epochs are whole numbers and end at the epochs", () => {
    const scale = linearScale([1, 12], 5, true);
    expect(scale.ticks).toEqual([1, 5, 10]);
    expect([scale.position(1), scale.position(12)]).toEqual([0, 1]);
    expect(linearScale([1], 5, true).position(1)).toBe(0.5);
  });

  test("can be logarithmic, for positive values", () => {
    const scale = logarithmicScale([0.03, 20, -1, 0], 5);
    expect(scale.ticks).toEqual([0.01, 0.1, 1, 10, 100]);
    expect(scale.position(1)).toBeCloseTo(0.5);
    expect(scale.position(0)).toBeNaN();
    expect(logarithmicScale([1.5, 4], 6).ticks).toEqual([1, 2, 5]);
  });

  test("stand equal values apart, and do without any", () => {
    expect(linearScale([3, 3], 3).position(3)).toBeGreaterThan(0);
    expect(linearScale([Number.NaN], 3).ticks.length).toBeGreaterThan(1);
    expect([formatValue(0.123456), formatValue(1.5e-7), formatValue(12345678)]).toEqual([
      "0.1235",
      "1.5e-7",
      "1.235e7",
    ]);
  });
});

describe("toSvg", () => {
  test("draws training solid and validation dashed, and marks the best epoch", async () => {
    const svg = await trained.toSvg({ metrics: ["loss"], title: "A & B" });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="480" height="300"/);
    expect(svg).toContain('role="img" aria-label="A &amp; B"');
    expect(svg).toContain("<title>A &amp; B</title>");
    expect(svg).toContain(
      "<desc>loss over 4 epochs: from 2 to 0.25, in validation from 2 to 1; best 0.75 in epoch 3.</desc>",
    );
    expect(svg.match(/<path class="l r" d="M56/g)).toHaveLength(1);
    expect(svg.match(/<path class="l v" d="M56/g)).toHaveLength(1);
    expect(svg).toContain(".v{stroke:#e0700d;stroke-dasharray");
    expect(svg).toContain(">best 0.75, epoch 3</text>");
    expect(svg).not.toContain("NaN");
  });

  test("makes a panel for each metric, without one for the validation", async () => {
    const svg = await trained.toSvg();
    expect(svg.match(/<g transform/g)).toHaveLength(2);
    expect(svg).toContain('width="960" height="300"');
    expect(svg).toContain(">best 0.65, epoch 3</text>");
  });

  test("leaves gaps where there is no number, and copes with one epoch", async () => {
    const broken = await historyOf({ loss: [1, Number.NaN, 3, 4] }).toSvg();
    expect(broken).toMatch(/d="M[\d.]+ [\d.]+M[\d.]+ [\d.]+L[\d.]+ [\d.]+"/);
    for (const logs of [{ loss: [0.5] }, { loss: [Number.NaN] }, { loss: [0, 0] }]) {
      expect(await historyOf(logs).toSvg()).not.toMatch(/NaN|Infinity|undefined/);
      expect(await historyOf(logs).toSvg({ logScale: true })).not.toMatch(/NaN"|Infinity|undefined/);
    }
  });

  test("says what is wrong", async () => {
    await expect(trained.toSvg({ metrics: ["acuracy"] })).rejects.toThrow(
      'History.toSvg: there is no "acuracy" in the history, did you mean "accuracy"?',
    );
    await expect(trained.toSvg({ width: 10 })).rejects.toThrow(
      "History.toSvg: width is 10, expected an integer of at least 160",
    );
    await expect(new History().toSvg()).rejects.toThrow(
      "History.toSvg: no epoch was trained, so there is nothing to draw",
    );
  });
});

describe("toTerminal", () => {
  test("draws with Braille dots between round numbers", async () => {
    const history = historyOf({ loss: [4, 3, 2, 1, 0] });
    expect((await history.toTerminal({ width: 24, height: 8 })).split("\n")).toEqual([
      "   loss  best 0, epoch 5",
      "5 ┤",
      "  │⠉⠒⠤⢄⡀",
      "  │    ⠈⠉⠒⠒⠤⠤⣀⡀",
      "  │           ⠈⠑⠒⠤⣀⡀",
      "0 ┤                ⠈⠑⠒⠤⣀",
      "  └┬───────────────────┬",
      "   1                   5",
    ]);
  });

  test("no line is longer than asked for, and colours are an option", async () => {
    const text = await trained.chart({ width: 60, height: 10 });
    expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(text).toContain("training");
    expect(text).not.toContain("\u001b");
    expect(await trained.chart({ color: true })).toContain("\u001b[34m");
  });

  test("copes with one epoch and with no number at all", async () => {
    for (const logs of [{ loss: [0.5], valLoss: [Number.NaN] }, { loss: [Number.NaN] }])
      for (const logScale of [false, true])
        expect(await historyOf(logs).chart({ width: 30, height: 6, logScale })).not.toMatch(/NaN|undefined/);
  });
});
