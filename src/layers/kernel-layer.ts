/** What layers with a kernel and a bias share: their options, and what follows the product with the kernel. */
import type { ConstraintLike } from "../constraints/index.ts";
import { checkBoolean, type OptionNames } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { InitializerLike } from "../initializers/index.ts";
import { add } from "../ops/elementwise.ts";
import type { RegularizerLike } from "../regularizers/index.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ActivationName, activationOf } from "./activations/activation-names.ts";
import { type CallContext, Layer, type LayerOptions, serializeOptional } from "./layer.ts";
import { optionalRegularizer, WeightSettings } from "./weight-settings.ts";

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
  readonly #kernel: WeightSettings;
  readonly #bias: WeightSettings;
  readonly #activityRegularizer: Regularizer | undefined;

  constructor(className: string, options: KernelLayerOptions) {
    super(className, options);
    const { activation = "linear", useBias = true } = options;
    activationOf(className, activation);
    checkBoolean(className, "useBias", useBias);
    this.activation = activation;
    this.useBias = useBias;
    this.#kernel = new WeightSettings(className, "kernel", options, "glorotUniform");
    this.#bias = new WeightSettings(className, "bias", options, "zeros");
    this.#activityRegularizer = optionalRegularizer(`${className}: activityRegularizer`, options.activityRegularizer);
  }

  /** Creates the kernel, and a bias for each output. */
  protected addKernel(shape: readonly number[], outputs: number): void {
    this.addWeight({ name: "kernel", shape, ...this.#kernel });
    if (this.useBias) this.addWeight({ name: "bias", shape: [outputs], ...this.#bias });
  }

  /** Adds the bias, applies the activation, and penalizes the result where asked to. */
  protected finish(product: Tensor, context: CallContext): Tensor {
    const biased = this.useBias ? add(product, this.weight("bias")) : product;
    const output = activationOf(this.path, this.activation)(biased);
    this.penalize(output, this.#activityRegularizer, context);
    return output;
  }

  override config(): Configuration {
    return {
      ...super.config(),
      activation: this.activation,
      useBias: this.useBias,
      ...this.#kernel.config(),
      ...this.#bias.config(),
      ...serializeOptional("activityRegularizer", this.#activityRegularizer),
    };
  }
}
