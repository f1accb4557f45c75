/** The precision in which matrix products are recorded: a scope, which the functions on tensors read. */
import { checkChoice } from "../graph/options.ts";
import { type Precision, precisions } from "../graph/precision.ts";

let active: Precision = "float32";

/** The precision of the products that are written down now. */
export function activePrecision(): Precision {
  return active;
}

/**
 * Runs `body`, in which matrix products are computed in a precision: those of `matmul`, and so of dense and recurrent layers, embeddings
 * read backwards and attention. The gradients of these products have the same precision wherever they are asked for.
 *
 * With `"bfloat16"` the operands of a product are rounded to bfloat16 (8 significant bits, float32's range) while it is computed, and
 * its sums are float32. Tensors, variables, convolutions, normalization, softmax, losses and optimizers stay float32, so the weights that
 * are trained are whole ones, and no loss has to be scaled. Processors with AMX multiply so several times as fast; every device
 * computes it. Micikevicius et al., "Mixed Precision Training" (2018); Kalamkar et al., "A Study of BFLOAT16 for Deep Learning Training" (2019).
 *
 * Scopes lie in one another, the innermost counts. A function made by `jit` is traced anew for the precision that it is called in.
 *
 * @param precision `"float32"` or `"bfloat16"`.
 * @param body Not asynchronous: what it did after its first await would be outside.
 * @returns What `body` returns.
 * @throws RangeError If the precision is unknown; TypeError if `body` returns a promise.
 * @example
 * const step = jit((x: Tensor, y: Tensor) => {
 *   const predictions = ops.withPrecision("bfloat16", () => model.call(x, { training: true }));
 *   const loss = ops.mean(losses.meanSquaredError().call(y, predictions));
 *   optimizer.minimize(loss, model.trainableVariables);
 *   return loss;
 * });
 */
export function withPrecision<T>(precision: Precision, body: () => T): T {
  checkPrecision("withPrecision", "precision", precision);
  const outer = active;
  active = precision;
  try {
    const result = body();
    if (result instanceof Promise)
      throw new TypeError(
        "withPrecision: the function is asynchronous, so that most of it would run outside; give one that returns its tensors at once",
      );
    return result;
  } finally {
    active = outer;
  }
}

/** @throws RangeError If an option is none of the precisions; the message suggests the nearest. */
export function checkPrecision(owner: string, option: string, value: Precision): void {
  checkChoice(owner, option, value, precisions);
}
