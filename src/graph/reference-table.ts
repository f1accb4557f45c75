/** The references of primitives: with the primitives themselves, or where pages fetch them, by their names. */
import type { Primitive } from "./node.ts";

type Reference = Primitive["reference"];

const fetched = new Map<string, Reference>();

/** Called by the modules that scripts/cut-references.mjs makes. */
export function provideReference(name: string, reference: Reference): void {
  fetched.set(name, reference);
}

/** The reference of a primitive. */
export function referenceOf({ name, reference }: Partial<Primitive> & Pick<Primitive, "name">): Reference {
  const found = reference ?? fetched.get(name);
  if (!found) throw new Error(`the primitive ${name} has no reference`);
  return found;
}
