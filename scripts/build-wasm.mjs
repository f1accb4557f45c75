// Builds the engine as WebAssembly: engine/ -> build/engine/rappel.wasm. Plain Node, no dependency but Clang with its linker for WebAssembly.
//
//   node scripts/build-wasm.mjs               compiles what has changed and links
//   node scripts/build-wasm.mjs --optional    the same, or nothing at all where there is no such compiler
//
// RAPPEL_CLANG names the compiler (else clang++-19, else clang++). Exit codes: 0 built or up to date, 1 the compiler reports an error,
// 2 there is no compiler for WebAssembly.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { BuildError, commonFlags, compileAndLink, engine, root, runBuild } from "./compile-engine.mjs";

const output = join(root, "build", "engine");
const optional = process.argv.includes("--optional");
const leastVersion = 16;

const wasmFlags = [
  "--target=wasm32",
  "-msimd128",
  "-mbulk-memory",
  "-mnontrapping-fptoint", // conversions saturate, as vectors of SIMD128 do
  "-ffreestanding",
  "-fno-threadsafe-statics",
  "-O3",
];
const linkFlags = [
  "--target=wasm32",
  "-nostdlib",
  "-O3",
  "-Wl,--no-entry",
  "-Wl,--strip-all",
  "-Wl,--stack-first", // an overflow of the stack is a fault rather than damaged data
  "-Wl,-z,stack-size=1048576",
  "-Wl,--max-memory=4294967296",
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

function findClang() {
  const wanted = process.env.RAPPEL_CLANG;
  for (const command of wanted ? [wanted] : ["clang++-19", "clang++"]) {
    const compiler = clangAt(command);
    if (compiler) return compiler;
  }
  if (optional) return undefined;
  throw new BuildError(
    `no compiler for WebAssembly found (${wanted ?? "looked for clang++-19 and clang++"}, version ${leastVersion} or newer, with wasm-ld); ` +
      "install one (Debian, Ubuntu: apt-get install clang-19 lld-19; macOS: brew install llvm lld) or name it in RAPPEL_CLANG",
    2,
  );
}

/** The .cc files of the engine that are not the native binding's, as paths from engine/. */
function listSources() {
  const core = readdirSync(engine).filter((name) => name.endsWith(".cc"));
  const binding = ["wasm.cc", "platform_wasm.cc", "runtime_wasm.cc", "resources.cc"].map((name) =>
    join("bindings", name),
  );
  return [join("isa", "wasm128.cc"), join("isa", "dispatch.cc"), ...binding, ...core]; // the longest compilation first
}

await runBuild(output, async () => {
  const compiler = findClang();
  if (compiler === undefined) return;
  await compileAndLink({
    compiler,
    units: listSources().map((path) => ({ path, args: [...commonFlags, ...wasmFlags] })),
    linkFlags,
    objects: join(output, "wasm-objects"),
    product: join(output, "rappel.wasm"),
    stamp: join(output, "rappel.wasm.stamp"),
  });
});
