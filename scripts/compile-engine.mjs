// What the two builds of the engine share, native and WebAssembly: which objects are out of date, compiling and linking them.
// An object is named by the hash of everything it depends on, so it is up to date if it exists.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const engine = join(root, "engine");

/** A build that cannot go on; the message is for a person. */
export class BuildError extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const commonFlags = [
  "-std=c++20",
  "-fvisibility=hidden",
  "-fno-exceptions",
  "-fno-rtti",
  "-fwrapv", // int32 arithmetic wraps around
  "-fno-math-errno",
  "-fno-trapping-math",
  "-ffp-contract=fast", // a * b + c is one rounding where the processor has it
  "-Wall",
  "-Wextra",
];

/** The file and every header of ours that it includes, in a fixed order. */
function withIncludes(path, seen = new Set()) {
  const file = resolve(path);
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, name] of readFileSync(file, "utf8").matchAll(/^#include "([^"]+)"/gm)) {
    const header = join(dirname(file), name);
    if (existsSync(header)) withIncludes(header, seen);
  }
  return seen;
}

function hashOf(parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 16);
}

function run(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (data) => (text += data));
    child.stderr.on("data", (data) => (text += data));
    child.on("error", (error) => done({ status: 1, text: String(error) }));
    child.on("close", (status) => done({ status: status ?? 1, text }));
  });
}

async function compileAll(jobs) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const partial = `${job.object}.${process.pid}.part`;
      const { status, text } = await run(job.command, [...job.args, "-c", job.source, "-o", partial]);
      if (text !== "") process.stderr.write(text);
      if (status !== 0) {
        rmSync(partial, { force: true });
        throw new BuildError(`${relative(root, job.source)} does not compile`, 1);
      }
      renameSync(partial, job.object);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, worker));
}

/**
 * Compiles what has changed and links. Prints one line for each file for which there was something to do.
 *
 * @param compiler `command` and `version` (its first line of `--version`).
 * @param objects Folder of the objects; those of other versions are removed from it.
 * @param products The files to be linked, each with its `file`, the `stamp` that tells what it was linked from, its `linkFlags` (what the
 *   linker needs besides objects and output), and its `units`: sources as paths from engine/, each with its arguments.
 */
export async function compileAndLink({ compiler, objects, products }) {
  const start = performance.now();
  mkdirSync(objects, { recursive: true });
  const jobs = new Map(); // an object that several products need is compiled once
  const objectOf = ({ path, args }) => {
    const source = join(engine, path);
    const contents = [...withIncludes(source)].map((file) => readFileSync(file));
    const object = join(objects, `${basename(path, ".cc")}.${hashOf([compiler.version, ...args, ...contents])}.o`);
    jobs.set(object, { source, args, command: compiler.command, object });
    return object;
  };
  const links = products.map((product) => ({ ...product, objects: product.units.map(objectOf) }));
  const stale = [...jobs.values()].filter((job) => !existsSync(job.object));
  await compileAll(stale);

  let compiled = `compiled ${stale.length} of ${jobs.size} files with ${compiler.version}, `;
  for (const { file, stamp, linkFlags, objects } of links) {
    const linked = hashOf([...linkFlags, ...objects]);
    if (existsSync(file) && existsSync(stamp) && readFileSync(stamp, "utf8") === linked) continue;
    // Linked aside and renamed, because a process may have the old file mapped.
    const partial = `${file}.${process.pid}.part`;
    const { status, text } = await run(compiler.command, ["-o", partial, ...objects, ...linkFlags]);
    if (text !== "") process.stderr.write(text);
    if (status !== 0) throw new BuildError(`${basename(file)} does not link`, 1);
    renameSync(partial, file);
    writeFileSync(stamp, linked);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`engine: ${compiled}${seconds} s -> ${relative(root, file)}`);
    compiled = "";
  }
  for (const name of readdirSync(objects)) {
    if (name.endsWith(".o") && !jobs.has(join(objects, name))) rmSync(join(objects, name), { force: true });
  }
}

/** Runs a build while no other builds into `folder`, and turns its failure into a message and an exit code. */
export async function runBuild(folder, build) {
  try {
    await withLock(join(folder, ".lock"), (text) => console.error(`engine: ${text}`), build);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`engine: ${error.message}`);
    process.exitCode = error.exitCode;
  }
}
