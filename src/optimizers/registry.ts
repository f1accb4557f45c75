/** All optimizers by name. A page that uses no name does without. */
import type { ConfigurableClass } from "../graph/registry.ts";
import { registerSchedules } from "../schedules/registry.ts";
import { Adadelta } from "./adadelta.ts";
import { Adafactor } from "./adafactor.ts";
import { Adagrad } from "./adagrad.ts";
import { Adam } from "./adam.ts";
import { AdamW } from "./adam-w.ts";
import { Adamax } from "./adamax.ts";
import { Ftrl } from "./ftrl.ts";
import { Lamb } from "./lamb.ts";
import { Lion } from "./lion.ts";
import { Muon } from "./muon.ts";
import { Nadam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { type OptimizerLike, optimizerRegistry } from "./optimizer-registry.ts";
import { RMSprop } from "./rmsprop.ts";
import { SGD } from "./sgd.ts";

const all: readonly ConfigurableClass<Optimizer>[] = [
  Adadelta,
  Adafactor,
  Adagrad,
  Adam,
  AdamW,
  Adamax,
  Ftrl,
  Lamb,
  Lion,
  Muon,
  Nadam,
  RMSprop,
  SGD,
];

/** Makes all optimizers known, where that has not happened yet, and the schedules that their learning rates may follow. */
export function registerOptimizers(): void {
  for (const each of all) optimizerRegistry.register(each);
  registerSchedules();
}

/** The optimizer that an option's value stands for, whichever there is; `owner` names the option in messages. */
export function resolveOptimizer(owner: string, value: OptimizerLike | string): Optimizer {
  registerOptimizers();
  return optimizerRegistry.resolve(owner, value);
}
