/** Elementwise steps as a MapBody: a short register program (see engine/program.h), with registers reused as soon as they are free. */
import type { DType } from "../graph/dtype.ts";
import { attributesIf, isApplication, type Node } from "../graph/node.ts";
import { castPrimitive, iotaPrimitive, randomBitsPrimitive } from "../graph/primitives/index.ts";
import { sizeOf } from "../graph/shape.ts";
import { sourceOf } from "./kernel.ts";
import { commonLoops, stridesIn } from "./loops.ts";
import { accumulator, bitsOf, type Operator, operator } from "./program.ts";
import { collapse, type Loop, type Source, type View, type Views } from "./view.ts";

export interface BodyOptions {
  readonly steps: readonly Node[];
  readonly outputs: readonly Node[];
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

/** Operators by primitive, for float32 and for the types that registers hold as integers. */
const operators: Readonly<Record<string, readonly [float: Operator | undefined, integer: Operator | undefined]>> = {
  negative: ["neg", "negI"],
  abs: ["abs", "absI"],
  sign: ["sign", "signI"],
  exp: ["exp", undefined],
  expm1: ["expm1", undefined],
  log: ["log", undefined],
  log1p: ["log1p", undefined],
  sqrt: ["sqrt", undefined],
  rsqrt: ["rsqrt", undefined],
  reciprocal: ["reciprocal", undefined],
  sin: ["sin", undefined],
  cos: ["cos", undefined],
  tanh: ["tanh", undefined],
  sigmoid: ["sigmoid", undefined],
  erf: ["erf", undefined],
  floor: ["floor", undefined],
  ceil: ["ceil", undefined],
  round: ["round", undefined],
  add: ["add", "addI"],
  subtract: ["sub", "subI"],
  multiply: ["mul", "mulI"],
  divide: ["div", "divI"],
  mod: ["mod", "modI"],
  power: ["pow", undefined],
  maximum: ["max", "maxI"],
  minimum: ["min", "minI"],
  equal: ["eq", "eqI"],
  notEqual: ["ne", "neI"],
  less: ["lt", "ltI"],
  lessEqual: ["le", "leI"],
  and: [undefined, "and"],
  or: [undefined, "or"],
  xor: [undefined, "xor"],
  shiftLeft: [undefined, "shiftLeft"],
  shiftRight: [undefined, "shiftRight"],
  select: ["select", "select"],
};

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
  readonly #inputs: { readonly view: View | undefined; readonly isKey: boolean }[] = [];
  readonly #inputIndex = new Map<string, number>();
  readonly #constants: number[] = [];
  readonly #steps: MicroStep[] = [];
  readonly #values = new Map<Node, Value>();
  readonly #inside: ReadonlySet<Node>;
  readonly #uses = new Map<Node, number>();

  constructor(options: BodyOptions) {
    this.#options = options;
    const { steps, under, head, outputs } = options;
    this.#inside = new Set([...steps, ...(under ? [under] : [])]);
    if (under) {
      this.#inputs.push({ view: undefined, isKey: false });
      this.#values.set(under, { kind: "input", index: 0 });
    }
    for (const node of outputs) this.#use(node);
    for (const step of steps)
      for (let index = 0; index < step.inputs.length; index++) {
        const source = this.#source(step, index);
        if (source.kind === "register") this.#use(source.node);
      }
    for (const step of steps) if (!this.#isFusedProduct(step)) this.#values.set(step, this.#emit(step));
    if (head && steps.length === 0) this.#values.set(head, this.#load(options.views.of(head), false));
  }

  #use(node: Node): void {
    this.#uses.set(node, (this.#uses.get(node) ?? 0) + 1);
  }

  #source(step: Node, index: number): Source {
    return sourceOf(step, index, this.#options.views, (node) => this.#inside.has(node));
  }

  #load(view: View, isKey: boolean): Value {
    const loops = collapse(view);
    const key = `${this.#options.bufferOf(view.base)}:${view.offset}:${isKey ? "key" : JSON.stringify(loops)}`;
    let index = this.#inputIndex.get(key);
    if (index === undefined) {
      index = this.#inputs.push({ view, isKey }) - 1;
      this.#inputIndex.set(key, index);
    }
    return { kind: "input", index };
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
        return this.#load(source.view, false);
    }
  }

  #push(operator: Operator, ...operands: readonly (Value | number)[]): Value {
    return { kind: "result", step: this.#steps.push({ operator, operands }) - 1 };
  }

  /** A product that only one sum uses is computed with it, as one fused multiply-add. */
  #isFusedProduct(step: Node): boolean {
    return (
      step.primitive.name === "multiply" &&
      step.dtype === "float32" &&
      this.#uses.get(step) === 1 &&
      this.#fusingSum(step) !== undefined
    );
  }

  #fusingSum(product: Node): Node | undefined {
    return this.#options.steps.find(
      (step) => step.primitive.name === "add" && step.dtype === "float32" && this.#fusedProductOf(step) === product,
    );
  }

  /** The position of the product that a sum takes in, the first that can be. */
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
      return this.#push("random", this.#load(this.#options.views.of(step.inputs[0] as Node), true), random.stream);
    if (isApplication(step, castPrimitive)) {
      const from = (step.inputs[0] as Node).dtype;
      return castOperators(from, step.dtype).reduce<Value>(
        (value, name) => this.#push(name, value),
        this.#operand(step, 0),
      );
    }
    if (step.primitive.name === "add" && step.dtype === "float32") {
      const product = this.#fusedProductOf(step);
      if (product) {
        const other = linearIs(this.#source(step, 0), product) ? 1 : 0;
        return this.#push("fma", this.#operand(product, 0), this.#operand(product, 1), this.#operand(step, other));
      }
    }
    if (step.inputs[0]?.dtype === "bool" && (step.primitive.name === "equal" || step.primitive.name === "notEqual")) {
      const differ = this.#push("xor", this.#operand(step, 0), this.#operand(step, 1));
      return step.primitive.name === "notEqual" ? differ : this.#push("xor", differ, this.#constant(bitsOf(1, "bool")));
    }
    // The operands' type decides: a comparison of floats is a float operation with a bool result.
    const isFloat = (step.inputs[step.inputs.length - 1] as Node).dtype === "float32";
    const name = operators[step.primitive.name]?.[isFloat ? 0 : 1];
    if (!name) throw new Error(`compiler: no operator for ${step.primitive.name} on ${(step.inputs[0] as Node).dtype}`);
    return this.#push(name, ...step.inputs.map((_, index) => this.#operand(step, index)));
  }

  words(): number[] {
    const { outputs, head, bufferOf, placeOf, size } = this.#options;
    const results = head ? [head] : outputs;
    const places = head ? [] : outputs.map(placeOf);
    const accesses = this.#inputs.map(({ view, isKey }): Loop[] => (view && !isKey ? collapse(view) : []));
    const loops = commonLoops([...accesses, ...places.map(collapse)], size);
    if (!loops) throw new Error("compiler: a fused kernel has no common loops");
    const words: number[] = [loops.length, ...loops, this.#inputs.length];
    for (const [index, { view }] of this.#inputs.entries()) {
      if (view) words.push(bufferOf(view.base), view.offset, ...stridesIn(loops, accesses[index] as Loop[]));
      else words.push(accumulator, 0, ...stridesIn(loops, [{ size, stride: 1 }]));
    }
    words.push(this.#constants.length, ...this.#constants);
    const { slots, slotCount } = this.#allocateSlots(results);
    const number = (value: Value | number): number => {
      if (typeof value === "number") return value;
      if (value.kind === "input") return value.index;
      if (value.kind === "constant") return this.#inputs.length + value.index;
      return this.#inputs.length + this.#constants.length + (slots[value.step] as number);
    };
    words.push(slotCount, this.#steps.length);
    for (const [index, { operator: name, operands }] of this.#steps.entries()) {
      const [a = 0, b = 0, c = 0] = operands.map(number);
      words.push(operator[name], slots[index] as number, a, b, c);
    }
    words.push(results.length);
    for (const [index, node] of results.entries()) {
      const value = number(this.#values.get(node) as Value);
      const place = places[index];
      if (!place) words.push(accumulator, 0, ...stridesIn(loops, [{ size, stride: 1 }]), value);
      else words.push(bufferOf(place.base), place.offset, ...stridesIn(loops, collapse(place)), value);
    }
    return words;
  }

  /** Slots by linear scan: a slot is free again after the last step that reads it. */
  #allocateSlots(results: readonly Node[]): { slots: number[]; slotCount: number } {
    const lastUse = new Array<number>(this.#steps.length).fill(-1);
    for (const [index, { operands }] of this.#steps.entries())
      for (const operand of operands)
        if (typeof operand !== "number" && operand.kind === "result") lastUse[operand.step] = index;
    for (const node of results) {
      const value = this.#values.get(node) as Value;
      if (value.kind === "result") lastUse[value.step] = this.#steps.length;
    }
    const slots: number[] = [];
    const freeFrom: number[] = []; // for each slot, the last step that reads what is in it
    for (const index of this.#steps.keys()) {
      // A step may write over an operand it reads: each element is read before it is written.
      let slot = freeFrom.findIndex((last) => last <= index);
      if (slot < 0) slot = freeFrom.length;
      freeFrom[slot] = lastUse[index] as number;
      slots.push(slot);
    }
    return { slots, slotCount: freeFrom.length };
  }
}

function linearIs(source: Source, node: Node): boolean {
  return source.kind === "register" && source.node === node;
}
