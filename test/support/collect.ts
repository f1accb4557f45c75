/** Forces garbage collection and lets finalizers run, for leak tests. */
import { gc } from "./garbage.node.ts";

export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
