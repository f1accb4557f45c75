// What small pages do without: each of these comes with the operation that needs it, or is fetched when it is used.
import { layers, ops, sequential, setSeed, tensor } from "rappel";

setSeed(1);
const model = sequential([
  layers.conv1d({ filters: 4, kernelSize: 3, activation: "relu" }),
  layers.maxPooling1d({ poolSize: 2 }),
  layers.lstm({ units: 5 }),
  layers.dense({ units: 3, activation: "sparsemax" }),
  layers.dense({ units: 1 }),
]);
model.compile({ optimizer: "nadam", loss: "huber", metrics: ["rootMeanSquaredError"] });
const x = { data: Float32Array.from({ length: 6 * 10 * 2 }, (_, index) => Math.sin(index)), shape: [6, 10, 2] };
const y = Float32Array.from({ length: 6 }, (_, index) => index / 6);
const { history } = await model.fit(() => [{ x, y }], { epochs: 2, validationData: () => [{ x, y }] });
const found = { losses: history.loss, errors: history.valRootMeanSquaredError };
found.files = [...(await model.toFiles()).keys()].sort();
found.svg = (await model.toSvg()).includes("lstm");
found.sums = await ops.cumulativeSum(ops.sort(tensor([3, 1, 2]))).array();
const wrong = sequential([layers.dense({ units: 1 })]);
wrong.compile({ optimizer: "adam", loss: "meanSquaredErorr" });
found.mistake = await wrong.fit(x, y).catch((error) => error.message);
globalThis.found = found;
