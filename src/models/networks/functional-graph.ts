/** The graph of a functional model: which layer is applied to what, in the order in which it computes, and as plain data. */
import { describe } from "../../graph/options.ts";
import type { Configuration, Json, SerializedObject } from "../../graph/registry.ts";
import { InputLayer } from "../../layers/core/input.ts";
import type { Layer } from "../../layers/layer.ts";
import { knownLayerFromConfig } from "../../layers/layer-registry.ts";
import type { TextLayer } from "../../layers/preprocessing/text-layer.ts";
import { serializeLayer } from "../../layers/sharing.ts";
import { type Application, SymbolicTensor } from "../../layers/symbolic-tensor.ts";
import { textReaderOf } from "./text-readers.ts";

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
  /** All applications of layers, each behind those whose results it uses. */
  readonly applications: readonly Application[];
  /** Each layer once, in the order in which they compute first. */
  readonly layers: readonly Layer[];
}

/** The value that a declared input brings into a network; builds the layer. */
export function symbolOfInput(layer: InputLayer): SymbolicTensor {
  const { inputShape = [] } = layer;
  if (!layer.built) layer.build(inputShape);
  return new SymbolicTensor({ layer, inputs: [], masks: [] }, 0, inputShape);
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
  const listed = named.inputs.map(({ symbol }) => symbol.application);
  const reached = inOrder(named.outputs.map(({ symbol }) => symbol.application));
  for (const application of reached)
    if (application.inputs.length === 0 && !listed.includes(application))
      throw new Error(
        `${owner}: the outputs depend on the input "${application.layer.name}", which is not among the model's inputs; add it there`,
      );
  for (const { name, symbol } of named.inputs)
    if (!reached.includes(symbol.application))
      throw new Error(`${owner}: no output depends on the input "${name}"; leave it out, or apply a layer to it`);
  for (const { name, symbol } of named.inputs) checkTextInput(owner, name, symbol, reached);
  const applications = inOrder([...listed, ...named.outputs.map(({ symbol }) => symbol.application)]);
  const layers = [...new Set(applications.map(({ layer }) => layer))];
  checkDistinct(
    owner,
    "layers",
    layers.map(({ name }) => name),
    "give one of them another name",
  );
  return { ...named, applications, layers };
}

/** Texts become indices before data reach the device, for one layer. */
function checkTextInput(
  owner: string,
  name: string,
  symbol: SymbolicTensor,
  applications: readonly Application[],
): void {
  if (!symbol.layer.givesTexts) return;
  const readers = applications.flatMap(({ layer, inputs }) =>
    inputs.flatMap((each) => (each === symbol ? [layer] : [])),
  );
  if (readers.length > 1)
    throw new Error(
      `${owner}: ${readers.map(({ name }) => name).join(" and ")} are applied to the texts of the input "${name}"; ` +
        "declare an input for each, and give both the same texts",
    );
}

/** The layer that takes the texts of an input; undefined where the input is no texts. */
export function textLayerOf({ applications }: FunctionalGraph, input: SymbolicTensor): TextLayer | undefined {
  if (!input.layer.givesTexts) return undefined;
  const application = applications.find(({ inputs }) => inputs.includes(input));
  return textReaderOf(application?.layer, application?.inputs.indexOf(input));
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

/** All applications that some depend on, and these, each behind those whose results it uses. */
function inOrder(roots: readonly Application[]): Application[] {
  const order = new Set<Application>();
  const open = roots.toReversed();
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const missing = sourcesOf(top).filter((each) => !order.has(each));
    open.push(...missing.toReversed());
    if (missing.length > 0) continue;
    order.add(top);
    open.pop();
  }
  return [...order];
}

/** Whose results an application uses, as inputs or as masks. */
function sourcesOf({ inputs, masks }: Application): Application[] {
  return [...inputs, ...masks].flatMap((symbol) => symbol?.application ?? []);
}

/**
 * A graph as plain data: the layers, the nodes (a layer applied to earlier nodes, by their positions) and which nodes
 * are inputs and outputs. A result that is not its node's first is `[position, which]`.
 */
export function describeGraph({ inputs, outputs, applications, layers }: FunctionalGraph): Configuration {
  const positions = new Map(applications.map((application, position) => [application, position]));
  const reference = ({ application, index }: SymbolicTensor): Json => {
    const position = positions.get(application) as number;
    return index === 0 ? position : [position, index];
  };
  const ends = (list: readonly NamedSymbol[]) => list.map(({ name, symbol }) => ({ name, node: reference(symbol) }));
  return {
    layers: layers.map(serializeLayer),
    nodes: applications.map((application) => ({
      layer: application.layer.name,
      inputs: application.inputs.map(reference),
      ...(application.masks.length > 0 && { masks: application.masks.map((mask) => (mask ? reference(mask) : null)) }),
    })),
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
    const layer = knownLayerFromConfig(each);
    made.set(layer.name, layer);
  }
  const results: (readonly SymbolicTensor[])[] = [];
  const symbolAt = (reference: Json | undefined): SymbolicTensor | undefined => {
    const [position, index] = isArray(reference) ? reference : [reference, 0];
    return typeof position === "number" && typeof index === "number" ? results[position]?.[index] : undefined;
  };
  for (const [position, node] of nodes.entries()) {
    const layer = isRecord(node) && typeof node.layer === "string" ? made.get(node.layer) : undefined;
    const { masks = [] } = isRecord(node) ? node : {};
    if (!isRecord(node) || !layer || !isArray(node.inputs) || !isArray(masks))
      return fail(`known layers in its nodes (node ${position})`);
    const before = node.inputs.map(symbolAt);
    const mask = masks.map((each) => (each === null ? undefined : symbolAt(each)));
    if (!before.every((each) => each !== undefined) || mask.some((each, index) => !each && masks[index] !== null))
      return fail(`nodes in the order of computing (node ${position})`);
    if (before.length > 0) results.push(layer.applyOutputs(before, mask.length > 0 ? { mask } : {}));
    else if (layer instanceof InputLayer) results.push([symbolOfInput(layer)]);
    else return fail(`inputs for all nodes (node ${position}, layer ${layer.name})`);
  }
  const ends = (list: Json | undefined): SymbolicTensors => {
    if (!isArray(list)) return fail("arrays of inputs and outputs");
    return Object.fromEntries(
      list.map((end) => {
        const symbol = isRecord(end) ? symbolAt(end.node) : undefined;
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
export function connectionsOf({ applications }: FunctionalGraph, layer: Layer): string {
  const applicationsOf = (wanted: Layer) => applications.filter((application) => application.layer === wanted);
  const nameOf = (application: Application) => {
    const number = applicationsOf(application.layer).indexOf(application);
    return number === 0 ? application.layer.name : `${application.layer.name}[${number}]`;
  };
  return applicationsOf(layer)
    .map((application) => [...new Set(sourcesOf(application).map(nameOf))].join(", "))
    .join("; ");
}
