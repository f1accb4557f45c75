/**
 * How a training step is timed, the same way as the peers: three steps to warm up, then five batches of steps of about 0.3 s
 * each; the median batch's time per step counts.
 */
const batchSeconds = 0.3;
const batches = 5;

/** A step that is done when it returns, or when its promise resolves. */
export type Step = () => void | Promise<void>;

/** Microseconds per step. */
export async function microsecondsPerStep(step: Step): Promise<number> {
  for (let index = 0; index < 3; index++) await step();
  const seconds = async (count: number): Promise<number> => {
    const start = performance.now();
    for (let index = 0; index < count; index++) await step();
    return (performance.now() - start) / 1e3;
  };
  let count = 1;
  let elapsed = await seconds(count);
  while (elapsed <= batchSeconds / 2) {
    count = Math.max(count * 2, Math.floor((count * batchSeconds) / Math.max(elapsed, 1e-7) / 2));
    elapsed = await seconds(count);
  }
  count = Math.max(1, Math.round((count * batchSeconds) / elapsed));
  const times: number[] = [];
  for (let batch = 0; batch < batches; batch++) times.push((await seconds(count)) / count);
  return (times.sort((a, b) => a - b)[Math.floor(batches / 2)] as number) * 1e6;
}
