import { expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import { sequential } from "../networks/sequential.ts";
import { logDirections } from "./judge.ts";

test("callbacks know which way metrics get better", () => {
  const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  const better = ["auc", "balancedAccuracy", "cohenKappa", "matthewsCorrelation", "meanIoU", "r2Score"];
  const worse = ["meanAbsolutePercentageError", "perplexity"];
  model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: [...better, ...worse] });
  const directions = logDirections(model, ["loss"], undefined);
  for (const name of better) expect(directions.get(name), name).toBe("max");
  for (const name of worse) expect(directions.get(name), name).toBe("min");
});
