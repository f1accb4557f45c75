/** Loops over a sequence that carry a state along: what recurrent networks are made of. */
import { enableScans } from "../compiler/scan-passes.ts";
import { closeBody, parameter, scan as scanNodes } from "../graph/primitives/index.ts";
import { formatShape } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";

/** What one turn leaves: the carries of the next turn, and what is to be kept of this one. */
export interface Turn {
  readonly carry: readonly Tensor[];
  readonly outputs?: readonly Tensor[];
}

/**
 * Runs `turn` for each slice along the first axis of `sequences`, handing the carries from turn to turn.
 *
 * `turn` is called once, to learn its graph. It may use tensors and variables from outside, whose gradients flow; it must not
 * assign to variables, and random numbers drawn inside are the same in every turn.
 *
 * @param initial The carries of the first turn; a turn leaves as many, of the same shapes.
 * @param sequences Tensors `[time, ...]` of equal length.
 * @param options `reverse`: from the last slice to the first; outputs keep the places of their slices.
 * @returns The carries after the last turn, and each output stacked: `[time, ...]`.
 * @throws If there is no sequence, lengths differ, or a carry changes its shape or type.
 * @example
 * // The running sum of the rows of x, [time, width].
 * const { outputs } = ops.scan(([total], [row]) => {
 *   const next = ops.add(total, row);
 *   return { carry: [next], outputs: [next] };
 * }, [zeros([width])], [x]);
 */
export function scan(
  turn: (carry: readonly Tensor[], slices: readonly Tensor[]) => Turn,
  initial: readonly Tensor[],
  sequences: readonly Tensor[],
  { reverse = false }: { reverse?: boolean } = {},
): { carry: Tensor[]; outputs: Tensor[] } {
  const length = sequences[0]?.shape[0];
  const odd = sequences.find((sequence) => sequence.rank === 0 || sequence.shape[0] !== length);
  if (length === undefined || length === 0 || odd)
    throw new Error(
      `scan: the sequences have the shapes ${sequences.map(({ shape }) => formatShape(shape)).join(", ") || "(none)"}; ` +
        `expected at least one, all with the same first axis of at least 1`,
    );
  enableScans();
  const carries = initial.map(({ shape, dtype }) => parameter(shape, dtype));
  const slices = sequences.map(({ shape, dtype }) => parameter(shape.slice(1), dtype));
  const asTensors = (nodes: typeof carries) => nodes.map((node) => new Tensor(node));
  const { carry, outputs = [] } = turn(asTensors(carries), asTensors(slices));
  const { body, captured } = closeBody(
    { carries, slices },
    { next: carry.map(({ node }) => node), outputs: outputs.map(({ node }) => node) },
  );
  const results = scanNodes(body, {
    initial: initial.map(({ node }) => node),
    sequences: sequences.map(({ node }) => node),
    constants: captured,
    length,
    reverse,
  }).map((node) => new Tensor(node));
  return { carry: results.slice(0, carries.length), outputs: results.slice(carries.length) };
}
