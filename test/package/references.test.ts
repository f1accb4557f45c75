/** The references of primitives as pages fetch them: those of dist/, which scripts/cut-references.mjs takes out of the sources. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { enableAllKernels } from "../../src/compiler/all-kernels.ts";
import { allPrimitives, apply, type Primitive } from "../../src/graph/node.ts";
import { parameter } from "../../src/graph/primitives/index.ts";
import { dtypeOfInput, valuesOfSample } from "../support/samples.ts";

const built = new URL("../../dist/graph/references.js", import.meta.url);
enableAllKernels();

describe.skipIf(!existsSync(built))("in dist/ the reference of", async () => {
  const { referenceOf }: { referenceOf(primitive: Pick<Primitive, "name">): Primitive["reference"] } = existsSync(built)
    ? await import(built.href)
    : {};

  const cut = allPrimitives().filter(({ kind }) => kind === "view" || kind === "kernel");
  test.each(cut.map((primitive) => [primitive.name, primitive] as const))("%s is the source's", (_, primitive) => {
    for (const sample of primitive.samples()) {
      const inputs = sample.inputs.map((input) => parameter(input.shape, dtypeOfInput(input)));
      const node = apply(primitive, inputs, sample.attributes);
      const values = valuesOfSample(sample);
      expect(referenceOf({ name: primitive.name })(node, values)).toEqual(primitive.reference(node, values));
    }
  });
});
