/** What models call to be saved and read, in pages: fetched by those that do. */
import type { ModelFileFunctions } from "../models/saver.ts";

const files = () => import("./files.ts");

export const fileFunctions: ModelFileFunctions = {
  async save(model, ...others) {
    await model.whenCompiled();
    await (await files()).saveModel(model, ...others);
  },
  async loadState(model, source) {
    await model.whenCompiled();
    return (await files()).loadState(model, source);
  },
  remove: async (...args) => (await files()).removeModel(...args),
  saveWeights: async (...args) => (await files()).saveWeights(...args),
  loadWeights: async (...args) => (await files()).loadWeights(...args),
};
