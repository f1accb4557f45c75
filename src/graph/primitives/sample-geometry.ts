/** The geometry of samples of convolutions and windows, written shortly: what is not said is usual. */
type Pair = readonly [height: number, width: number];

interface Geometry {
  readonly strides?: Pair;
  readonly padding?: readonly [top: number, bottom: number, left: number, right: number];
  readonly dilation?: Pair;
}

/** Strides and dilation 1 and no padding, but for what is given. */
export function sampleGeometry({ strides = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1] }: Geometry) {
  const [top, bottom, left, right] = padding;
  const paddings: readonly [Pair, Pair] = [
    [top, bottom],
    [left, right],
  ];
  return { strides, padding: paddings, dilation };
}
