/** Forces garbage collection and lets finalizers run, for leak tests. */
import { gc } from "./garbage.node.ts";

export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The bytes that the process holds; in a page those of its JavaScript, since no page sees more. */
export function usedBytes(): number {
  if (typeof process === "object") return process.memoryUsage().rss;
  const { memory } = performance as typeof performance & { memory?: { usedJSHeapSize: number } };
  return memory?.usedJSHeapSize ?? 0;
}

/** The bytes of JavaScript's objects. */
export function heapBytes(): number {
  return typeof process === "object" ? process.memoryUsage().heapUsed : usedBytes();
}
