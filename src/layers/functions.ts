/** Functions by name, so that layers made of functions can be written down as data: what is saved is the name, never code. */
import { suggestion } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What a function in a layer is told beside its first input. */
export interface LambdaContext {
  /** All inputs, `[batch, ...]`; of most layers one. */
  readonly inputs: readonly Tensor[];
  /** Whether the result serves training. */
  readonly training: boolean;
  /** What the layer's option `arguments` holds. */
  readonly arguments: Configuration;
}

/** A function of a batch `[batch, ...]`, built of operations on tensors. */
export type LambdaFunction = (x: Tensor, context: LambdaContext) => Tensor;

const byName = new Map<string, LambdaFunction>();
const names = new Map<LambdaFunction, string>();

/**
 * Gives a function a name, under which layers that hold it are saved. A program that loads them must register it too.
 *
 * @returns The function.
 * @throws If another function has the name.
 * @example
 * const swish = registerFunction("swish", (x) => multiply(x, sigmoid(x)));
 * layers.lambda({ function: swish });
 */
export function registerFunction(name: string, added: LambdaFunction): LambdaFunction {
  if (typeof name !== "string" || name === "")
    throw new TypeError(`registerFunction: the name is ${JSON.stringify(name)}, expected a text`);
  if (typeof added !== "function")
    throw new TypeError(`registerFunction: "${name}" is ${String(added)}, expected a function of a tensor`);
  const known = byName.get(name);
  if (known && known !== added)
    throw new Error(`registerFunction: another function is registered as "${name}" already`);
  byName.set(name, added);
  names.set(added, name);
  return added;
}

/** The name under which a function is registered. */
export function nameOfFunction(known: LambdaFunction): string | undefined {
  return names.get(known);
}

/** The function of a name. @throws If there is none; the message suggests the nearest. */
export function functionOfName(owner: string, name: string): LambdaFunction {
  const known = byName.get(name);
  if (known) return known;
  throw new TypeError(
    `${owner}: no function is registered as "${name}"${suggestion(name, [...byName.keys()])}; ` +
      `call registerFunction("${name}", (x) => …) before`,
  );
}
