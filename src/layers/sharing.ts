/** Layers that are part of several models inside one: written down as data they keep a mark by which they become one layer again. */
import { type SerializedObject, serialize } from "../graph/registry.ts";
import type { Layer } from "./layer.ts";

/** A layer as data, with a mark where it occurs more than once. */
export type SerializedLayer = SerializedObject & { readonly sharedAs?: string };

let marks: ReadonlyMap<Layer, string> | undefined;
let made: Map<string, Layer> | undefined;

/** Marks, in what `serialize` gives of them, those of the layers (and of the layers inside them) that occur more than once. */
export function markingShared<T>(layers: readonly Layer[], serialize: () => T): T {
  const occurrences = new Map<Layer, number>();
  const visit = (layer: Layer) => {
    const count = occurrences.get(layer) ?? 0;
    occurrences.set(layer, count + 1);
    if (count === 0) for (const inner of layer.sublayers.values()) visit(inner);
  };
  for (const layer of layers) visit(layer);
  const shared = [...occurrences].filter(([, count]) => count > 1);
  const outer = marks;
  marks = new Map(shared.map(([layer], index) => [layer, `shared ${index}`]));
  try {
    return serialize();
  } finally {
    marks = outer;
  }
}

/** Makes one layer for each mark while `make` runs. */
export function joiningShared<T>(make: () => T): T {
  const outer = made;
  made = new Map();
  try {
    return make();
  } finally {
    made = outer;
  }
}

/** A layer as data. */
export function serializeLayer(layer: Layer): SerializedLayer {
  const { className, config } = serialize(layer);
  const sharedAs = marks?.get(layer);
  return { className, config, ...(sharedAs !== undefined && { sharedAs }) };
}

/** The layer that was made for the same mark, or a new one. */
export function sharedLayer({ sharedAs }: SerializedLayer, make: () => Layer): Layer {
  const known = sharedAs === undefined ? undefined : made?.get(sharedAs);
  if (known) return known;
  const layer = make();
  if (sharedAs !== undefined) made?.set(sharedAs, layer);
  return layer;
}
