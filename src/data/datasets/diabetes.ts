/** The diabetes data: ten measurements of each of 442 patients and how their disease went on, embedded in the package. */
import { Dataset } from "../dataset.ts";

export interface DiabetesOptions {
  /**
   * true (the default): each column has the mean 0 and the sum of squares 1, as scikit-learn gives them.
   * false: as they were measured.
   */
  readonly scale?: boolean;
}

const features = 10;

/**
 * The 442 patients that scikit-learn calls `load_diabetes`: `x` is float32 `[442, 10]`, `y` float32 `[442, 1]`, a measure of how far
 * the disease went within a year, from 25 to 346. A least squares fit of all of them has R² = 0.51775.
 *
 * The columns are age in years, sex (1 or 2), body mass index, mean blood pressure and six of the blood serum: total, LDL and
 * HDL cholesterol, total over HDL cholesterol, a logarithm of triglycerides, and sugar. It needs neither network nor disk, also in
 * browsers.
 *
 * From B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least angle regression" (2004), whose authors published them for
 * all to use; in scikit-learn's copy, the values unchanged.
 *
 * @example
 * const { train, test } = (await datasets.diabetes()).split(0.2, { seed: 1 });
 */
export async function diabetes({ scale = true }: DiabetesOptions = {}): Promise<Dataset> {
  const { diabetesText } = await import("./diabetes-data.ts");
  const rows = diabetesText
    .trim()
    .split("\n")
    .map((row) => row.split(" ").map(Number));
  const columns = Array.from({ length: features }, (_, feature) => {
    const column = rows.map((row) => row[feature] as number);
    return scale ? centeredToLengthOne(column) : column;
  });
  return new Dataset({
    x: {
      data: Float32Array.from({ length: rows.length * features }, (_, index) => {
        const column = columns[index % features] as readonly number[];
        return column[Math.floor(index / features)] as number;
      }),
      shape: [rows.length, features],
    },
    y: { data: Float32Array.from(rows, (row) => row[features] as number), shape: [rows.length, 1] },
    name: "Diabetes",
  });
}

/** The values less their mean, divided by the root of the sum of their squares. */
function centeredToLengthOne(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const length = Math.hypot(...values.map((value) => value - mean));
  return values.map((value) => (value - mean) / length);
}
