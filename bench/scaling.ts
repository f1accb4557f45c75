/** How a step's time grows with the work: the batch and the width of a dense network, the length of a recurrent one's sequences. */
import { type Case, lstm, mlp, runStep } from "./cases.ts";
import { microsecondsPerStep } from "./protocol.ts";

interface Series {
  readonly title: string;
  readonly sizes: readonly number[];
  readonly make: (size: number) => Case;
}

const series: readonly Series[] = [
  { title: "mlp, batch", sizes: [16, 32, 64, 128, 256, 512, 1024], make: (batch) => mlp(batch, 784, 256, 128, 10) },
  { title: "lstm, length", sizes: [64, 128, 256, 512, 1024], make: (length) => lstm(64, length) },
  { title: "mlp, width", sizes: [256, 512, 1024, 2048, 4096], make: (width) => mlp(128, width, width, 10) },
];

/** A table a series: time, time per unit of size against the smallest, instructions, and the first step with everything before it. */
export async function printScaling(): Promise<void> {
  for (const { title, sizes, make } of series) {
    console.log(
      `${title.padEnd(14)} ${"µs".padStart(10)} ${"per unit".padStart(9)} ${"instructions".padStart(13)} ${"first step".padStart(11)}`,
    );
    let smallest: number | undefined;
    for (const size of sizes) {
      const prepared = make(size);
      const start = performance.now();
      await runStep(prepared);
      const first = performance.now() - start;
      const microseconds = await microsecondsPerStep(() => runStep(prepared));
      smallest ??= microseconds / size;
      const relative = microseconds / size / smallest;
      const instructions = prepared.profile(1).length;
      console.log(
        `${String(size).padStart(14)} ${microseconds.toFixed(1).padStart(10)} ${relative.toFixed(2).padStart(9)} ${String(instructions).padStart(13)} ${`${first.toFixed(0)} ms`.padStart(11)}`,
      );
    }
  }
}
