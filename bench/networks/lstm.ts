/** An LSTM over rows of an image, whose last output is classified: Hochreiter and Schmidhuber (1997). */
import { layers, ops, randomUniform, type Tensor, Variable, zeros } from "rappel";
import { type Network, Parts } from "./network.ts";

export function lstmClassifier(steps: number, features: number, units: number, classes: number): Network {
  const parts = new Parts();
  const limit = 1 / Math.sqrt(units);
  const weight = (...shape: number[]) => new Variable(randomUniform(shape, { low: -limit, high: limit }));
  const [kernel, recurrent, bias] = [weight(features, 4 * units), weight(units, 4 * units), weight(4 * units)];
  const output = parts.add(layers.dense({ units: classes }), [units]);
  return {
    variables: [kernel, recurrent, bias, ...parts.variables],
    call(x) {
      const batch = x.shape[0] as number;
      // What does not depend on the step before is one product for all steps.
      const projected = ops.add(ops.matmul(ops.transpose(x, [1, 0, 2]), kernel), bias);
      let hidden: Tensor = zeros([batch, units]);
      let cell: Tensor = zeros([batch, units]);
      for (let step = 0; step < steps; step++) {
        const input = ops.reshape(ops.sliceAxis(projected, 0, step, step + 1), [batch, 4 * units]);
        const gates = step === 0 ? input : ops.add(input, ops.matmul(hidden, recurrent));
        const gate = (index: number) => ops.sliceAxis(gates, 1, index * units, (index + 1) * units);
        cell = ops.add(ops.multiply(ops.sigmoid(gate(1)), cell), ops.multiply(ops.sigmoid(gate(0)), ops.tanh(gate(2))));
        hidden = ops.multiply(ops.sigmoid(gate(3)), ops.tanh(cell));
      }
      return output(hidden);
    },
  };
}
