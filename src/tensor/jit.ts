/** jit: traces a function once for each signature of its arguments, and replays the compiled program after that. */
import type { Graph } from "../compiler/graph.ts";
import type { Device, DeviceBuffer, Executable, ProfileEntry, ProfilingExecutable } from "../devices/device.ts";
import { warn } from "../devices/host.ts";
import { formatSignature, type Node, type Signature, topologicalOrder } from "../graph/node.ts";
import type { Precision } from "../graph/precision.ts";
import { isLeaf, parameter } from "../graph/primitives/leaf.ts";
import { sameShape } from "../graph/shape.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { activePrecision } from "./precision.ts";
import { getDevice, leafOf, newStorage, type Storage } from "./storage.ts";
import { boundStorage, realize, resolve, Tensor } from "./tensor.ts";
import { activeTrace, Trace, withTrace } from "./trace.ts";
import { Variable } from "./variable.ts";

/** What a traced function takes and returns: tensors in any nesting of arrays and objects; the rest is part of the signature. */
export type Structure =
  | Tensor
  | number
  | string
  | boolean
  | null
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is traced for its assignments
  | void
  | readonly Structure[]
  | { readonly [key: string]: Structure };

/** A compiled function. */
export interface Jitted<A extends readonly Structure[], R extends Structure> {
  (...args: A): R;
  /** Runs the function `times` times in one submission; variables carry the state from one to the next. Returns the last result. */
  repeat(times: number, ...args: A): R;
  /** What the compiler made of the function for these arguments: kernels, fusion, memory. Runs nothing. */
  explain(...args: A): string;
  /**
   * Runs the function `times` times and times every instruction of its program. Call it once as a function before, and await
   * the device's `finish()`.
   *
   * @throws If the device cannot time single instructions.
   */
  profile(times: number, ...args: A): readonly ProfileEntry[];
}

interface Compiled<R> {
  readonly device: Device;
  readonly executable: Executable;
  /** The variables read or updated, after the arguments in the order of the bindings; then captured values. */
  readonly variables: readonly { readonly variable: Variable; readonly updated: boolean }[];
  /** The same variables, in a list of their own. */
  readonly all: readonly Variable[];
  readonly captured: readonly Storage[];
  readonly outputs: readonly Node[];
  /** Storages of results that nobody was given: the next run writes there again. */
  readonly reusable: (Storage | undefined)[];
  readonly result: (tensors: readonly Tensor[]) => R;
}

/** Programs of a function that are kept: those used last. */
const capacity = 64;
const warnAt = 16;

/**
 * Makes a function of tensors fast: the first call with arguments of given shapes and dtypes runs it once to record its graph,
 * including what it assigns to Variables, and compiles that; later calls run the program, with no work per operation.
 *
 * The function must be pure but for assignments to Variables: other side effects happen only when it is traced, and values of
 * tensors cannot be read inside it. Arguments that are not tensors are constants of the program; each new value is compiled anew.
 *
 * @example
 * const scale = new Variable(tensor(2));
 * const step = jit((x: Tensor) => {
 *   scale.assign(multiply(scale, 2));
 *   return multiply(x, scale);
 * });
 * await step(tensor([1, 2])).array(); // [4, 8]
 */
export function jit<A extends readonly Structure[], R extends Structure>(fn: (...args: A) => R): Jitted<A, R> {
  const cache = new BoundedCache<Compiled<R>>(capacity, ({ executable }) => executable.release());
  let compilations = 0;
  let last:
    | { readonly compiled: Compiled<R>; readonly signatures: readonly Signature[]; readonly precision: Precision }
    | undefined;

  /** @param runs Whether the program is about to run. */
  const prepare = (args: A, runs: boolean): { compiled: Compiled<R>; tensors: readonly Tensor[] } => {
    // Training calls a step with the same tensors, or tensors of the same signature, again and again.
    const precision = activePrecision();
    if (
      last &&
      last.compiled.device === getDevice() &&
      last.precision === precision &&
      sameSignatures(args, last.signatures)
    )
      return { compiled: last.compiled, tensors: args };
    const tensors: Tensor[] = [];
    const key = `${signatureOf(args, tensors)}${precision === "float32" ? "" : ` in ${precision}`}`;
    let compiled = cache.get(key);
    if (compiled?.device !== getDevice()) {
      compiled = compile(fn, args, tensors, runs);
      cache.set(key, compiled);
      if (++compilations === warnAt)
        warn(
          `jit: ${fn.name || "a function"} was compiled ${warnAt} times; a shape or a number among its arguments keeps changing (now ${key}). ` +
            `Pad to a fixed shape, or pass changing numbers as tensors.`,
        );
    }
    last = areTensors(args)
      ? { compiled, precision, signatures: tensors.map(({ shape, dtype }) => ({ shape, dtype })) }
      : undefined;
    return { compiled, tensors };
  };

  /** Memory for the results, and the buffers of everything the program reads and writes. */
  const bind = (compiled: Compiled<R>, tensors: readonly Tensor[]) => {
    Variable.materialize(compiled.all);
    const bindings: DeviceBuffer[] = [];
    for (const storage of realize(tensors)) bindings.push(storage.buffer);
    for (const { variable, updated } of compiled.variables)
      bindings.push((updated ? variable.writableStorage() : variable.storage()).buffer);
    for (const storage of compiled.captured) bindings.push(storage.buffer);
    const results = compiled.outputs.map(
      (output, index) => compiled.reusable[index] ?? newStorage(output.shape, output.dtype),
    );
    for (const storage of results) bindings.push(storage.buffer);
    return { bindings, results };
  };

  const run = (times: number, args: A): R => {
    if (activeTrace()) return fn(...args); // inside another trace: part of it
    const { compiled, tensors } = prepare(args, true);
    const { bindings, results } = bind(compiled, tensors);
    compiled.executable.run(bindings, times);
    return compiled.result(
      results.map((storage, index) => {
        // A loss that is there already goes out as a number: a loop of a million steps then makes no buffer for the collector to find.
        const copy = storage.copyIfDone();
        compiled.reusable[index] = copy && storage;
        return new Tensor(leafOf(copy ?? storage, (compiled.outputs[index] as Node).shape));
      }),
    );
  };

  return Object.assign((...args: A) => run(1, args), {
    repeat: (times: number, ...args: A) => run(times, args),
    explain: (...args: A) => prepare(args, false).compiled.executable.explain(),
    profile(times: number, ...args: A) {
      const { compiled, tensors } = prepare(args, true);
      const { bindings } = bind(compiled, tensors);
      if (!canProfile(compiled.executable))
        throw new Error(`the device ${compiled.device.name} cannot time single instructions; use the native one`);
      return compiled.executable.profile(bindings, times);
    },
  });
}

/** What the compiler makes of a function for these arguments, for a person to read. */
export function explain<A extends readonly Structure[], R extends Structure>(
  fn: ((...args: A) => R) | Jitted<A, R>,
  ...args: A
): string {
  return "explain" in fn ? fn.explain(...args) : jit(fn).explain(...args);
}

function canProfile(executable: Executable): executable is ProfilingExecutable {
  return "profile" in executable;
}

function areTensors(args: readonly Structure[]): args is readonly Tensor[] {
  return args.every((argument) => argument instanceof Tensor);
}

function sameSignatures(args: readonly Structure[], known: readonly Signature[]): args is readonly Tensor[] {
  if (args.length !== known.length) return false;
  for (let index = 0; index < known.length; index++) {
    const [argument, { shape, dtype }] = [args[index], known[index] as Signature];
    if (!(argument instanceof Tensor) || argument.dtype !== dtype || !sameShape(argument.shape, shape)) return false;
  }
  return true;
}

/** A text for the structure, shapes and constants of the arguments; collects the tensors in order. */
function signatureOf(value: Structure, tensors: Tensor[]): string {
  if (value instanceof Tensor) {
    tensors.push(value);
    return formatSignature(value);
  }
  if (isList(value)) return `[${value.map((item) => signatureOf(item, tensors)).join()}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}:${signatureOf(item, tensors)}`)
      .join()}}`;
  return typeof value === "string" ? JSON.stringify(value) : Object.is(value, -0) ? "-0" : String(value);
}

function isList(value: Structure): value is readonly Structure[] {
  return Array.isArray(value);
}

/** The same structure with each tensor replaced. */
function mapTensors(value: Structure, replace: (tensor: Tensor) => Tensor): Structure {
  if (value instanceof Tensor) return replace(value);
  if (isList(value)) return value.map((item) => mapTensors(item, replace));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTensors(item, replace)]));
  return value;
}

function compile<A extends readonly Structure[], R extends Structure>(
  fn: (...args: A) => R,
  args: A,
  tensors: readonly Tensor[],
  runs: boolean,
): Compiled<R> {
  const argumentLeaves = tensors.map((argument) => parameter(argument.shape, argument.dtype));
  const trace = new Trace();
  const returned: Tensor[] = [];
  const { result, nodes } = withTrace(trace, () => {
    let next = 0;
    const traced = mapTensors(args, () => new Tensor(argumentLeaves[next++] as Node)) as A;
    const result = fn(...traced);
    mapTensors(result, (output) => {
      returned.push(output);
      return output;
    });
    return { result, nodes: returned.map((output) => output.node) };
  });

  const variables = [...trace.values].flatMap(([variable, value]) =>
    variable instanceof Variable ? [{ variable, value, updated: value !== variable.traceLeaf }] : [],
  );
  const updated = variables.filter((entry) => entry.updated);
  const resolved = resolve([...nodes, ...updated.map(({ value }) => value)]);
  const outputs = resolved.slice(0, nodes.length);
  const updates = updated.map(({ variable }, index) => ({
    parameter: variable.traceLeaf,
    value: resolved[nodes.length + index] as Node,
  }));
  const bound = new Set([...argumentLeaves, ...variables.map(({ variable }) => variable.traceLeaf)]);
  const captured = topologicalOrder(resolved).filter((node) => isLeaf(node) && !bound.has(node));
  const graph: Graph = { parameters: [...bound, ...captured], outputs, updates };
  const device = getDevice();
  const all = variables.map(({ variable }) => variable);
  // The device computes initial values while this thread compiles.
  if (runs) Variable.materialize(all);
  return {
    device,
    executable: device.compile(graph),
    variables: variables.map(({ variable, updated }) => ({ variable, updated })),
    all,
    captured: captured.map(boundStorage),
    outputs,
    reusable: [],
    result: (tensors) => {
      let next = 0;
      return mapTensors(result, () => tensors[next++] as Tensor) as R;
    },
  };
}
