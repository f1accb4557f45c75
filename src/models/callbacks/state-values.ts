/** Reading what a callback remembered out of the JSON it was kept as. */
import type { Json } from "../../graph/registry.ts";
import type { CallbackState } from "./callback.ts";

/** The number of a name; undefined where there was none. */
export function numberIn({ values }: CallbackState, name: string): number | undefined {
  const value = values[name];
  return typeof value === "number" ? value : undefined;
}

/** The lists of numbers by name. */
export function numberListsIn(value: Json | undefined): Record<string, number[]> {
  if (typeof value !== "object" || value === null || isList(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, numbersIn(each)]));
}

export function numbersIn(value: Json | undefined): number[] {
  return value !== undefined && isList(value) ? value.filter((each) => typeof each === "number") : [];
}

export function textsIn(value: Json | undefined): string[] {
  return value !== undefined && isList(value) ? value.filter((each) => typeof each === "string") : [];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
