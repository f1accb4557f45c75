/** What layers with a kernel and a bias share: their options, and what follows the product with the kernel. */
import type { Constraint } from "../constraints/constraint.ts";
import { type ConstraintLike, resolveConstraint } from "../constraints/index.ts";
import { checkBoolean, type OptionNames } from "../graph/options.ts";
import { type Configuration, serialize } from "../graph/registry.ts";
import { type InitializerLike, resolveInitializer } from "../initializers/index.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { add } from "../ops/elementwise.ts";
import { type RegularizerLike, resolveRegularizer } from "../regularizers/index.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ActivationName, activationOf } from "./activations/activation-names.ts";
import { type CallContext, Layer, type LayerOptions, serializeOptional } from "./layer.ts";

/** Options of layers with a kernel. */
export interface KernelLayerOptions extends LayerOptions {
  /** What is applied to the result; default `"linear"`. */
  activation?: ActivationName;
  /** Whether to add a bias; default true. */
  useBias?: boolean;
  /** Default `"glorotUniform"`. */
  kernelInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  biasInitializer?: InitializerLike;
  /** A penalty on the kernel; default none. */
  kernelRegularizer?: RegularizerLike;
  /** A penalty on the bias; default none. */
  biasRegularizer?: RegularizerLike;
  /** A penalty on the result, averaged over the batch; default none. */
  activityRegularizer?: RegularizerLike;
  /** A condition that each update of the kernel restores; default none. */
  kernelConstraint?: ConstraintLike;
  /** A condition that each update of the bias restores; default none. */
  biasConstraint?: ConstraintLike;
}

/** For `checkLayerOptions`: the names of these options. */
export const kernelLayerOptionNames: OptionNames<Omit<KernelLayerOptions, keyof LayerOptions>> = {
  activation: true,
  useBias: true,
  kernelInitializer: true,
  biasInitializer: true,
  kernelRegularizer: true,
  biasRegularizer: true,
  activityRegularizer: true,
  kernelConstraint: true,
  biasConstraint: true,
};

/** A layer with a `kernel`, perhaps a `bias`, and an activation. */
export abstract class KernelLayer extends Layer {
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
  readonly activityRegularizer: Regularizer | undefined;
  readonly kernelConstraint: Constraint | undefined;
  readonly biasConstraint: Constraint | undefined;

  constructor(className: string, options: KernelLayerOptions) {
    super(className, options);
    const { activation = "linear", useBias = true } = options;
    const regularizer = (option: "kernelRegularizer" | "biasRegularizer" | "activityRegularizer") => {
      const value = options[option];
      return value === undefined ? undefined : resolveRegularizer(`${className}: ${option}`, value);
    };
    const constraint = (option: "kernelConstraint" | "biasConstraint") => {
      const value = options[option];
      return value === undefined ? undefined : resolveConstraint(`${className}: ${option}`, value);
    };
    activationOf(className, activation);
    checkBoolean(className, "useBias", useBias);
    this.activation = activation;
    this.useBias = useBias;
    this.kernelInitializer = resolveInitializer(
      `${className}: kernelInitializer`,
      options.kernelInitializer ?? "glorotUniform",
    );
    this.biasInitializer = resolveInitializer(`${className}: biasInitializer`, options.biasInitializer ?? "zeros");
    this.kernelRegularizer = regularizer("kernelRegularizer");
    this.biasRegularizer = regularizer("biasRegularizer");
    this.activityRegularizer = regularizer("activityRegularizer");
    this.kernelConstraint = constraint("kernelConstraint");
    this.biasConstraint = constraint("biasConstraint");
  }

  /** Creates the kernel, and a bias for each output. */
  protected addKernel(shape: readonly number[], outputs: number): void {
    this.addWeight({
      name: "kernel",
      shape,
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
      constraint: this.kernelConstraint,
    });
    if (this.useBias)
      this.addWeight({
        name: "bias",
        shape: [outputs],
        initializer: this.biasInitializer,
        regularizer: this.biasRegularizer,
        constraint: this.biasConstraint,
      });
  }

  /** Adds the bias, applies the activation, and penalizes the result where asked to. */
  protected finish(product: Tensor, context: CallContext): Tensor {
    const biased = this.useBias ? add(product, this.weight("bias")) : product;
    const output = activationOf(this.path, this.activation)(biased);
    this.penalize(output, this.activityRegularizer, context);
    return output;
  }

  override config(): Configuration {
    return {
      ...super.config(),
      activation: this.activation,
      useBias: this.useBias,
      kernelInitializer: serialize(this.kernelInitializer),
      biasInitializer: serialize(this.biasInitializer),
      ...serializeOptional("kernelRegularizer", this.kernelRegularizer),
      ...serializeOptional("biasRegularizer", this.biasRegularizer),
      ...serializeOptional("activityRegularizer", this.activityRegularizer),
      ...serializeOptional("kernelConstraint", this.kernelConstraint),
      ...serializeOptional("biasConstraint", this.biasConstraint),
    };
  }
}
