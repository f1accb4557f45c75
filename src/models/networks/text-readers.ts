/** Which layer makes indices of the texts that enter a model: a text layer, itself or inside of models inside. */
import { suggestion } from "../../graph/options.ts";
import type { Layer } from "../../layers/layer.ts";
import type { TextLayer } from "../../layers/preprocessing/text-layer.ts";
import { isTextLayer } from "../../layers/preprocessing/texts.ts";
import { ModelLayer } from "./model-layer.ts";

/** The text layer that an input of a layer goes to; undefined where that takes numbers. */
export function textReaderOf(layer: Layer | undefined, input = 0): TextLayer | undefined {
  if (isTextLayer(layer)) return layer;
  return layer instanceof ModelLayer ? layer.model.inputSpecs[input]?.text : undefined;
}

/** The only text layer that a layer's inputs go to. */
function onlyReaderOf(layer: Layer): TextLayer | undefined {
  if (!(layer instanceof ModelLayer)) return textReaderOf(layer);
  const readers = layer.model.inputSpecs.flatMap(({ text }) => text ?? []);
  return readers.length === 1 ? readers[0] : undefined;
}

/**
 * The text layers of a model whose class says how it computes, by its inputs.
 *
 * @param model Its name, its layers by the names of their fields, and the names of its inputs.
 * @param texts Which field each input of texts goes to; by default the only text layer takes the only input.
 * @throws If a field is no text layer, or it is not told which input goes to which layer.
 */
export function textReadersOf(
  model: { readonly name: string; readonly layers: ReadonlyMap<string, Layer>; readonly inputs: readonly string[] },
  texts: Readonly<Record<string, string>> | undefined,
): ReadonlyMap<string, TextLayer> {
  const { name, layers, inputs } = model;
  if (texts) return new Map(Object.entries(texts).map(([input, field]) => [input, readerInField(name, layers, field)]));
  const taking = [...layers].flatMap(([field, layer]) => {
    const reader = onlyReaderOf(layer);
    return reader ? [{ field, reader }] : [];
  });
  const [only, second] = taking;
  const [input = "x", another] = inputs;
  if (!only) return new Map();
  if (!second && another === undefined) return new Map([[input, only.reader]]);
  throw new Error(
    `${name}: has the inputs ${inputs.join(", ")} and takes texts in ${taking.map(({ field }) => field).join(", ")}; say which input ` +
      `goes to which: super({ texts: { ${input}: "${only.field}" } }), or texts: {} where none does`,
  );
}

function readerInField(name: string, layers: ReadonlyMap<string, Layer>, field: string): TextLayer {
  const layer = layers.get(field);
  const reader = layer && onlyReaderOf(layer);
  if (reader) return reader;
  throw new TypeError(
    layer
      ? `${name}: texts names the field "${field}", but its ${layer.className} takes no texts, or several; name the field of a text layer`
      : `${name}: texts names the field "${field}", in which there is no layer${suggestion(field, [...layers.keys()])}`,
  );
}
