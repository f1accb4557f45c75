/** Bins of confidence: their edges, and the calibration error of what fell into them. Plain numbers on the host. */
import { total } from "./scores.ts";

/** The weighted mean of the gaps between confidence and accuracy, the root of that of their squares, or the largest gap. */
export type CalibrationNorm = "l1" | "l2" | "max";
export const calibrationNorms: readonly CalibrationNorm[] = ["l1", "l2", "max"];

/** What fell into a bin. */
export interface Bin {
  readonly weight: number;
  /** The sum of the weights of the hits, */
  readonly hits: number;
  /** … and of the weighted confidences. */
  readonly confidence: number;
}

/** The edges of bins of equal width over [0, 1]. */
export function evenEdges(bins: number): number[] {
  const step = 1 / bins;
  return Array.from({ length: bins + 1 }, (_, edge) => (edge === bins ? 1 : edge * step));
}

/** The calibration error over bins with a weight; NaN where there are none. */
export function errorOfBins(filled: readonly Bin[], norm: CalibrationNorm): number {
  const gaps = filled.map(({ hits, confidence, weight }) => Math.abs(hits - confidence) / weight);
  if (gaps.length === 0) return Number.NaN;
  if (norm === "max") return Math.max(...gaps);
  const weights = filled.map(({ weight }) => weight);
  const mean = (values: readonly number[]) =>
    total(values.map((value, bin) => value * (weights[bin] as number))) / total(weights);
  return norm === "l1" ? mean(gaps) : Math.sqrt(mean(gaps.map((gap) => gap ** 2)));
}
