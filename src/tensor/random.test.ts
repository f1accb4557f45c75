import { expect, test } from "vitest";
import { topologicalOrder } from "../graph/node.ts";
import { jit } from "./jit.ts";
import { Generator, randomUniform } from "./random.ts";

test("a draw does not begin with all the draws before it", async () => {
  const generator = new Generator(5);
  const draw = () => randomUniform([3], { generator });
  const terms = () => topologicalOrder([generator.state.node]).length;
  for (let index = 0; index < 40; index++) draw();
  expect(terms()).toBe(1);
  // A program leaves the state in memory, from where it is counted on.
  await jit(draw)().data();
  for (let index = 0; index < 40; index++) draw();
  expect(terms()).toBeLessThanOrEqual(3);
  expect([...(await generator.state.data())]).toEqual([5, 81]);
});

test("draws are the same, whether evaluated one by one, together or in a program", async () => {
  const values = async (draws: (generator: Generator) => Promise<number[][]>) => draws(new Generator(9));
  const draw = (generator: Generator) => randomUniform([4], { generator });
  const list = async (draws: readonly { data(): Promise<ArrayLike<number>> }[]) =>
    Promise.all(draws.map(async (each) => Array.from(await each.data())));
  const together = await values((generator) => list([draw(generator), draw(generator), draw(generator)]));
  const byOne = await values(async (generator) => {
    const drawn: number[][] = [];
    for (let index = 0; index < 3; index++) drawn.push(...(await list([draw(generator)])));
    return drawn;
  });
  const program = await values(async (generator) => {
    const first = await list([draw(generator)]);
    const rest = await list(jit(() => [draw(generator), draw(generator)] as const)());
    return [...first, ...rest];
  });
  expect(byOne).toEqual(together);
  expect(program).toEqual(together);
});
