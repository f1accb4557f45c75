/** Functions of tensors by name, so that layers made of functions can be written down as data. */
import { NamedFunctions } from "../graph/named-functions.ts";
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

const functions = new NamedFunctions<LambdaFunction>("registerFunction", "a function of a tensor");

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
  return functions.register(name, added);
}

/** The name under which a function is registered. */
export function nameOfFunction(known: LambdaFunction): string | undefined {
  return functions.nameOf(known);
}

/** The function of a name. @throws If there is none; the message suggests the nearest. */
export function functionOfName(owner: string, name: string): LambdaFunction {
  return functions.of(owner, name);
}
