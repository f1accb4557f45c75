// Builds the engine as WebAssembly: engine/ -> build/engine/rappel*.wasm, a module for each of {SIMD128, relaxed SIMD} x {one thread,
// threads over shared memory}. Plain Node, no dependency but Clang with its linker for WebAssembly.
//
//   node scripts/build-wasm.mjs               compiles what has changed and links
//   node scripts/build-wasm.mjs --optional    the same, or nothing at all where there is no such compiler
//   node scripts/build-wasm.mjs --install     installs the compiler where there is none; with --optional, where that can be done
//
// RAPPEL_CLANG names the compiler (else clang++-19, else clang++). Exit codes: 0 built or up to date, 1 the compiler reports an error,
// 2 there is no compiler for WebAssembly.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { BuildError, commonFlags, compileAndLink, engine, root, runBuild } from "./compile-engine.mjs";
import { installPackages } from "./debian-packages.mjs";

const output = join(root, "build", "engine");
const optional = process.argv.includes("--optional");
const say = (text) => console.error(`engine: ${text}`);
const leastVersion = 16;

const wasmFlags = [
  "--target=wasm32",
  "-msimd128",
  "-mbulk-memory",
  "-matomics", // valid without shared memory too, so the objects serve both kinds of module
  "-mnontrapping-fptoint", // conversions saturate, as vectors of SIMD128 do
  "-ffreestanding",
  "-fno-threadsafe-statics",
  "-fno-wrapv", // pointers would wrap, too, and their offsets not be part of loads and stores; data are vectors or unsigned, and wrap anyway
  "-O3",
];
const addressSpace = 2 ** 32;
const linkFlags = [
  "--target=wasm32",
  "-nostdlib",
  "-O3",
  "-Wl,--no-entry",
  "-Wl,--strip-all",
  "-Wl,--stack-first", // an overflow of the stack is a fault rather than damaged data
  "-Wl,-z,stack-size=1048576",
  "-Wl,--initial-memory=2097152", // src/devices/wasm/exports.ts says the same
  `-Wl,--max-memory=${addressSpace}`,
];
/** The memory comes from outside, so that every thread's instance has the same, and every thread gets a stack of its own. */
const threadFlags = [
  "-Wl,--shared-memory",
  "-Xlinker",
  "--import-memory=rappel,memory", // not after -Wl, which divides at commas
  "-Wl,--export-memory=memory",
  "-Wl,--export=__stack_pointer",
];
/** As src/devices/wasm/variants.ts lists them. */
const variants = [
  { file: "rappel.wasm", kernelFlags: [], linkFlags },
  { file: "rappel-threads.wasm", kernelFlags: [], linkFlags: [...linkFlags, ...threadFlags] },
  { file: "rappel-relaxed.wasm", kernelFlags: ["-mrelaxed-simd"], linkFlags },
  { file: "rappel-relaxed-threads.wasm", kernelFlags: ["-mrelaxed-simd"], linkFlags: [...linkFlags, ...threadFlags] },
];

/** Clang of at least `leastVersion` with wasm-ld beside it; undefined where the command is none. */
function clangAt(command) {
  const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const [version = ""] = stdout.split("\n");
  if (Number(/clang version (\d+)/.exec(version)?.[1] ?? 0) < leastVersion) return undefined;
  const linker = spawnSync(command, ["--target=wasm32", "-print-prog-name=wasm-ld"], {
    encoding: "utf8",
  }).stdout.trim();
  return isAbsolute(linker) && existsSync(linker) ? { command, version } : undefined;
}

const wanted = process.env.RAPPEL_CLANG;

function findClang() {
  for (const command of wanted ? [wanted] : ["clang++-19", "clang++"]) {
    const compiler = clangAt(command);
    if (compiler) return compiler;
  }
  return undefined;
}

function installClang() {
  if (wanted || !process.argv.includes("--install")) return undefined;
  installPackages(["clang-19", "lld-19"], say);
  return findClang();
}

/** Clang; undefined where there is none and none is needed. */
function obtainClang() {
  const compiler = findClang() ?? installClang();
  if (compiler || optional) return compiler;
  throw new BuildError(
    `no compiler for WebAssembly found (${wanted ?? "looked for clang++-19 and clang++"}, version ${leastVersion} or newer, with wasm-ld); ` +
      "install one (Debian, Ubuntu: apt-get install clang-19 lld-19; macOS: brew install llvm lld) or name it in RAPPEL_CLANG",
    2,
  );
}

/** The .cc files of the engine that are not the native binding's, as paths from engine/, with their flags. */
function listUnits(kernelFlags) {
  const core = readdirSync(engine).filter((name) => name.endsWith(".cc"));
  const binding = ["wasm.cc", "platform_wasm.cc", "runtime_wasm.cc", "resources.cc"].map((name) =>
    join("bindings", name),
  );
  const args = [...commonFlags, ...wasmFlags];
  const others = [join("isa", "dispatch.cc"), ...binding, ...core].map((path) => ({ path, args: [...args, "-Oz"] })); // fetched, and hardly run
  return [{ path: join("isa", "wasm128.cc"), args: [...args, ...kernelFlags] }, ...others]; // the longest compilation first
}

await runBuild(output, async () => {
  const compiler = obtainClang();
  if (compiler === undefined) return;
  await compileAndLink({
    compiler,
    objects: join(output, "wasm-objects"),
    products: variants.map(({ file, kernelFlags, linkFlags }) => ({
      file: join(output, file),
      stamp: join(output, `${file}.stamp`),
      linkFlags,
      units: listUnits(kernelFlags),
    })),
  });
});
