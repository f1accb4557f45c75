/** Kernels as instructions: what each computes, over which loops and buffers, in the words of the Program. */

import { attributesIf, formatSignature, type Node } from "../graph/node.ts";
import {
  argReducePrimitive,
  concatenatePrimitive,
  gatherPrimitive,
  matmulPrimitive,
  padPrimitive,
  reducePrimitive,
  scatterAddPrimitive,
} from "../graph/primitives/index.ts";
import { formatShape, type Shape, sizeOf, stridesOf } from "../graph/shape.ts";
import { emitBody } from "./body.ts";
import { furtherInstruction, type Places } from "./further-instructions.ts";
import { type Joins, placeOf } from "./join.ts";
import { isReduction, type Kernel, linear } from "./kernel.ts";
import { describeOutputs, describeSteps, describeTail } from "./labels.ts";
import { commonLoops, reductionOf, stridesIn } from "./loops.ts";
import { accumulator, bitsOf, integerFlag, type opcode, precisionCode, reduceKind } from "./program.ts";
import { collapse, type View, type Views } from "./view.ts";

/** Where kernels are and where their instructions go. */
export interface KernelContext {
  readonly views: Views;
  readonly joins: Joins;
  /** The number of a value's buffer. */
  readonly bufferOf: (node: Node) => number;
  readonly push: (name: keyof typeof opcode, label: string, words: readonly number[]) => void;
}

export class KernelEmitter implements Places {
  readonly #views: Views;
  readonly #joins: Joins;
  readonly #bufferOf: KernelContext["bufferOf"];
  readonly #push: KernelContext["push"];

  constructor({ views, joins, bufferOf, push }: KernelContext) {
    this.#views = views;
    this.#joins = joins;
    this.#bufferOf = bufferOf;
    this.#push = push;
  }

  /** A kernel that is no loop of a scan. */
  emit(kernel: Kernel): void {
    const { anchor, steps } = kernel;
    if (!anchor) {
      const [first] = steps as [Node];
      this.#push(
        "map",
        `map ${describeSteps(steps)} → ${describeOutputs(kernel)}`,
        this.#body(kernel, sizeOf(first.shape)),
      );
      return;
    }
    const copied = this.#views.copied.get(anchor);
    if (copied) {
      // Nothing is left to do where the elements were computed in their places.
      if (this.#joins.has(copied.base)) return;
      const place = this.#placeOf(anchor);
      this.copy(copied, place, `copy ${formatSignature(anchor)}`);
      return;
    }
    const name = anchor.primitive.name;
    if (isReduction(anchor)) this.#reduce(kernel, anchor);
    else if (name === matmulPrimitive.name) this.#matmul(kernel, anchor);
    else if (name === padPrimitive.name) this.#pad(anchor);
    else if (name === concatenatePrimitive.name) this.#concatenate(anchor);
    else if (name === gatherPrimitive.name || name === scatterAddPrimitive.name) this.#gather(anchor);
    else {
      const { opcode: code, label, words } = furtherInstruction(kernel, anchor, this);
      this.#push(code, label, words);
    }
  }

  #body({ steps, sums, outputs }: Kernel, size: number, under?: Node): number[] {
    return emitBody({
      steps,
      sums,
      outputs,
      views: this.#views,
      size,
      ...(under && { under }),
      placeOf: this.#placeOf,
      bufferOf: this.#bufferOf,
    });
  }

  tail(kernel: Kernel): readonly number[] {
    const anchor = kernel.anchor as Node;
    return this.#body(kernel, sizeOf(anchor.shape), anchor);
  }

  /** Copies elements in their order to the places that `target` names, whose shape may be another. */
  copy(source: View, target: View, label: string): void {
    this.copyTo(source, this.#bufferOf(target.base), target.offset, target, label);
  }

  copyTo(source: View, buffer: number, offset: number, target: Pick<View, "shape" | "strides">, label: string): void {
    // The two sides may group the elements differently: both walk the loops they have in common.
    const [from, to] = [collapse(source), collapse(target)];
    const loops = commonLoops([from, to], sizeOf(source.shape));
    if (!loops) throw new Error(`compiler: no common loops: ${label}`);
    const read = [this.#bufferOf(source.base), source.offset];
    const written = [buffer, offset];
    this.#push(
      "copy",
      label,
      [loops.length].concat(loops, read, stridesIn(loops, from), written, stridesIn(loops, to)),
    );
  }

  readonly #placeOf = (node: Node): View => placeOf(node, this.#joins);

  operand(node: Node): [buffer: number, offset: number] {
    const { base, offset } = this.#views.of(node);
    return [this.#bufferOf(base), offset];
  }

  result(node: Node): [buffer: number, offset: number] {
    const { base, offset } = this.#placeOf(node);
    return [this.#bufferOf(base), offset];
  }

  #matmul(kernel: Kernel, anchor: Node): void {
    const [a, b] = anchor.inputs.map((input) => this.#views.of(input)) as [View, View];
    const rank = anchor.shape.length;
    const batch = anchor.shape.slice(0, -2);
    const [m, n] = anchor.shape.slice(-2) as [number, number];
    const operand = ({ base, offset, strides }: View) => [
      this.#bufferOf(base),
      offset,
      strides[rank - 2] as number,
      strides[rank - 1] as number,
      ...strides.slice(0, -2),
    ];
    const k = a.shape[rank - 1] as number;
    const precision = attributesIf(anchor, matmulPrimitive)?.precision ?? "float32";
    const inPrecision = precision === "float32" ? "" : ` in ${precision}`;
    const label = `matmul${inPrecision} ${batch.length ? `${formatShape(batch)}×` : ""}[${m}, ${k}]·[${k}, ${n}]${describeTail(kernel)} → ${describeOutputs(kernel)}`;
    const sizes = [m, n, k, precisionCode[precision]];
    this.#push("matmul", label, [batch.length].concat(batch, sizes, operand(a), operand(b), this.tail(kernel)));
  }

  #reduce(kernel: Kernel, anchor: Node): void {
    const { head: steps } = kernel;
    const [input] = anchor.inputs as [Node];
    const { axes, outer, reduced, inner } = reductionOf(anchor);
    const reduction = attributesIf(anchor, reducePrimitive);
    const argument = attributesIf(anchor, argReducePrimitive);
    const kind = reduction
      ? reduceKind[reduction.kind]
      : argument
        ? reduceKind[argument.kind] | (input.dtype === "int32" ? integerFlag : 0)
        : 0;
    const source = this.#views.of(input);
    const ordered = {
      ...source,
      shape: axes.map((axis) => source.shape[axis] as number),
      strides: axes.map((axis) => source.strides[axis] as number),
    };
    const head = steps.length > 0 ? linear(input) : input;
    const body = emitBody({
      steps,
      outputs: [],
      views: steps.length > 0 ? this.#views : this.#views.seenAs(input, ordered),
      size: sizeOf(input.shape),
      head,
      placeOf: this.#placeOf,
      bufferOf: this.#bufferOf,
    });
    const of = steps.length > 0 ? ` of ${describeSteps(steps)}` : "";
    const name = reduction?.kind ?? argument?.kind ?? "reduce";
    const label = `${name}${of} ${formatShape(input.shape)} as [${outer}, ${reduced}, ${inner}]${describeTail(kernel)} → ${describeOutputs(kernel)}`;
    const words = [kind, outer, reduced, inner];
    if (kernel.steps.length === 0) this.#push("reduce", label, words.concat(this.result(anchor), body));
    else this.#push("reduce", label, words.concat(accumulator, 0, body, this.tail(kernel)));
  }

  #pad(anchor: Node): void {
    const attributes = attributesIf(anchor, padPrimitive);
    if (!attributes) return;
    const source = this.#views.of(anchor.inputs[0] as Node);
    const strides = stridesOf(anchor.shape);
    const offset = attributes.start.reduce((total, start, axis) => total + start * (strides[axis] as number), 0);
    const bits = anchor.dtype === "bool" ? Number(attributes.value !== 0) : bitsOf(attributes.value, anchor.dtype);
    const filled = [sizeOf(anchor.shape), this.#bufferOf(anchor), 0, bits];
    this.#push("fill", `fill ${formatSignature(anchor)} with ${attributes.value}`, filled);
    const steps = strides.map((stride, axis) => stride * (attributes.step[axis] as number));
    this.copy(
      source,
      { base: anchor, offset, shape: source.shape, strides: steps },
      `pad ${formatShape(source.shape)} → ${formatSignature(anchor)}`,
    );
  }

  #concatenate(anchor: Node): void {
    const axis = attributesIf(anchor, concatenatePrimitive)?.axis ?? 0;
    const strides = stridesOf(anchor.shape);
    let from = 0;
    for (const input of anchor.inputs) {
      const source = this.#views.of(input);
      const offset = from * (strides[axis] as number);
      from += input.shape[axis] as number;
      // A part that was computed in its place needs no copy.
      if (sizeOf(input.shape) === 0 || this.#joins.get(source.base)?.base === anchor) continue;
      const target = { base: anchor, offset, shape: input.shape, strides };
      this.copy(source, target, `concatenate ${formatShape(input.shape)} → ${formatSignature(anchor)}`);
    }
  }

  #gather(anchor: Node): void {
    const [x, indices] = anchor.inputs as [Node, Node];
    const gathering = attributesIf(anchor, gatherPrimitive);
    const axis = gathering?.axis ?? attributesIf(anchor, scatterAddPrimitive)?.axis ?? 0;
    const indexed: Shape = gathering ? x.shape : anchor.shape;
    const words = [...this.operand(x), ...this.operand(indices)];
    const name = gathering ? "gather" : "scatterAdd";
    this.#push(name, `${name} ${formatSignature(x)} at ${formatShape(indices.shape)} → ${formatSignature(anchor)}`, [
      sizeOf(indexed.slice(0, axis)),
      indexed[axis] as number,
      sizeOf(indices.shape),
      sizeOf(indexed.slice(axis + 1)),
      ...words,
      ...this.result(anchor),
    ]);
  }
}
