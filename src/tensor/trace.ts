/** The trace that is being recorded, if any: `jit` runs a function once under a trace to learn its graph. */
import type { Node } from "../graph/node.ts";

/** Somebody's mutable value, which a trace may update: a Variable. */
export interface Assignable {
  /** The leaf that stands for the value before the trace. */
  readonly traceLeaf: Node;
}

export class Trace {
  /** Who was read or assigned, with the value they have by now. */
  readonly values = new Map<Assignable, Node>();

  read(variable: Assignable): Node {
    const value = this.values.get(variable);
    if (value) return value;
    this.values.set(variable, variable.traceLeaf);
    return variable.traceLeaf;
  }

  assign(variable: Assignable, value: Node): void {
    this.values.set(variable, value);
  }
}

let active: Trace | undefined;

export function activeTrace(): Trace | undefined {
  return active;
}

/** Runs `body` while `trace` records; traces inside traces record into the innermost. */
export function withTrace<T>(trace: Trace | undefined, body: () => T): T {
  const outer = active;
  active = trace;
  try {
    return body();
  } finally {
    active = outer;
  }
}
