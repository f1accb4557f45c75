/** What models call to be saved and read, in pages: fetched by those that do. */
import type { ModelFileFunctions } from "../models/saver.ts";

export const fileFunctions: ModelFileFunctions = {
  async save(model, ...others) {
    await model.whenCompiled();
    await (await import("./files.ts")).saveModel(model, ...others);
  },
  async loadState(model, source) {
    await model.whenCompiled();
    return (await import("./files.ts")).loadState(model, source);
  },
  remove: async (...args) => (await import("./files.ts")).removeModel(...args),
  saveWeights: async (...args) => (await import("./files.ts")).saveWeights(...args),
  loadWeights: async (...args) => (await import("./files.ts")).loadWeights(...args),
};
