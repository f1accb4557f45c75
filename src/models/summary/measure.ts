/** What a model costs: multiply-adds and the sizes of results, for the whole and for each layer, counted in the graph of a call. */
import { countMultiplyAdds } from "../../graph/multiply-adds.ts";
import type { Signature } from "../../graph/node.ts";
import { parameter } from "../../graph/primitives/leaf.ts";
import { type Shape, sizeOf } from "../../graph/shape.ts";
import type { Layer } from "../../layers/layer.ts";
import type { TextLayer } from "../../layers/preprocessing/text-layer.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { Trace, withTrace } from "../../tensor/trace.ts";
import { allLayers, type Network } from "../networks/network.ts";
import { textReaderOf } from "../networks/text-readers.ts";
import { watchLayers } from "../networks/watch-layers.ts";

/** What a layer does for one example, over all its applications. */
export interface LayerMeasure {
  /** Without the batch axis: the results of the first application. */
  readonly outputShapes: readonly Shape[];
  readonly multiplyAdds: number;
}

export interface Measure {
  readonly layers: ReadonlyMap<Layer, LayerMeasure>;
  /** For one example; what several layers share counts once. */
  readonly multiplyAdds: number;
  /** The bytes of all layers' results for one example, which a training keeps for its gradients. */
  readonly activationBytes: number;
}

const bytesPerNumber = 4;

/**
 * Measures a built model, by the graph of a call that is never computed. Where it is not known what the whole takes, as in a
 * model with a training step of its own, each layer is measured alone.
 */
export function measure(model: Network): Measure {
  const inputs = model.inputSpecs.flatMap(({ shape, text }) => (shape ? [exampleOf(shape, text)] : []));
  const isWhole = model.built && inputs.length === model.inputSpecs.length;
  const run = new MeasuredCalls(model);
  if (isWhole) run.of(inputs, (inputs) => model.callAll(inputs, { training: false }));
  else
    for (const layer of model.layers)
      if (layer.built && layer.inputShape)
        run.of([exampleOf(layer.inputShape, textReaderOf(layer))], (inputs) =>
          layer.callOutputs(inputs, { training: false }),
        );
  return run.result();
}

/** An example as it enters a layer: of texts their indices. */
function exampleOf(shape: Shape, text: TextLayer | undefined): Signature {
  return text ? { shape: text.indicesShape(shape), dtype: "int32" } : { shape, dtype: "float32" };
}

class MeasuredCalls {
  readonly #layers: readonly Layer[];
  readonly #batch: number;
  readonly #measured = new Map<Layer, LayerMeasure>();
  #multiplyAdds = 0;
  #activations = 0;

  constructor(model: Network) {
    this.#layers = allLayers(model.layers);
    this.#batch = this.#layers.find(({ fixedBatchSize }) => fixedBatchSize !== undefined)?.fixedBatchSize ?? 1;
  }

  of(examples: readonly Signature[], call: (inputs: readonly Tensor[]) => readonly Tensor[]): void {
    const inputs = examples.map(({ shape, dtype }) => new Tensor(parameter([this.#batch, ...shape], dtype)));
    // In a trace weights are leaves, not the expressions of their initializers, and state that a call changes stays as it is.
    const outputs = withTrace(new Trace(), () =>
      watchLayers(this.#layers, { after: (layer, results, given) => this.#add(layer, results, given) }, () =>
        call(inputs),
      ),
    );
    this.#multiplyAdds += between(outputs, inputs);
  }

  #add(layer: Layer, outputs: readonly Tensor[], inputs: readonly Tensor[]): void {
    const known = this.#measured.get(layer);
    const multiplyAdds = between(outputs, inputs) / this.#batch;
    this.#measured.set(layer, {
      outputShapes: known?.outputShapes ?? outputs.map(({ shape }) => shape.slice(1)),
      multiplyAdds: (known?.multiplyAdds ?? 0) + multiplyAdds,
    });
    // What a layer of layers gives is the result of one of them.
    if (layer.sublayers.size === 0)
      for (const { shape } of outputs) this.#activations += (sizeOf(shape) * bytesPerNumber) / this.#batch;
  }

  result(): Measure {
    return {
      layers: this.#measured,
      multiplyAdds: this.#multiplyAdds / this.#batch,
      activationBytes: this.#activations,
    };
  }
}

function between(outputs: readonly Tensor[], inputs: readonly Tensor[]): number {
  return countMultiplyAdds(
    outputs.map(({ node }) => node),
    new Set(inputs.map(({ node }) => node)),
  );
}
