/** What a layer's `apply` is given: values of the network, and perhaps masks. */
import { checkOptions, describe } from "../graph/options.ts";
import { formatShape } from "../graph/shape.ts";
import type { Layer } from "./layer.ts";
import { isList, maskFits } from "./mask.ts";
import { type Application, SymbolicTensor } from "./symbolic-tensor.ts";

export interface ApplyOptions {
  /** Which steps count, `[time]` of zeros and ones, in place of the mask that comes with the input; for several inputs one each. */
  readonly mask?: SymbolicTensor | readonly (SymbolicTensor | undefined)[];
}

/** What the layer is applied to, in an array. @throws If it is anything but values of the network. */
export function inputsGiven(path: string, x: SymbolicTensor | readonly SymbolicTensor[]): readonly SymbolicTensor[] {
  const inputs = x instanceof SymbolicTensor ? [x] : x;
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every((each) => each instanceof SymbolicTensor))
    throw new TypeError(
      `${path}.apply: got ${describe(x)}, expected what input({ shape }) or another layer's apply gives, or an array of these; ` +
        "for tensors there is call",
    );
  return [...inputs];
}

/**
 * The masks given by hand, in the order of the inputs.
 *
 * @throws If one does not fit its input, or the layer does not support masks.
 */
export function masksGiven(
  { path, className, supportsMasking }: Layer,
  inputs: readonly SymbolicTensor[],
  options: ApplyOptions,
): Application["masks"] {
  const owner = `${path}.apply`;
  checkOptions(owner, options, { mask: true });
  const { mask } = options;
  if (mask === undefined) return [];
  const masks = isList(mask) ? mask : [mask];
  if (masks.length > inputs.length)
    throw new Error(`${owner}: got ${masks.length} masks for ${inputs.length} inputs; give one each`);
  for (const [index, each] of masks.entries()) {
    if (each === undefined) continue;
    if (!(each instanceof SymbolicTensor))
      throw new TypeError(`${owner}: mask is ${describe(each)}, expected what input({ shape: [time] }) gives`);
    const { shape } = inputs[index] as SymbolicTensor;
    if (!maskFits([1, ...each.shape], [1, ...shape]))
      throw new Error(
        `${owner}: examples of the mask have the shape ${formatShape(each.shape)} and those of the input ` +
          `${formatShape(shape)}; expected ${formatShape(shape.slice(0, 1))}, one value for each step`,
      );
  }
  if (masks.some((each) => each !== undefined) && !supportsMasking)
    throw new Error(`${owner}: got a mask, but a ${className} does not support masks; leave it out`);
  return [...masks];
}
