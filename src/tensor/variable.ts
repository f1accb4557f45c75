/** Variable: a tensor whose value changes. Weights, optimizer moments, running statistics and random states are Variables. */
import type { DType } from "../graph/dtype.ts";
import { formatSignature, type Node } from "../graph/node.ts";
import { parameter } from "../graph/primitives/leaf.ts";
import { sameShape } from "../graph/shape.ts";
import { leafOf, type Storage } from "./storage.ts";
import { compute, Tensor } from "./tensor.ts";
import { type Assignable, activeTrace } from "./trace.ts";

/** A condition that an optimizer restores after each of its updates. */
export interface VariableConstraint {
  /** The nearest value that meets the condition, in the same shape. */
  call(value: Tensor): Tensor;
}

export interface VariableOptions {
  /** For messages and saved files; by default "variable". */
  name?: string;
  /** Whether optimizers may change it; by default true. */
  trainable?: boolean;
  /** What optimizers make of each new value before they store it; by default nothing. */
  constraint?: VariableConstraint | undefined;
}

/**
 * A mutable tensor. Reading it (using it in an expression) gives its value at that moment; `assign` changes the value, inside
 * `jit` as part of the program, in place.
 *
 * @example
 * const counter = new Variable(tensor(0));
 * counter.assign(add(counter, 1));
 * await counter.item(); // 1
 */
export class Variable extends Tensor implements Assignable {
  name: string;
  trainable: boolean;
  readonly constraint: VariableConstraint | undefined;
  readonly traceLeaf: Node;
  /** A value assigned and not yet computed. */
  #pending: Tensor | undefined;
  #storage: Storage | undefined;
  /** What is read instead while `reading` runs. */
  #substitute: Tensor | undefined;
  /** A leaf through which expressions outside of traces read the present storage, which then must not change under them. */
  #reader: WeakRef<Node> | undefined;

  constructor(initial: Tensor, options: VariableOptions = {}) {
    const traceLeaf = parameter(initial.shape, initial.dtype);
    super(traceLeaf);
    this.traceLeaf = traceLeaf;
    this.name = options.name ?? "variable";
    this.trainable = options.trainable ?? true;
    this.constraint = options.constraint;
    this.#pending = new Tensor(initial.node);
  }

  override get shape(): readonly number[] {
    return this.traceLeaf.shape;
  }

  override get dtype(): DType {
    return this.traceLeaf.dtype;
  }

  override get node(): Node {
    if (this.#substitute) return this.#substitute.node;
    const trace = activeTrace();
    if (trace) return trace.read(this);
    if (this.#pending) return this.#pending.node;
    const known = this.#reader?.deref();
    if (known) return known;
    const reader = leafOf(this.#storage as Storage, this.shape);
    this.#reader = new WeakRef(reader);
    return reader;
  }

  /**
   * Changes the value.
   *
   * @throws If shape or dtype of the new value differ.
   */
  assign(value: Tensor): void {
    if (!sameShape(value.shape, this.shape) || value.dtype !== this.dtype)
      throw new Error(
        `${this.name}: cannot assign ${formatSignature(value)} to a variable of ${formatSignature(this)}`,
      );
    const trace = activeTrace();
    const node = value.node;
    if (trace) trace.assign(this, node);
    else {
      this.#pending = new Tensor(node);
      this.#storage = undefined;
      this.#reader = undefined;
    }
  }

  /**
   * Runs a function in which the variable reads as another value, as where a layer is to compute with a function of its weights.
   * The variable itself stays as it is.
   *
   * @throws If shape or dtype of the value differ.
   */
  reading<Result>(value: Tensor, run: () => Result): Result {
    if (!sameShape(value.shape, this.shape) || value.dtype !== this.dtype)
      throw new Error(`${this.name}: cannot read as ${formatSignature(value)}, being ${formatSignature(this)}`);
    const outer = this.#substitute;
    this.#substitute = new Tensor(value.node);
    try {
      return run();
    } finally {
      this.#substitute = outer;
    }
  }

  /** The storage of the present value, computed if need be. */
  storage(): Storage {
    if (this.#pending) Variable.materialize([this]);
    return this.#storage as Storage;
  }

  /** A storage that a program may overwrite: the present one, or a copy if an expression outside of traces still reads that. */
  writableStorage(): Storage {
    if (this.#pending) Variable.materialize([this]);
    if (this.#reader) {
      const reader = this.#reader.deref();
      if (reader) [this.#storage] = compute([reader]);
      this.#reader = undefined;
    }
    return this.#storage as Storage;
  }

  /** Computes the assigned values of many variables in one program. */
  static materialize(variables: Iterable<Variable>): void {
    const waiting = new Set<Variable>();
    for (const variable of variables) if (variable.#pending) waiting.add(variable);
    if (waiting.size === 0) return;
    const list = [...waiting];
    const storages = compute(list.map((variable) => (variable.#pending as Tensor).node));
    for (const [index, variable] of list.entries()) {
      variable.#pending = undefined;
      variable.#storage = storages[index];
    }
  }

  /** The values at this moment, whatever is submitted afterwards. */
  override async data(): ReturnType<Tensor["data"]> {
    if (activeTrace()) return super.data();
    // A program may overwrite the storage while the reader waits, so that what is read is a copy, made in its turn.
    const [copy] = compute([leafOf(this.storage(), this.shape)]) as [Storage];
    const data = await copy.read();
    copy.release();
    return data;
  }

  override toString(): string {
    return `Variable ${this.name} ${formatSignature(this)}`;
  }
}
