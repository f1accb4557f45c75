/** What holds for every layer that takes texts: one test drives all of them, each with several options. */
import { describe, expect, test } from "vitest";
import { devices, reference } from "../../../test/support/devices.ts";
import { textSamples } from "../../../test/support/text-samples.ts";
import { setDevice } from "../../tensor/storage.ts";
import { tensor } from "../../tensor/tensor.ts";
import { layerFromConfig } from "../registry.ts";
import type { TextLayer } from "./text-layer.ts";
import { isTextLayer, toTextArray } from "./texts.ts";

function made(className: string, config: object): TextLayer {
  const layer = layerFromConfig({ className, config: JSON.parse(JSON.stringify(config)) });
  if (!isTextLayer(layer)) throw new Error(`${className} takes no texts`);
  return layer;
}

describe.each(
  Object.entries(textSamples).flatMap(([className, list]) =>
    list.map((sample) => ({ title: `${className} ${JSON.stringify(sample.config)}`, className, sample })),
  ),
)("$title", ({ className, sample: { config, textShape, texts } }) => {
  test("the result has the shape that outputShape tells, built or not, on every device", async () => {
    const results: string[] = [];
    for (const device of devices) {
      setDevice(device);
      const layer = made(className, config);
      const alone = layer.transform(texts);
      expect(alone.shape).toEqual([4, ...layer.outputShape(textShape)]);
      layer.build(textShape);
      const { data, shape } = layer.prepare(toTextArray(texts, "x"), "x");
      expect(shape.length).toBe(layer.indicesShape(textShape).length + 1);
      const called = layer.call(tensor(data, { shape }));
      expect(await called.data()).toEqual(await alone.data());
      results.push((await called.data()).join());
    }
    setDevice(reference);
    expect(new Set(results).size).toBe(1);
  });

  test("its configuration makes an equal layer", async () => {
    const layer = made(className, config);
    const copy = made(className, layer.config());
    expect(copy.config()).toEqual(layer.config());
    expect(await copy.transform(texts).data()).toEqual(await layer.transform(texts).data());
  });

  test("numbers are refused, and an option it does not know", () => {
    const layer = made(className, config);
    expect(() => layer.call(tensor([[1]]))).toThrow(`${layer.name}: is not built`);
    layer.build(textShape);
    expect(() => layer.call(tensor([[1]]))).toThrow(
      `${layer.name}: takes texts, but its input is float32[1, 1]; give texts to the model, or call transform`,
    );
    expect(() => layer.transform(JSON.parse("[1, 2]"))).toThrow(
      `${layer.name}.transform: texts[0] is 1, expected a text`,
    );
    expect(() => layer.transform([["a", "b"], ["c"]])).toThrow("nested arrays must have equal lengths");
    expect(() => made(className, { ...config, nmae: "x" })).toThrow(
      `${className}: unknown option "nmae", did you mean`,
    );
  });
});
