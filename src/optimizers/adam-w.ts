/** AdamW: Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019). */
import { Adam, type AdamOptions } from "./adam.ts";

/** Adam with decoupled weight decay. Made by `adamW`. */
export class AdamW extends Adam {
  static override readonly className = "adamW";
  override readonly className = AdamW.className;

  /** The default weight decay is 0.004. */
  constructor(options: AdamOptions = {}) {
    super({ weightDecay: 0.004, ...options }, AdamW.className);
  }
}
