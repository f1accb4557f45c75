/** Schedules: the learning rates of 100 updates, as Keras and PyTorch have them. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { concatenate } from "../../src/ops/joining.ts";
import { reshape } from "../../src/ops/movement.ts";
import { resolveSchedule } from "../../src/schedules/index.ts";
import { jit } from "../../src/tensor/jit.ts";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named } from "./golden.ts";

type Case = GoldenCase<unknown, Configuration & { readonly schedule: string }, { readonly rates: GoldenTensor }>;

for (const origin of ["keras", "torch"]) {
  describe(`schedules as in ${origin}`, () => {
    test.each(named<Case>(`schedules.${origin}.json`))("%s", async (_, { options, outputs }) => {
      const { schedule: className, ...config } = options;
      const schedule = resolveSchedule("golden", { className, config });
      const rate = jit((t: Tensor) => reshape(schedule.call(t), [1]));
      const rates = Array.from({ length: 100 }, (_, t) => rate(tensor(t, { dtype: "int32" })));
      await expectGolden("rates", concatenate(rates), outputs.rates, { relative: 1e-5, absolute: 1e-8 });
    });
  });
}
