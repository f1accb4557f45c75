/** Recurrent layers written down as data, for layers that make others like them with other options. */
import { describe } from "../../graph/options.ts";
import { isSerialized, type SerializedObject, serialize } from "../../graph/registry.ts";
import { GRU } from "./gru.ts";
import { LSTM } from "./lstm.ts";
import { RecurrentLayer } from "./recurrent-layer.ts";
import { SimpleRNN } from "./simple-rnn.ts";

/** The layers of one cell. */
export const cellClasses = [GRU, LSTM, SimpleRNN] as const;

/**
 * A recurrent layer as data, from which a new one is made.
 *
 * @param owner The kind of layer that takes it, and `option` where; for messages.
 * @throws If it is built already, or no recurrent layer.
 */
export function recurrentData(
  owner: string,
  option: string,
  layer: RecurrentLayer | SerializedObject,
): SerializedObject {
  if (layer instanceof RecurrentLayer) {
    if (layer.built) throw new Error(`${owner}: ${layer.path} is built already; give a new layer`);
    return serialize(layer);
  }
  if (typeof layer === "object" && layer !== null && isSerialized(layer)) return layer;
  throw new TypeError(
    `${owner}: ${option} is ${describe(layer)}, expected a recurrent layer such as layers.lstm({ units: 32 })`,
  );
}
