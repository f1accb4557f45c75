import { expect, test } from "vitest";
import { multiply, subtract } from "../../ops/elementwise.ts";
import { mean, sum } from "../../ops/reduce.ts";
import { setDevice } from "../../tensor/storage.ts";
import { tensor } from "../../tensor/tensor.ts";
import { functionOfName, registerFunction } from "../functions.ts";
import { SymbolicTensor } from "../symbolic-tensor.ts";
import { input } from "./input.ts";
import { lambda } from "./lambda.ts";

setDevice("reference");

test("it applies its function, also of several inputs", async () => {
  const difference = lambda({ function: (_, { inputs: [a, b] }) => subtract(a ?? 0, b ?? 0) });
  difference.buildAll([[2], [2]]);
  const [a, b] = [tensor([[5, 7]]), tensor([[1, 2]])];
  expect(await difference.callAll([a, b], { training: false }).array()).toEqual([[4, 5]]);
});

test("its result has the first input's mask where it says so, and none otherwise", async () => {
  const x = tensor([[[1], [2], [3]]]);
  const masks = [tensor([[1, 1, 0]])];
  const double = registerFunction("test: double", (each) => multiply(each, 2));
  for (const supportsMasking of [true, false]) {
    const layer = lambda({ function: double, supportsMasking });
    layer.build([3, 1]);
    expect(layer.config().supportsMasking).toBe(supportsMasking || undefined);
    const [mask] = layer.run([x], { training: false, masks }).masks;
    expect(await mask?.array()).toEqual(supportsMasking ? [[1, 1, 0]] : undefined);
  }
});

test("it knows whether it trains", async () => {
  const layer = lambda({ function: (x, { training }) => multiply(x, training ? 2 : 1) });
  layer.build([1]);
  expect(await layer.call(tensor([[3]]), { training: true }).array()).toEqual([[6]]);
  expect(await layer.call(tensor([[3]]), { training: false }).array()).toEqual([[3]]);
});

test("what it cannot be is an error that says so", () => {
  const wrong: unknown = 7;
  expect(() => lambda({ function: wrong as string })).toThrow("lambda: function is 7, expected a function of a tensor");
  expect(() => lambda({ function: "unheard of" })).toThrow('no function is registered as "unheard of"');
  const none = lambda({ function: () => wrong as ReturnType<typeof sum>, name: "none" });
  expect(() => none.build([2])).toThrow("none: the function gives 7, expected a tensor");
  const all = lambda({ function: (x) => sum(x), name: "all" });
  expect(() => all.build([2])).toThrow("all: the function makes [] of [1, 2], but axis 0 must stay the batch of 1");
  const declared = lambda({ function: (x) => mean(x, { axis: 1 }), outputShape: [2], name: "declared" });
  expect(() => declared.build([2, 3])).toThrow("but the option outputShape says [2] for one example");
  const notSaved = lambda({ function: (x) => x, name: "own" });
  expect(() => notSaved.config()).toThrow(
    /own: holds the function .*, which has no name and so cannot be saved; register it/,
  );
});

test("a function of one name is registered once", () => {
  const same = registerFunction("test: same", (x) => x);
  expect(registerFunction("test: same", same)).toBe(same);
  expect(functionOfName("here", "test: same")).toBe(same);
  expect(lambda({ function: same }).config().function).toBe("test: same");
  expect(() => registerFunction("test: same", (x) => x)).toThrow(
    'another function is registered as "test: same" already',
  );
  expect(() => functionOfName("here", "test: some")).toThrow('did you mean "test: same"?');
});

test("it is applied to values of a network", () => {
  const layer = input({ shape: [4, 3] });
  layer.build([4, 3]);
  const symbol = new SymbolicTensor({ layer, inputs: [], masks: [] }, 0, [4, 3]);
  expect(lambda({ function: (x) => mean(x, { axis: -1 }) }).apply(symbol).shape).toEqual([4]);
});
