/**
 * The part of the public API that knows models and where they are kept. It brings the two together: models stand below what writes files,
 * so that they can be used where there are none. A page that uses nothing of it does without both.
 */
import { fileFunctions } from "./io/file-functions.node.ts";
import { setSaver } from "./models/saver.ts";

export * from "./io/index.ts";
export * as callbacks from "./models/callbacks/index.ts";
export * from "./models/index.ts";
export { Model } from "./models/model.ts";
export { Sequential, sequential } from "./models/networks/sequential.ts";
export type { Evaluation } from "./models/training/evaluate.ts";

setSaver(fileFunctions.save, fileFunctions);
