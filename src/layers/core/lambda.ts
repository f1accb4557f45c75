/**
 * Lambda applies a function of tensors, without weights:
 *
 *   out = function(in)
 *
 * The gradient follows from the operations of which the function is made. Input `[batch, ...]`, or several; output `[batch, ...]`
 * in whatever shape the function gives.
 */
import { checkBoolean, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape, sameShape } from "../../graph/shape.ts";
import { zeros } from "../../tensor/creation.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { functionOfName, type LambdaFunction, nameOfFunction } from "../functions.ts";
import { type CallContext, checkLayerOptions, type LayerOptions } from "../layer.ts";
import type { Mask } from "../mask.ts";
import { MergeLayer } from "../merging/merge-layer.ts";

export interface LambdaOptions extends LayerOptions {
  /** The function, or the name under which `registerFunction` knows it. It must not depend on what changes from call to call. */
  function: LambdaFunction | string;
  /** The shape of one example's result; default what the function gives. Where it gives another, that is an error. */
  outputShape?: Shape;
  /**
   * Whether the mask of the first input is that of the result too, as where the function leaves all steps in their places; default
   * false, for what it makes of steps is not known: the layers behind see no mask.
   */
  supportsMasking?: boolean;
  /** Plain data that the function is given as `context.arguments`, and that are saved; default none. */
  arguments?: Configuration;
}

/** A function as a layer. Made by `lambda`. */
export class Lambda extends MergeLayer {
  static readonly className = "lambda";
  readonly className = Lambda.className;
  readonly handsMaskOn: boolean;
  readonly function: LambdaFunction;
  readonly arguments: Configuration;
  readonly #outputShape: Shape | undefined;

  constructor(options: LambdaOptions) {
    checkLayerOptions("lambda", options, {
      function: true,
      outputShape: true,
      supportsMasking: true,
      arguments: true,
    });
    super("lambda", options);
    const { function: given, outputShape, supportsMasking = false, arguments: fixed = {} } = options;
    checkBoolean("lambda", "supportsMasking", supportsMasking);
    this.handsMaskOn = supportsMasking;
    if (typeof given !== "function" && typeof given !== "string")
      throw new TypeError(
        `lambda: function is ${describe(given)}, expected a function of a tensor, or the name of a registered one`,
      );
    if (outputShape !== undefined && !Array.isArray(outputShape))
      throw new TypeError(`lambda: outputShape is ${describe(outputShape)}, expected an array such as [28, 28, 1]`);
    if (typeof fixed !== "object" || fixed === null || Array.isArray(fixed))
      throw new TypeError(`lambda: arguments is ${describe(fixed)}, expected an object of plain data`);
    this.function = typeof given === "string" ? functionOfName("lambda", given) : given;
    this.arguments = fixed;
    this.#outputShape = outputShape && [...outputShape];
  }

  override callAll(inputs: readonly Tensor[], { training }: CallContext): Tensor {
    return this.#apply(
      inputs.map((x) => this.checkedInput(x)),
      training,
    );
  }

  protected mergedShape(inputShapes: readonly Shape[]): Shape {
    // Only builds the expression: nothing is computed.
    const inputs = inputShapes.map((shape) => zeros([1, ...shape]));
    return this.#apply(inputs, false).shape.slice(1);
  }

  protected merge(inputs: readonly Tensor[], _masks: readonly Mask[]): Tensor {
    return this.#apply(inputs, false);
  }

  override computeMask(_inputs: readonly Tensor[], masks: readonly Mask[]): Mask {
    return this.handsMaskOn ? masks[0] : undefined;
  }

  #apply(inputs: readonly Tensor[], training: boolean): Tensor {
    const [x] = inputs as readonly [Tensor];
    const result: unknown = this.function(x, { inputs, training, arguments: this.arguments });
    if (!(result instanceof Tensor))
      throw new TypeError(`${this.path}: the function gives ${describe(result)}, expected a tensor`);
    const [batch] = x.shape;
    const shown = `the function makes ${formatShape(result.shape)} of ${inputs.map(({ shape }) => formatShape(shape)).join(", ")}`;
    if (result.rank === 0 || result.shape[0] !== batch)
      throw new Error(`${this.path}: ${shown}, but axis 0 must stay the batch of ${batch}; leave it out of reductions`);
    const expected = this.#outputShape;
    if (expected && !sameShape(result.shape.slice(1), expected))
      throw new Error(
        `${this.path}: ${shown}, but the option outputShape says ${formatShape(expected)} for one example; mend one of them`,
      );
    return result;
  }

  /** @throws If the function is not registered, for then nothing but code could tell which it is. */
  override config(): Configuration {
    const name = nameOfFunction(this.function);
    if (name === undefined)
      throw new Error(
        `${this.path}: holds ${describe(this.function)}, which has no name and so cannot be saved; ` +
          'register it, as in lambda({ function: registerFunction("name", (x) => …) }), here and where it is loaded',
      );
    return {
      ...super.config(),
      function: name,
      ...(this.#outputShape && { outputShape: this.#outputShape }),
      ...(this.handsMaskOn && { supportsMasking: true }),
      ...(Object.keys(this.arguments).length > 0 && { arguments: this.arguments }),
    };
  }
}

/**
 * A function of tensors as a layer: `[batch, ...]` to whatever it gives.
 *
 * A model that holds one can be saved if the function is registered by `registerFunction`.
 *
 * @throws If a name is not registered, or the function gives no tensor, loses the batch axis or contradicts `outputShape`.
 * @example
 * layers.lambda({ function: (x) => multiply(x, x) });
 */
export function lambda(options: LambdaOptions): Lambda {
  return new Lambda(options);
}
