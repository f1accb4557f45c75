/** The curve of loss and accuracy, drawn anew after each epoch. */
import type { Progress } from "./train.worker.ts";

const colors = { loss: "#b3261e", accuracy: "#1a6e3c" };

export function drawCurve(canvas: HTMLCanvasElement, history: readonly Progress[], epochs: number): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  const highest = Math.max(...history.map(({ loss }) => loss));
  context.clearRect(0, 0, width, height);
  context.lineWidth = 2;
  const draw = (color: string, values: readonly number[]) => {
    context.strokeStyle = color;
    context.beginPath();
    for (const [epoch, value] of values.entries())
      context.lineTo((epoch / Math.max(1, epochs - 1)) * width, (1 - value) * (height - 8) + 4);
    context.stroke();
  };
  draw(
    colors.loss,
    history.map(({ loss }) => loss / highest),
  );
  draw(
    colors.accuracy,
    history.map(({ accuracy }) => accuracy),
  );
}
