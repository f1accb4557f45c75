/** The UCI digits: 1,797 handwritten digits of 8x8 pixels, embedded in the package. */
import { Dataset } from "../dataset.ts";
import { scaledToUnit } from "../scaled-to-unit.ts";

export interface DigitsOptions {
  /** true (the default): the pixels as float32 in [0, 1]. false: as published, uint8 in [0, 16]. */
  readonly scale?: boolean;
}

const pixelsPerImage = 64;

/**
 * The 1,797 handwritten digits that scikit-learn calls `load_digits`: `x` is `[1797, 8, 8, 1]`, `y` int32 labels `[1797]`.
 * Each pixel counts the dark points in a 4x4 block of a 32x32 scan. It needs neither network nor disk, also in browsers.
 *
 * The test part of "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, 1998, UCI Machine Learning
 * Repository, doi:10.24432/C50P49, licensed under CC BY 4.0; the values are unchanged.
 *
 * @example
 * const { train, test } = (await datasets.digits()).split(0.2, { seed: 1 });
 */
export async function digits({ scale = true }: DigitsOptions = {}): Promise<Dataset> {
  const { digitsText } = await import("./digits-data.ts");
  const images = digitsText.split(/\s+/).filter((image) => image !== "");
  const pixels = new Uint8Array(images.length * pixelsPerImage);
  const labels = new Int32Array(images.length);
  images.forEach((image, index) => {
    labels[index] = Number(image[0]);
    for (let pixel = 0; pixel < pixelsPerImage; pixel++)
      pixels[index * pixelsPerImage + pixel] = image.charCodeAt(pixel + 1) - "a".charCodeAt(0);
  });
  return new Dataset({
    x: { data: scale ? scaledToUnit(pixels, 16) : pixels, shape: [images.length, 8, 8, 1] },
    y: { data: labels, shape: [images.length] },
    classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    name: "Digits",
  });
}
