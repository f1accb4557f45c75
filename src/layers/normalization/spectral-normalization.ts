/**
 * SpectralNormalization wraps a layer and divides its kernel W by its largest singular value, so that the layer's Lipschitz
 * constant (for an activation of slope at most 1) does not exceed 1:
 *
 *   kernel used = W / σ,   σ = vᵀ W u
 *
 * W is taken as a matrix with a column for each element of its last axis. u and v follow its largest singular vectors by power
 * iterations, in training one or more a call: v ← W u / ‖W u‖, u ← Wᵀ v / ‖Wᵀ v‖. No gradient flows through u and v, but one
 * through σ.
 *
 * Input and output those of the layer; weights those of the layer, `layer/kernel` …, and the state `vectorU` `[columns]`. Miyato et
 * al., "Spectral normalization for generative adversarial networks" (2018). Keras writes W / σ back into the kernel at each call in
 * training and so differentiates as if σ were constant; here, as in the paper and in PyTorch, W itself is what is learned.
 */
import { checkInteger, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { truncatedNormal } from "../../initializers/index.ts";
import { divide, greater, maximum, multiply, sqrt, square, stopGradient, where } from "../../ops/elementwise.ts";
import { matmul } from "../../ops/linear.ts";
import { reshape, transpose } from "../../ops/movement.ts";
import { sum } from "../../ops/reduce.ts";
import { withPrecision } from "../../tensor/precision.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Variable } from "../../tensor/variable.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { knownLayerFromConfig } from "../layer-registry.ts";
import type { Mask } from "../mask.ts";
import { type SerializedLayer, serializeLayer } from "../sharing.ts";

/** So many iterations when the layer is built let `vectorU` start near the singular vector. */
const iterationsAtStart = 15;
const epsilon = 1e-12;

export interface SpectralNormalizationOptions extends LayerOptions {
  /** A layer with a weight `kernel` (dense, convolutions, recurrent layers) or `embeddings`. */
  layer: Layer | SerializedLayer;
  /** Power iterations at each call in training, at least 1; default 1. */
  powerIterations?: number;
}

/** A layer whose kernel has the spectral norm 1. Made by `spectralNormalization`. */
export class SpectralNormalization extends Layer {
  static readonly className = "spectralNormalization";
  readonly className = SpectralNormalization.className;
  override readonly supportsMasking: boolean;
  readonly powerIterations: number;
  readonly layer: Layer;

  constructor(options: SpectralNormalizationOptions) {
    checkLayerOptions("spectralNormalization", options, { layer: true, powerIterations: true });
    super("spectralNormalization", options);
    const { layer, powerIterations = 1 } = options;
    if (!(layer instanceof Layer) && !(typeof layer === "object" && layer !== null && "className" in layer))
      throw new TypeError(
        `spectralNormalization: layer is ${describe(layer)}, expected a layer such as layers.dense({ units: 10 })`,
      );
    checkInteger("spectralNormalization", "powerIterations", powerIterations, 1);
    this.powerIterations = powerIterations;
    this.layer = this.addSublayer("layer", layer instanceof Layer ? layer : knownLayerFromConfig(layer));
    this.supportsMasking = this.layer.supportsMasking;
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    if (!this.layer.built) this.layer.build(inputShape);
    const kernel = this.#kernel;
    const initializer = truncatedNormal({ standardDeviation: 0.02 });
    const shape = [kernel.shape.at(-1) as number];
    const vectorU = this.addWeight({ name: "vectorU", shape, initializer, trainable: false });
    const { u } = this.#singularVectors(asMatrix(kernel), vectorU, iterationsAtStart);
    vectorU.assign(where(greater(sum(square(u)), 0), u, vectorU));
  }

  get #kernel(): Variable {
    const { weights } = this.layer;
    const kernel = weights.get("kernel") ?? weights.get("embeddings");
    if (kernel && kernel.shape.length >= 2) return kernel;
    throw new Error(
      kernel
        ? `${this.path}: the weight ${kernel.name} has the shape ${formatShape(kernel.shape)}, expected at least two axes`
        : `${this.path}: the layer ${this.layer.path}, a ${this.layer.className}, has no weight "kernel" or "embeddings" to normalize; ` +
            `it has ${[...weights.keys()].join(", ") || "none"}`,
    );
  }

  /** u and v after power iterations from some u; without any, v is that of the u given. No gradient flows through them. */
  #singularVectors(matrix: Tensor, start: Tensor, iterations: number): { readonly u: Tensor; readonly v: Tensor } {
    let u = unit(start);
    let v = unit(matmul(matrix, u));
    for (let iteration = 1; iteration <= iterations; iteration++) {
      u = unit(matmul(transpose(matrix), v));
      if (iteration < iterations) v = unit(matmul(matrix, u));
    }
    return { u: stopGradient(u), v: stopGradient(v) };
  }

  call(x: Tensor, context: CallContext): Tensor {
    const input = this.checkedInput(x);
    const kernel = new Tensor(this.#kernel.node);
    const matrix = asMatrix(kernel);
    const vectorU = this.weight("vectorU");
    const follows = context.training && this.trainable;
    // As every normalization's, these numbers stay float32.
    const { u, sigma } = withPrecision("float32", () => {
      const { u, v } = this.#singularVectors(matrix, vectorU, follows ? this.powerIterations : 0);
      return { u, sigma: sum(multiply(matmul(matrix, u), v)) };
    });
    // A kernel of zeros has no singular vectors: it stays as it is, and so does u.
    const exists = greater(sigma, 0);
    if (follows) vectorU.assign(where(exists, u, vectorU));
    return this.#kernel.reading(divide(kernel, where(exists, sigma, 1)), () => this.layer.call(input, context));
  }

  override computeMask(inputs: readonly Tensor[], masks: readonly Mask[]): Mask | readonly Mask[] {
    return this.layer.computeMask(inputs, masks);
  }

  protected override checkShape(shape: Shape): void {
    this.layer.outputShape(shape);
  }

  override outputShape(inputShape: Shape): Shape {
    return this.layer.outputShape(inputShape);
  }

  override config(): Configuration {
    return { ...super.config(), layer: serializeLayer(this.layer), powerIterations: this.powerIterations };
  }
}

/** A kernel with a column for each element of its last axis. */
function asMatrix(kernel: Tensor): Tensor {
  return reshape(kernel, [-1, kernel.shape.at(-1) as number]);
}

/** A vector of the length 1 in the same direction; zeros stay zeros. */
function unit(vector: Tensor): Tensor {
  return divide(vector, maximum(sqrt(sum(square(vector))), epsilon));
}

/**
 * A layer whose kernel is divided by its largest singular value, as the discriminators of generative adversarial networks use it.
 *
 * @throws If `powerIterations` is below 1; and, when it is built, if the layer has neither a kernel nor embeddings.
 * @example
 * const layer = layers.spectralNormalization({ layer: layers.conv2d({ filters: 64, kernelSize: 3, padding: "same" }) });
 * layer.outputShape([28, 28, 3]); // [28, 28, 64]
 */
export function spectralNormalization(options: SpectralNormalizationOptions): SpectralNormalization {
  return new SpectralNormalization(options);
}
