// What small pages do without: each of these comes with the operation that needs it, or is fetched when it is used.
import { jit, layers, load, ops, sequential, setDevice, setSeed, tensor } from "rappel";

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
const files = await model.toFiles();
found.files = [...files.keys()].sort();
found.svg = (await model.toSvg()).includes("lstm");
found.sums = await ops.cumulativeSum(ops.sort(tensor([3, 1, 2]))).array();
const cube = (at) => tensor(Float32Array.from({ length: 16 * 128 * 128 }, at), { shape: [16, 128, 128] });
const [waves, ones] = [cube((_, index) => Math.sin(index)), cube(() => 1)];
const attend = jit((x, values) => ops.sum(ops.matmul(ops.softmax(ops.matmul(x, x)), values)));
found.attention = await attend(waves, ones).item();
found.program = attend.explain(waves, ones);
const wrong = sequential([layers.dense({ units: 1 })]);
wrong.compile({ optimizer: "adam", loss: "meanSquaredErorr" });
found.mistake = await wrong.fit(x, y).catch((error) => error.message);
const single = sequential([layers.dense({ units: 1, activation: "softmax", inputShape: [2] })]);
const told = new Promise((resolve) => {
  console.warn = resolve;
});
single.compile({ optimizer: "sgd", loss: "meanAbsoluteError" });
found.warning = await told;
found.onBatch = (await single.trainOnBatch([[0, 1]], [[1]])).loss;
found.judged = (await single.evaluate([[0, 1]], [[3]])).loss;
const words = sequential([
  layers.embedding({ inputDim: 4, outputDim: 2 }),
  layers.flatten(),
  layers.dense({ units: 1 }),
]);
words.compile({ optimizer: "adam", loss: "meanSquaredError" });
found.wrongIndex = await words.fit([[0, 5]], [[1]]).catch((error) => error.message);
const fast = await (await model.predict(x)).data();
setDevice("reference");
const exact = await (await (await load(files)).predict(x)).data();
found.farthest = Math.max(...exact.map((value, index) => Math.abs(value - fast[index])));
globalThis.found = found;
