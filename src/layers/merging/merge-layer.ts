/** What layers share that bring several inputs together; and those that do so element by element. */
import { formatShape, type Shape } from "../../graph/shape.ts";
import { cast, logicalOr } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { checkedMask, type Mask, maskOfRank } from "../mask.ts";

/** A function of several inputs, without weights. Subclasses define `mergedShape` and `merge`. */
export abstract class MergeLayer extends Layer {
  override readonly supportsMasking = true;
  readonly #exactly: number | undefined;

  /** @param exactly How many inputs the layer takes; any number by default. */
  constructor(className: string, options: LayerOptions, exactly?: number) {
    super(className, options);
    this.#exactly = exactly;
  }

  /** The shape of one example's result. @throws If the inputs' shapes do not fit one another. */
  protected abstract mergedShape(inputShapes: readonly Shape[]): Shape;
  /** The result for a batch of inputs that were checked; their masks are for those who heed them. */
  protected abstract merge(inputs: readonly Tensor[], masks: readonly Mask[]): Tensor;

  override build(inputShape: Shape): void {
    this.buildAll([inputShape]);
  }

  override buildAll(inputShapes: readonly Shape[]): void {
    this.beginBuild(inputShapes);
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.callAll([x], context);
  }

  override callAll(inputs: readonly Tensor[], { masks = [] }: CallContext): Tensor {
    const checked = inputs.map((x) => this.checkedInput(x));
    this.outputShapeAll(checked.map(({ shape }) => shape.slice(1)));
    return this.merge(
      checked,
      checked.map((x, index) => checkedMask(this.path, masks[index], x)),
    );
  }

  override outputShape(inputShape: Shape): Shape {
    return this.outputShapeAll([inputShape]);
  }

  override outputShapeAll(inputShapes: readonly Shape[]): Shape {
    const exactly = this.#exactly;
    if (exactly === undefined ? inputShapes.length === 0 : inputShapes.length !== exactly)
      throw new Error(
        `${this.path}: got ${inputShapes.length} ${inputShapes.length === 1 ? "input" : "inputs"}, but a ${this.className} takes ` +
          `${exactly ?? "at least 1"}; give them in one array, ${this.className}.apply([a, b])`,
      );
    return this.mergedShape(inputShapes);
  }

  /** Any shape by itself; whether shapes fit one another is for `mergedShape` to say. */
  protected override checkShape(): void {}
}

/** A merge layer whose inputs have as many axes each and broadcast: an axis of 1 stretches. */
export abstract class ElementwiseMergeLayer extends MergeLayer {
  /** @param options Those of every layer and no others. @param exactly How many inputs; any number by default. */
  constructor(className: string, options: LayerOptions, exactly?: number) {
    checkLayerOptions(className, options, {});
    super(className, options, exactly);
  }

  protected mergedShape(inputShapes: readonly Shape[]): Shape {
    const [first = [], ...others] = inputShapes;
    return others.reduce((merged, shape, index) => {
      const fits =
        merged.length === shape.length &&
        merged.every((size, axis) => size === shape[axis] || size === 1 || shape[axis] === 1);
      if (fits) return merged.map((size, axis) => (size === 1 ? (shape[axis] as number) : size));
      const axis = merged.findIndex((size, at) => size !== shape[at] && size !== 1 && shape[at] !== 1);
      throw new Error(
        `${this.path}: input ${index + 1} (counted from 0) has examples of the shape ${formatShape(shape)}, those before it ` +
          `${formatShape(merged)}: ${
            merged.length === shape.length
              ? `axis ${axis + 1} is ${shape[axis]} in one and ${merged[axis]} in the others`
              : "the numbers of axes differ"
          }; give them one shape, with a dense, reshape or 1×1 convolution before`,
      );
    }, first);
  }

  /** A step counts where it does in any input, if all have a mask. */
  override computeMask(_inputs: readonly Tensor[], masks: readonly Mask[]): Mask {
    return masks.reduce((all, mask) => all && mask && logicalOr(all, mask));
  }

  protected merge(inputs: readonly Tensor[], masks: readonly Mask[]): Tensor {
    return this.combine(
      inputs.map((x) => cast(x, "float32")),
      masks.map((mask, index) => mask && maskOfRank(mask, inputs[index]?.rank ?? 0)),
    );
  }

  /** The result of inputs that are float32 and broadcast; their masks broadcast to them. */
  protected abstract combine(inputs: readonly Tensor[], masks: readonly Mask[]): Tensor;
}
