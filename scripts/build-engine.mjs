// Builds the native engine: engine/ -> build/engine/rappel.node. Plain Node, no dependency but a C++20 compiler.
//
//   node scripts/build-engine.mjs            compiles what has changed and links
//
// CXX chooses the compiler (else g++, else clang++). RAPPEL_SANITIZE=address|undefined|thread builds into build/engine-<sanitizer>
// with that sanitizer. An object is named by the hash of everything it depends on, so it is up to date if it exists.
// Prints one line if there was something to do. Exit codes: 0 built or up to date, 1 the compiler reports an error, 2 there is no compiler or no Node-API header.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const engine = join(root, "engine");
const sanitizer = process.env.RAPPEL_SANITIZE ?? "";
const output = join(root, "build", sanitizer === "" ? "engine" : `engine-${sanitizer}`);

class BuildError extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

function findCompiler() {
  const wanted = process.env.CXX;
  for (const name of wanted ? [wanted] : ["g++", "clang++"]) {
    const [command, ...flags] = name.split(" ");
    const version = spawnSync(command, ["--version"], { encoding: "utf8" });
    if (version.status === 0) return { command, flags, version: version.stdout.split("\n")[0] };
  }
  const mend = "install one (Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install) or name it in CXX";
  throw new BuildError(`no C++ compiler found (${wanted ?? "looked for g++ and clang++"}); ${mend}`, 2);
}

function findNodeApi() {
  const places = [
    join(root, "node_modules", "node-api-headers", "include"),
    join(dirname(process.execPath), "..", "include", "node"),
  ];
  const found = places.find((place) => existsSync(join(place, "node_api.h")));
  if (found === undefined)
    throw new BuildError(`node_api.h is not in ${places.join(" nor ")}; run npm install first`, 2);
  return found;
}

const commonFlags = [
  "-std=c++20",
  "-fPIC",
  "-fvisibility=hidden",
  "-fno-exceptions",
  "-fno-rtti",
  "-fwrapv", // int32 arithmetic wraps around
  "-fno-math-errno",
  "-fno-trapping-math",
  "-ffp-contract=fast", // a * b + c is one rounding where the processor has it
  "-Wall",
  "-Wextra",
  "-Wno-psabi", // vectors are only passed between functions of one instruction set
  "-Wno-ignored-attributes",
];
/** GCC 12 takes variables of its own intrinsics for uninitialized; Clang does not know the option. */
const gccFlags = ["-Wno-maybe-uninitialized"];
const optimization = sanitizer === "" ? ["-O3"] : ["-O1", "-g", "-fno-omit-frame-pointer", `-fsanitize=${sanitizer}`];
const isaFlags = {
  avx512: ["-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mfma", "-mprefer-vector-width=512"],
  avx2: ["-mavx2", "-mfma", "-mf16c"],
  baseline: [],
};

/** All .cc files of the engine, as paths from engine/, with the flags of their instruction set. */
function listSources() {
  const files = (folder) =>
    readdirSync(join(engine, folder))
      .filter((name) => name.endsWith(".cc"))
      .map((name) => join(folder, name));
  const isas = process.arch === "x64" ? Object.keys(isaFlags) : ["baseline"];
  const kernels = isas.map((isa) => ({ path: join("isa", `${isa}.cc`), flags: isaFlags[isa] }));
  const others = [...files("."), ...files("bindings"), join("isa", "dispatch.cc")].map((path) => ({ path, flags: [] }));
  return [...kernels, ...others]; // the longest compilations first
}

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

async function build() {
  const start = performance.now();
  const compiler = findCompiler();
  const nodeApi = findNodeApi();
  const objects = join(output, "objects");
  mkdirSync(objects, { recursive: true });

  const compilerFlags = compiler.version.includes("clang") ? [] : gccFlags;
  const units = listSources().map(({ path, flags }) => {
    const source = join(engine, path);
    const args = [...compiler.flags, ...commonFlags, ...compilerFlags, ...optimization, ...flags, `-I${nodeApi}`];
    const contents = [...withIncludes(source)].map((file) => readFileSync(file));
    const hash = hashOf([compiler.version, ...args, ...contents]);
    const object = join(objects, `${basename(path, ".cc")}.${hash}.o`);
    return { source, args, command: compiler.command, object };
  });
  const stale = units.filter((unit) => !existsSync(unit.object));
  await compileAll(stale);

  const library = join(output, "rappel.node");
  const stamp = join(output, "rappel.stamp");
  const linked = hashOf(units.map((unit) => unit.object));
  const upToDate = existsSync(library) && existsSync(stamp) && readFileSync(stamp, "utf8") === linked;
  if (!upToDate) {
    const platformFlags =
      process.platform === "darwin"
        ? ["-undefined", "dynamic_lookup"]
        : ["-Wl,--as-needed", "-static-libgcc", "-pthread"];
    const shared = ["-shared", ...optimization, ...platformFlags];
    // Linked aside and renamed, because a process may have the old file mapped.
    const partial = `${library}.${process.pid}.part`;
    const args = [...compiler.flags, "-o", partial, ...units.map((unit) => unit.object), ...shared];
    const { status, text } = await run(compiler.command, args);
    if (text !== "") process.stderr.write(text);
    if (status !== 0) throw new BuildError("the engine does not link", 1);
    renameSync(partial, library);
    writeFileSync(stamp, linked);
    const current = new Set(units.map((unit) => basename(unit.object)));
    for (const name of readdirSync(objects)) {
      if (name.endsWith(".o") && !current.has(name)) rmSync(join(objects, name), { force: true });
    }
  }
  if (upToDate) return;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const compiled = `compiled ${stale.length} of ${units.length} files with ${compiler.version}`;
  console.log(`engine: ${compiled}, ${seconds} s -> ${relative(root, library)}`);
}

try {
  await withLock(join(output, ".lock"), (text) => console.error(`engine: ${text}`), build);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`engine: ${error.message}`);
  process.exitCode = error.exitCode;
}
