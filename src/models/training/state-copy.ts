/** StateCopy: a second set of values of many variables, to go back to. */

import { zeros } from "../../tensor/creation.ts";
import { jit } from "../../tensor/jit.ts";
import { Variable } from "../../tensor/variable.ts";

/** Keeps one copy of variables' values on the device; taking and restoring it is one program each, and allocates nothing. */
export class StateCopy {
  readonly take: () => void;
  readonly restore: () => void;
  readonly #variables: readonly Variable[];

  constructor(variables: readonly Variable[]) {
    this.#variables = variables;
    const copies = variables.map(
      ({ name, shape, dtype }) => new Variable(zeros(shape, dtype), { name: `copy of ${name}` }),
    );
    this.take = jit(() => {
      for (const [index, variable] of variables.entries()) copies[index]?.assign(variable);
    });
    this.restore = jit(() => {
      for (const [index, variable] of variables.entries()) variable.assign(copies[index] as Variable);
    });
  }

  /** Whether these are the variables copied. */
  isOf(variables: readonly Variable[]): boolean {
    return (
      variables.length === this.#variables.length && variables.every((each, index) => each === this.#variables[index])
    );
  }
}
