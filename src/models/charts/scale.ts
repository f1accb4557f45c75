/** Scales: where values lie along an axis, and which round numbers stand beside it. */

export interface Scale {
  readonly ticks: readonly number[];
  /** The place of a value: 0 at the axis's begin, 1 at its end; NaN for what cannot be drawn. */
  position(value: number): number;
  format(tick: number): string;
}

/** What a tick may be a multiple of, times a power of ten. */
const roundSteps = [1, 2, 5, 10] as const;

/**
 * A linear scale from one round number to another that holds all finite values.
 *
 * @param count About how many ticks there shall be, at least 2.
 * @param whole Whether ticks are whole numbers and the scale ends at the values, as for epochs.
 */
export function linearScale(values: readonly number[], count: number, whole = false): Scale {
  const [low, high] = rangeOf(values);
  const step = Math.max(roundStep((high - low) / Math.max(1, count - 1)), whole ? 1 : 0);
  const [first, last] = whole
    ? [Math.ceil(low / step), Math.floor(high / step)]
    : [Math.floor(low / step), Math.ceil(high / step)];
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => roundTo(step, (first + index) * step));
  if (whole && ticks[0] !== low && (ticks[0] ?? high) - low > step * 0.6) ticks.unshift(low);
  const [begin, end] = whole ? [low, high] : [ticks[0] as number, ticks.at(-1) as number];
  return {
    ticks,
    position: (value) =>
      Number.isFinite(value) ? (end === begin ? 0.5 : (value - begin) / (end - begin)) : Number.NaN,
    format: (tick) => formatTick(tick, step),
  };
}

/** A logarithmic scale that holds all finite positive values. */
export function logarithmicScale(values: readonly number[], count: number): Scale {
  const [low, high] = rangeOf(values.filter((value) => value > 0).map(Math.log10));
  const decades = high - low;
  const multiples = decades <= count / 3 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / count));
  const marks: number[] = [];
  for (let power = Math.floor(low) - 1; power <= Math.ceil(high) + 1; power++)
    if (power % every === 0) for (const multiple of multiples) marks.push(Number(`${multiple}e${power}`));
  const begin = marks.findLastIndex((mark) => Math.log10(mark) <= low + 1e-9);
  const end = marks.findIndex((mark) => Math.log10(mark) >= high - 1e-9);
  const ticks = marks.slice(begin, Math.max(end, begin + 1) + 1);
  const [from, to] = [Math.log10(ticks[0] as number), Math.log10(ticks.at(-1) as number)];
  return {
    ticks,
    position: (value) => (value > 0 && Number.isFinite(value) ? (Math.log10(value) - from) / (to - from) : Number.NaN),
    format: (tick) => formatTick(tick, tick),
  };
}

/** The least and the largest finite value, apart from one another unless there is only one epoch. */
function rangeOf(values: readonly number[]): readonly [low: number, high: number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const low = finite.reduce((least, value) => Math.min(least, value));
  const high = finite.reduce((largest, value) => Math.max(largest, value));
  if (low < high) return [low, high];
  const around = Math.abs(low) / 2 || 0.5;
  return [low - around, high + around];
}

/** The next round number that is at least so large. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const multiple = roundSteps.find((each) => each * power >= step * (1 - 1e-9)) ?? 10;
  return multiple * power;
}

/** Takes off what rounding left: 0.30000000000000004 is 0.3. */
function roundTo(step: number, value: number): number {
  const digits = Math.min(20, Math.max(0, 1 - Math.floor(Math.log10(step))));
  return Number(value.toFixed(digits));
}

/** Enough digits to tell ticks of this distance apart. */
function formatTick(tick: number, step: number): string {
  const size = Math.abs(tick);
  if (tick === 0 && step < 1e-4) return "0";
  if (size !== 0 && (size < 1e-4 || size >= 1e6))
    return Number(tick.toPrecision(3)).toExponential().replace("e+", "e").replaceAll("-", "−");
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return tick.toFixed(Math.min(digits, 10)).replace("-", "−");
}

/** A value as it is named beside a curve: four digits. */
export function formatValue(value: number): string {
  return formatNumber(Number(value.toPrecision(4)));
}

function formatNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential().replace("e+", "e") : `${value}`;
}
