/** Digits that the network has not seen, with what it takes them for. */
import type { Outcome } from "./train.worker.ts";

export function showDigits(container: HTMLElement, examples: Outcome["examples"]): void {
  container.replaceChildren(
    ...examples.map(({ pixels, label, guess }) => {
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      caption.textContent = guess === label ? `${guess}` : `${guess}, not ${label}`;
      figure.classList.toggle("wrong", guess !== label);
      figure.append(pictureOf(pixels), caption);
      return figure;
    }),
  );
}

/** 8x8 pixels, dark on white. */
function pictureOf(pixels: Float32Array): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = 8;
  canvas.height = 8;
  const context = canvas.getContext("2d");
  const image = context?.createImageData(8, 8);
  if (!context || !image) return canvas;
  for (const [index, darkness] of pixels.entries()) image.data.set([0, 0, 0, 255 * darkness], 4 * index);
  context.putImageData(image, 0, 0);
  return canvas;
}
