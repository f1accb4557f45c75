/** Elementwise steps as a MapBody: a short register program (see engine/program.h), with registers reused as soon as they are free. */
import type { DType } from "../graph/dtype.ts";
import { attributesIf, isApplication, type Node } from "../graph/node.ts";
import { castPrimitive, iotaPrimitive, randomBitsPrimitive } from "../graph/primitives/index.ts";
import { sizeOf } from "../graph/shape.ts";
import { type ColumnSum, sourceOf } from "./kernel.ts";
import { commonLoops, stridesIn } from "./loops.ts";
import { accumulator, bitsOf, type Operator, operator } from "./program.ts";
import { collapse, type Loop, type Source, type View, type Views } from "./view.ts";

export interface BodyOptions {
  readonly steps: readonly Node[];
  readonly outputs: readonly Node[];
  /** Of a tail. */
  readonly sums?: readonly ColumnSum[];
  readonly views: Views;
  /** The number of elements of the index space. */
  readonly size: number;
  /** The Node whose value lies under the body: its anchor's. */
  readonly under?: Node;
  /** The body is the head of a reduction: its result goes to the kernel. The value may also be read from memory as it is. */
  readonly head?: Node;
  /** Where an output is written. */
  readonly placeOf: (node: Node) => View;
  /** The buffer number of a Node. */
  readonly bufferOf: (node: Node) => number;
}

/** Primitives that the Program calls by other names. */
const shortNames: Readonly<Record<string, string>> = {
  negative: "neg",
  subtract: "sub",
  multiply: "mul",
  divide: "div",
  power: "pow",
  maximum: "max",
  minimum: "min",
  equal: "eq",
  notEqual: "ne",
  less: "lt",
  lessEqual: "le",
};

function isOperator(name: string): name is Operator {
  return name in operator;
}

/** The operator of a primitive on floats, or on what registers hold as integers: that has a name of its own where floats have one, too. */
function operatorOf(primitive: string, isFloat: boolean): Operator | undefined {
  const name = shortNames[primitive] ?? primitive;
  const ofIntegers = `${name}I`;
  return [isFloat ? name : ofIntegers, name].find(isOperator);
}

/** The operators of a cast, one after the other; none where registers hold both types alike. */
function castOperators(from: DType, to: DType): readonly Operator[] {
  if (from === to || (from === "uint8" && to === "int32")) return [];
  if (from === "float32")
    return to === "int32" ? ["floatToInt"] : to === "uint8" ? ["floatToInt", "toUInt8"] : ["floatToBool"];
  if (from === "bool") return to === "float32" ? ["boolToFloat"] : ["boolToInt"];
  return to === "float32" ? ["intToFloat"] : to === "bool" ? ["intToBool"] : ["toUInt8"];
}

/** A value inside the body before it has a number. */
type Value =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "constant"; readonly index: number }
  | { readonly kind: "result"; readonly step: number };

/** A view that the body reads, as the buffer's number and loops say it; undefined for the value under it. */
interface BodyInput {
  readonly view: View | undefined;
  readonly buffer: number;
  /** Of a key of random bits, which is read as it is, there are none. */
  readonly loops: readonly Loop[];
  readonly isKey: boolean;
}

interface MicroStep {
  readonly operator: Operator;
  readonly operands: readonly (Value | number)[];
}

/** The words of a MapBody. */
export function emitBody(options: BodyOptions): number[] {
  return new BodyBuilder(options).words();
}

class BodyBuilder {
  readonly #options: BodyOptions;
  readonly #inputs: BodyInput[] = [];
  readonly #constants: number[] = [];
  readonly #steps: MicroStep[] = [];
  readonly #values = new Map<Node, Value>();
  /** Of each step, where its inputs come from. */
  readonly #sources = new Map<Node, readonly Source[]>();
  readonly #uses = new Map<Node, number>();
  /** Of each sum that takes in a product, that product. */
  readonly #productOf = new Map<Node, Node>();

  constructor(options: BodyOptions) {
    this.#options = options;
    const { steps, under, head, outputs, sums = [] } = options;
    const inside = new Set(steps);
    if (under) {
      inside.add(under);
      this.#inputs.push({
        view: undefined,
        buffer: accumulator,
        loops: [{ size: options.size, stride: 1 }],
        isKey: false,
      });
      this.#values.set(under, { kind: "input", index: 0 });
    }
    const isInside = (node: Node) => inside.has(node);
    for (const node of outputs) this.#use(node);
    for (const { value } of sums) this.#use(value);
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at] as Node;
      const sources: Source[] = [];
      for (let index = 0; index < step.inputs.length; index++) {
        const source = sourceOf(step, index, options.views, isInside);
        if (source.kind === "register") this.#use(source.node);
        sources.push(source);
      }
      this.#sources.set(step, sources);
    }
    const fused = this.#fuseProducts();
    for (const step of steps) if (!fused.has(step)) this.#values.set(step, this.#emit(step));
    if (head && steps.length === 0) {
      const view = options.views.of(head);
      this.#values.set(head, this.#load(view, collapse(view)));
    }
  }

  #use(node: Node): void {
    this.#uses.set(node, (this.#uses.get(node) ?? 0) + 1);
  }

  #source(step: Node, index: number): Source {
    return (this.#sources.get(step) as readonly Source[])[index] as Source;
  }

  #load(view: View, loops: readonly Loop[], isKey = false): Value {
    const buffer = this.#options.bufferOf(view.base);
    for (let index = 0; index < this.#inputs.length; index++) {
      const known = this.#inputs[index] as BodyInput;
      if (known.buffer !== buffer || known.view?.offset !== view.offset || known.isKey !== isKey) continue;
      if (sameLoops(known.loops, loops)) return { kind: "input", index };
    }
    return { kind: "input", index: this.#inputs.push({ view, buffer, loops, isKey }) - 1 };
  }

  #constant(bits: number): Value {
    const known = this.#constants.indexOf(bits);
    return { kind: "constant", index: known >= 0 ? known : this.#constants.push(bits) - 1 };
  }

  #operand(step: Node, index: number): Value {
    const source = this.#source(step, index);
    switch (source.kind) {
      case "constant":
        return this.#constant(bitsOf(source.value, (step.inputs[index] as Node).dtype));
      case "register":
        return this.#values.get(source.node) as Value;
      case "memory":
        return this.#load(source.view, source.loops);
    }
  }

  #push(operator: Operator, ...operands: readonly (Value | number)[]): Value {
    return { kind: "result", step: this.#steps.push({ operator, operands }) - 1 };
  }

  /** A product that only one sum uses is computed with it, as one fused multiply-add. @returns These products. */
  #fuseProducts(): ReadonlySet<Node> {
    const fused = new Set<Node>();
    for (const step of this.#options.steps) {
      const product =
        step.primitive.name === "add" && step.dtype === "float32" ? this.#fusedProductOf(step) : undefined;
      if (!product) continue;
      this.#productOf.set(step, product);
      fused.add(product);
    }
    return fused;
  }

  /** The product that a sum takes in, the first that can be. */
  #fusedProductOf(sum: Node): Node | undefined {
    for (let index = 0; index < 2; index++) {
      const source = this.#source(sum, index);
      if (
        source.kind === "register" &&
        source.node.primitive.name === "multiply" &&
        this.#uses.get(source.node) === 1 &&
        source.node !== this.#options.under
      )
        return source.node;
    }
    return undefined;
  }

  #emit(step: Node): Value {
    const iota = attributesIf(step, iotaPrimitive);
    if (iota) return this.#push("iota", sizeOf(iota.shape.slice(iota.axis + 1)), iota.shape[iota.axis] as number);
    const random = attributesIf(step, randomBitsPrimitive);
    if (random)
      return this.#push("random", this.#load(this.#options.views.of(step.inputs[0] as Node), [], true), random.stream);
    if (isApplication(step, castPrimitive)) {
      const from = (step.inputs[0] as Node).dtype;
      return castOperators(from, step.dtype).reduce<Value>(
        (value, name) => this.#push(name, value),
        this.#operand(step, 0),
      );
    }
    const product = this.#productOf.get(step);
    if (product) {
      const other = linearIs(this.#source(step, 0), product) ? 1 : 0;
      return this.#push("fma", this.#operand(product, 0), this.#operand(product, 1), this.#operand(step, other));
    }
    if (step.inputs[0]?.dtype === "bool" && (step.primitive.name === "equal" || step.primitive.name === "notEqual")) {
      const differ = this.#push("xor", this.#operand(step, 0), this.#operand(step, 1));
      return step.primitive.name === "notEqual" ? differ : this.#push("xor", differ, this.#constant(bitsOf(1, "bool")));
    }
    // The operands' type decides: a comparison of floats is a float operation with a bool result.
    const isFloat = (step.inputs[step.inputs.length - 1] as Node).dtype === "float32";
    const name = operatorOf(step.primitive.name, isFloat);
    if (!name) throw new Error(`compiler: no operator for ${step.primitive.name} on ${(step.inputs[0] as Node).dtype}`);
    return this.#push(name, ...step.inputs.map((_, index) => this.#operand(step, index)));
  }

  words(): number[] {
    const { outputs, sums = [], head, bufferOf, placeOf, size } = this.#options;
    // Column sums, which no step computes, are written apart.
    const results = head ? [head] : outputs.filter((node) => this.#values.has(node));
    const places = head ? [] : results.map(placeOf);
    const targets = places.map(collapse);
    const loops = commonLoops([...this.#inputs.map((input) => input.loops), ...targets], size);
    if (!loops) throw new Error("compiler: a fused kernel has no common loops");
    const words: number[] = [loops.length];
    words.push(...loops);
    words.push(this.#inputs.length);
    for (const { view, buffer, loops: access } of this.#inputs)
      words.push(buffer, view?.offset ?? 0, ...stridesIn(loops, access));
    words.push(this.#constants.length, ...this.#constants);
    const { slots, slotCount } = this.#allocateSlots([...results, ...sums.map(({ value }) => value)]);
    const number = (value: Value | number): number => {
      if (typeof value === "number") return value;
      if (value.kind === "input") return value.index;
      if (value.kind === "constant") return this.#inputs.length + value.index;
      return this.#inputs.length + this.#constants.length + (slots[value.step] as number);
    };
    words.push(slotCount, this.#steps.length);
    for (let index = 0; index < this.#steps.length; index++) {
      const { operator: name, operands } = this.#steps[index] as MicroStep;
      words.push(operator[name], slots[index] as number);
      for (let at = 0; at < 3; at++) words.push(at < operands.length ? number(operands[at] as Value | number) : 0);
    }
    words.push(results.length);
    for (let index = 0; index < results.length; index++) {
      const value = number(this.#values.get(results[index] as Node) as Value);
      const place = places[index];
      if (place) words.push(bufferOf(place.base), place.offset, ...stridesIn(loops, targets[index] as Loop[]));
      else words.push(accumulator, 0, ...stridesIn(loops, [{ size, stride: 1 }]));
      words.push(value);
    }
    for (const { node, kind, value } of sums) {
      const { base, offset } = placeOf(node);
      words.push(kind, sizeOf(node.shape), bufferOf(base), offset, number(this.#values.get(value) as Value));
    }
    return words;
  }

  /** Slots by linear scan: a slot is free again after the last step that reads it. */
  #allocateSlots(results: readonly Node[]): { slots: number[]; slotCount: number } {
    const lastUse = new Array<number>(this.#steps.length).fill(-1);
    for (let index = 0; index < this.#steps.length; index++) {
      const { operands } = this.#steps[index] as MicroStep;
      for (let at = 0; at < operands.length; at++) {
        const operand = operands[at] as Value | number;
        if (typeof operand !== "number" && operand.kind === "result") lastUse[operand.step] = index;
      }
    }
    for (const node of results) {
      const value = this.#values.get(node) as Value;
      if (value.kind === "result") lastUse[value.step] = this.#steps.length;
    }
    const slots: number[] = [];
    const freeFrom: number[] = []; // for each slot, the last step that reads what is in it
    for (let index = 0; index < this.#steps.length; index++) {
      // A step may write over an operand it reads: each element is read before it is written.
      let slot = 0;
      while (slot < freeFrom.length && (freeFrom[slot] as number) > index) slot++;
      freeFrom[slot] = lastUse[index] as number;
      slots.push(slot);
    }
    return { slots, slotCount: freeFrom.length };
  }
}

function sameLoops(a: readonly Loop[], b: readonly Loop[]): boolean {
  return a.length === b.length && a.every(({ size, stride }, at) => size === b[at]?.size && stride === b[at]?.stride);
}

function linearIs(source: Source, node: Node): boolean {
  return source.kind === "register" && source.node === node;
}
