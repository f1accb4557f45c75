/** The graph of a functional model: which layer is applied to what, in the order in which it computes, and as plain data. */
import { describe } from "../graph/options.ts";
import type { Configuration, Json, SerializedObject } from "../graph/registry.ts";
import { InputLayer } from "../layers/input.ts";
import type { Layer } from "../layers/layer.ts";
import { layerFromConfig } from "../layers/registry.ts";
import { serializeLayer } from "../layers/sharing.ts";
import { SymbolicTensor } from "../layers/symbolic-tensor.ts";

/** The inputs or outputs of a model: one, several in an array, which have the names of their layers, or several by name. */
export type SymbolicTensors = SymbolicTensor | readonly SymbolicTensor[] | { readonly [name: string]: SymbolicTensor };

/** An input or output of a model. */
export interface NamedSymbol {
  readonly name: string;
  readonly symbol: SymbolicTensor;
}

/** A model's graph, checked. */
export interface FunctionalGraph {
  readonly inputs: readonly NamedSymbol[];
  readonly outputs: readonly NamedSymbol[];
  /** All values, each behind those it is computed from. */
  readonly symbols: readonly SymbolicTensor[];
  /** Each layer once, in the order in which they compute first. */
  readonly layers: readonly Layer[];
}

/** The value that a declared input brings into a network; builds the layer. */
export function symbolOfInput(layer: InputLayer): SymbolicTensor {
  const { inputShape = [] } = layer;
  if (!layer.built) layer.build(inputShape);
  return new SymbolicTensor(layer, [], inputShape);
}

/**
 * The graph between inputs and outputs.
 *
 * @param owner The model's name, for messages.
 * @throws If an input was not made by `input`, an output depends on an input that is not listed, an input leads nowhere, or two
 *   layers, inputs or outputs have one name.
 */
export function graphBetween(owner: string, inputs: SymbolicTensors, outputs: SymbolicTensors): FunctionalGraph {
  const named = { inputs: nameAll(owner, "inputs", inputs), outputs: nameAll(owner, "outputs", outputs) };
  for (const { name, symbol } of named.inputs)
    if (symbol.inputs.length > 0 || !(symbol.layer instanceof InputLayer))
      throw new Error(
        `${owner}: the input "${name}" is the result of the layer ${symbol.layer.name}; a model's inputs are made by input({ shape })`,
      );
  const listed = named.inputs.map(({ symbol }) => symbol);
  const reached = inOrder(named.outputs.map(({ symbol }) => symbol));
  for (const symbol of reached)
    if (symbol.inputs.length === 0 && !listed.includes(symbol))
      throw new Error(
        `${owner}: the outputs depend on the input "${symbol.layer.name}", which is not among the model's inputs; add it there`,
      );
  for (const { name, symbol } of named.inputs)
    if (!reached.includes(symbol))
      throw new Error(`${owner}: no output depends on the input "${name}"; leave it out, or apply a layer to it`);
  const symbols = inOrder([...listed, ...named.outputs.map(({ symbol }) => symbol)]);
  const layers = [...new Set(symbols.map(({ layer }) => layer))];
  checkDistinct(
    owner,
    "layers",
    layers.map(({ name }) => name),
    "give one of them another name",
  );
  return { ...named, symbols, layers };
}

function nameAll(owner: string, option: "inputs" | "outputs", given: SymbolicTensors): readonly NamedSymbol[] {
  const named = (symbol: SymbolicTensor): [string, SymbolicTensor] => [symbol?.layer?.name, symbol];
  const entries =
    given instanceof SymbolicTensor
      ? [named(given)]
      : isList(given)
        ? given.map(named)
        : typeof given === "object" && given !== null
          ? Object.entries(given)
          : [];
  if (entries.length === 0)
    throw new TypeError(
      `${owner}: ${option} is ${describe(given)}, expected what input({ shape }) or a layer's apply gives, an array or an object of these`,
    );
  for (const [index, [name, symbol]] of entries.entries()) {
    const label = isList(given) ? `${option}[${index}]` : `${option}.${name}`;
    if (!(symbol instanceof SymbolicTensor))
      throw new TypeError(
        `${owner}: ${label} is ${describe(symbol)}, expected what input({ shape }) or a layer's apply gives`,
      );
    // An object with a className is a loss written down, not losses by output.
    if (name === "" || name === "className")
      throw new TypeError(`${owner}: ${option} has the name "${name}", which cannot be used; choose another`);
  }
  checkDistinct(
    owner,
    option,
    entries.map(([name]) => name),
    "give an object with a name for each",
  );
  return entries.map(([name, symbol]) => ({ name, symbol }));
}

function isList(given: SymbolicTensors): given is readonly SymbolicTensor[] {
  return Array.isArray(given);
}

function checkDistinct(owner: string, kind: string, names: readonly string[], mend: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${owner}: two ${kind} are called "${twice}"; ${mend}`);
}

/** All values that some depend on, and these, each behind its inputs. */
function inOrder(roots: readonly SymbolicTensor[]): SymbolicTensor[] {
  const order = new Set<SymbolicTensor>();
  const open = roots.toReversed();
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const missing = top.inputs.filter((each) => !order.has(each));
    open.push(...missing.toReversed());
    if (missing.length > 0) continue;
    order.add(top);
    open.pop();
  }
  return [...order];
}

/**
 * A graph as plain data: the layers, the nodes (a layer applied to earlier nodes, by their positions) and which nodes
 * are inputs and outputs.
 */
export function describeGraph({ inputs, outputs, symbols, layers }: FunctionalGraph): Configuration {
  const positions = new Map(symbols.map((symbol, position) => [symbol, position]));
  const positionOf = (symbol: SymbolicTensor) => positions.get(symbol) as number;
  const ends = (list: readonly NamedSymbol[]) => list.map(({ name, symbol }) => ({ name, node: positionOf(symbol) }));
  return {
    layers: layers.map(serializeLayer),
    nodes: symbols.map((symbol) => ({ layer: symbol.layer.name, inputs: symbol.inputs.map(positionOf) })),
    inputs: ends(inputs),
    outputs: ends(outputs),
  };
}

/**
 * The inputs and outputs of the graph that was written down, between which new layers lie. Nothing but the constructors of
 * registered layers runs.
 *
 * @throws If the data are of another form, or a layer is not known.
 */
export function readGraph(
  owner: string,
  { layers, nodes, inputs, outputs }: Configuration,
): { readonly inputs: SymbolicTensors; readonly outputs: SymbolicTensors } {
  const fail = (what: string): never => {
    throw new TypeError(`${owner}: a saved configuration must have ${what}; it is damaged or of another version`);
  };
  if (!isArray(layers) || !isArray(nodes)) return fail("arrays of layers and nodes");
  const made = new Map<string, Layer>();
  for (const each of layers) {
    if (!isSerialized(each)) return fail(`layers { className, config }, not ${describe(each)}`);
    const layer = layerFromConfig(each);
    made.set(layer.name, layer);
  }
  const symbols: SymbolicTensor[] = [];
  for (const [position, node] of nodes.entries()) {
    const layer = isRecord(node) && typeof node.layer === "string" ? made.get(node.layer) : undefined;
    if (!isRecord(node) || !layer || !isArray(node.inputs)) return fail(`known layers in its nodes (node ${position})`);
    const before = node.inputs.map((each) => (typeof each === "number" ? symbols[each] : undefined));
    if (!before.every((each) => each !== undefined)) return fail(`nodes in the order of computing (node ${position})`);
    if (before.length > 0) symbols.push(layer.apply(before));
    else if (layer instanceof InputLayer) symbols.push(symbolOfInput(layer));
    else return fail(`inputs for all nodes (node ${position}, layer ${layer.name})`);
  }
  const ends = (list: Json | undefined): SymbolicTensors => {
    if (!isArray(list)) return fail("arrays of inputs and outputs");
    return Object.fromEntries(
      list.map((end) => {
        const symbol = isRecord(end) && typeof end.node === "number" ? symbols[end.node] : undefined;
        if (!isRecord(end) || typeof end.name !== "string" || !symbol)
          return fail("a name and a node for each input and output");
        return [end.name, symbol] as const;
      }),
    );
  };
  return { inputs: ends(inputs), outputs: ends(outputs) };
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSerialized(value: Json): value is SerializedObject {
  return isRecord(value) && typeof value.className === "string" && isRecord(value.config ?? null);
}

/** What a layer is applied to, for a person: `left, dense`; a later application of a layer is `dense[1]`. */
export function connectionsOf({ symbols }: FunctionalGraph, layer: Layer): string {
  const applicationsOf = (wanted: Layer) => symbols.filter((symbol) => symbol.layer === wanted);
  const nameOf = (symbol: SymbolicTensor) => {
    const application = applicationsOf(symbol.layer).indexOf(symbol);
    return application === 0 ? symbol.layer.name : `${symbol.layer.name}[${application}]`;
  };
  return applicationsOf(layer)
    .map(({ inputs }) => inputs.map(nameOf).join(", "))
    .join("; ");
}
