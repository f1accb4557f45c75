/** Describes a Dataset in a few lines for a person to read. */
import { dtypeOf } from "../graph/dtype.ts";
import { formatShape } from "../graph/shape.ts";
import type { HostArray } from "../tensor/host-array.ts";
import type { Dataset } from "./dataset.ts";

const count = new Intl.NumberFormat("en-US");
const number = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });

/** Sizes, types, ranges and class counts of a Dataset, one line each, without a newline at the end. */
export function describeDataset(dataset: Dataset): string {
  const lines = [
    `${dataset.name}: ${count.format(dataset.length)} examples`,
    `  x  ${describeArray(dataset.x)}`,
    `  y  ${dataset.hasLabels ? `${signature(dataset.y)}, class labels` : describeArray(dataset.y)}`,
  ];
  if (dataset.hasLabels) {
    const counts = dataset.classCounts();
    const names = dataset.classNames ?? counts.map((_, label) => `${label}`);
    const width = Math.max(0, ...names.map((name) => name.length));
    const countWidth = Math.max(0, ...counts.map((examples) => count.format(examples).length));
    counts.forEach((examples, label) => {
      lines.push(`     ${(names[label] ?? "").padEnd(width)}  ${count.format(examples).padStart(countWidth)}`);
    });
  }
  return lines.join("\n");
}

function signature({ data, shape }: HostArray): string {
  return `${dtypeOf(data)}${formatShape(shape)}`;
}

function describeArray(array: HostArray): string {
  const { data } = array;
  if (data.length === 0) return signature(array);
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of data) {
    minimum = Math.min(minimum, value); // a NaN stays visible in all of them
    maximum = Math.max(maximum, value);
    sum += value;
  }
  const mean = sum / data.length;
  let squares = 0;
  for (const value of data) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / data.length);
  const range = `${number.format(minimum)} to ${number.format(maximum)}`;
  return `${signature(array)}, ${range}, mean ${number.format(mean)}, standard deviation ${number.format(deviation)}`;
}
