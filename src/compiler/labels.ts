/** What instructions are called in explanations and profiles. */
import { formatSignature, type Node } from "../graph/node.ts";
import type { Kernel } from "./kernel.ts";

export function describeSteps(steps: readonly Node[]): string {
  const names = steps.map((step) => step.primitive.name);
  return names.length > 6 ? `${names.slice(0, 5).join("·")}·… (${names.length} steps)` : names.join("·");
}

export function describeTail({ steps }: Kernel): string {
  return steps.length > 0 ? ` + ${describeSteps(steps)}` : "";
}

export function describeOutputs({ outputs }: Kernel): string {
  return outputs.map(formatSignature).join(", ");
}
