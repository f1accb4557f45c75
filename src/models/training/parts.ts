/** What trains and judges models, and the names that most trainings use. Pages fetch it when a model is compiled, not before. */
export { registerCommonNames } from "./common-names.ts";
export { dataAndOptions } from "./data-arguments.ts";
export { trainModel } from "./fit.ts";
export { resolveFitOptions } from "./fit-options.ts";
export { ModelPrograms } from "./programs.ts";
export { warnOfMismatch } from "./warnings.node.ts";
