/** Numbers as the command line shows them: English digits grouping, a fixed number of places. */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `12,345` */
export function integer(value: number): string {
  return grouped.format(value);
}

/** A share in [0, 1] as `91.3 %`; `–` where it is not defined. */
export function percent(share: number, places = 1): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(places)} %` : "–";
}

/** A loss or metric: four places, or an exponent where they would show nothing. */
export function metric(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return `${value}`;
  const magnitude = Math.abs(value);
  return magnitude >= 1e-3 && magnitude < 1e5 ? value.toFixed(4) : value.toExponential(2);
}

/** Seconds as `120 ms`, `8.3 s`, `4:07` or `1:02:03`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number) => `${part}`.padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `1 epoch`, `2 epochs` */
export function counted(count: number, noun: string): string {
  return `${integer(count)} ${noun}${count === 1 ? "" : "s"}`;
}
