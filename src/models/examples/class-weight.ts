/** Weights of examples by their classes. */
import { describe } from "../../graph/options.ts";
import { sizeOf } from "../../graph/shape.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import type { HostExamples } from "./examples.ts";

/** Weights for classes by label, as an array or an object; a class that is not named counts once. */
export type ClassWeight = readonly number[] | Readonly<Record<number, number>>;

/**
 * The examples with their weights multiplied by those of their classes.
 *
 * @throws TypeError If the targets are neither labels nor one-hot rows, or there are several. RangeError If a weight is negative or not finite.
 */
export function withClassWeight(examples: HostExamples, classWeight: ClassWeight, owner: string): HostExamples {
  for (const [label, weight] of Object.entries(classWeight))
    if (!/^\d+$/.test(label) || typeof weight !== "number" || !Number.isFinite(weight) || weight < 0)
      throw new RangeError(
        `${owner}: classWeight gives the class ${label} the weight ${describe(weight)}, expected a label and a finite number of at least 0`,
      );
  const [targets] = examples.y;
  if (!targets || examples.y.length > 1)
    throw new TypeError(
      `${owner}: classWeight is for models of one output, and this one has ${examples.y.length}; give sampleWeight instead`,
    );
  const weightOf = new Map(Object.entries(classWeight).map(([label, weight]) => [Number(label), weight]));
  const given = examples.sampleWeight?.data;
  const data = Float32Array.from(
    labelsOf(targets, owner),
    (label, index) => (weightOf.get(label) ?? 1) * (given?.[index] ?? 1),
  );
  return { ...examples, sampleWeight: { data, shape: [examples.length] } };
}

function labelsOf({ data, shape }: HostArray, owner: string): ArrayLike<number> {
  const [length = 0, ...rest] = shape;
  if (sizeOf(rest) === 1) return data;
  if (rest.length > 1)
    throw new TypeError(`${owner}: classWeight needs one label an example, but y has the shape [${shape.join(", ")}]`);
  const classes = rest[0] as number;
  return Array.from({ length }, (_, row) => {
    const values = data.subarray(row * classes, (row + 1) * classes);
    return values.indexOf(Math.max(...values));
  });
}
