/** Activation functions by name, as layers' options give them. */
import { describe, suggestion } from "../../graph/options.ts";
import * as activations from "../../ops/activations.ts";
import { exp, sigmoid, tanh } from "../../ops/elementwise.ts";
import * as piecewise from "../../ops/piecewise-activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** A function of a tensor that keeps its shape. */
export type ActivationFunction = (x: Tensor) => Tensor;

const named = {
  linear: activations.linear,
  relu: activations.relu,
  relu6: activations.relu6,
  leakyRelu: (x: Tensor) => activations.leakyRelu(x),
  elu: (x: Tensor) => activations.elu(x),
  selu: activations.selu,
  gelu: (x: Tensor) => activations.gelu(x),
  geluTanh: (x: Tensor) => activations.gelu(x, { approximate: true }),
  silu: activations.silu,
  swish: activations.silu,
  sigmoid: (x: Tensor) => sigmoid(x),
  logSigmoid: activations.logSigmoid,
  hardSigmoid: activations.hardSigmoid,
  hardSwish: activations.hardSwish,
  tanh: (x: Tensor) => tanh(x),
  softplus: activations.softplus,
  softsign: activations.softsign,
  mish: activations.mish,
  exponential: (x: Tensor) => exp(x),
  softmax: (x: Tensor) => activations.softmax(x),
  logSoftmax: (x: Tensor) => activations.logSoftmax(x),
  softmin: (x: Tensor) => activations.softmin(x),
  sparsemax: (x: Tensor) => activations.sparsemax(x),
  celu: (x: Tensor) => activations.celu(x),
  squareplus: (x: Tensor) => activations.squareplus(x),
  tanhShrink: activations.tanhShrink,
  hardSilu: activations.hardSwish,
  hardShrink: (x: Tensor) => piecewise.hardShrink(x),
  softShrink: (x: Tensor) => piecewise.softShrink(x),
  hardTanh: (x: Tensor) => piecewise.hardTanh(x),
  sparsePlus: piecewise.sparsePlus,
  sparseSigmoid: piecewise.sparseSigmoid,
} satisfies Record<string, ActivationFunction>;

/** The activations that layers know by name. `gelu` is exact, `geluTanh` its approximation; `swish` is `silu`, `hardSilu` is `hardSwish`. */
export type ActivationName = keyof typeof named;

export const activationNames = Object.keys(named) as readonly ActivationName[];

function isActivationName(name: string): name is ActivationName {
  return Object.hasOwn(named, name);
}

/** The activation of a name. @throws TypeError If the name is unknown; the message suggests the nearest. */
export function activationOf(owner: string, name: ActivationName): ActivationFunction {
  if (typeof name === "string" && isActivationName(name)) return named[name];
  throw new TypeError(
    `${owner}: activation is ${describe(name)}${suggestion(typeof name === "string" ? name : "", activationNames)}`,
  );
}
