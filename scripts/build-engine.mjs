// Builds the native engine: engine/ -> build/engine/rappel.node. Plain Node, no dependency but a C++20 compiler.
//
//   node scripts/build-engine.mjs            compiles what has changed and links
//
// CXX chooses the compiler (else g++, else clang++). RAPPEL_SANITIZE=address|undefined|thread builds into build/engine-<sanitizer>
// with that sanitizer. An object is named by the hash of everything it depends on, so it is up to date if it exists.
// Prints one line if there was something to do. Exit codes: 0 built or up to date, 1 the compiler reports an error, 2 there is no compiler or no Node-API header.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { BuildError, commonFlags, compileAndLink, engine, root, runBuild } from "./compile-engine.mjs";

const sanitizer = process.env.RAPPEL_SANITIZE ?? "";
const output = join(root, "build", sanitizer === "" ? "engine" : `engine-${sanitizer}`);

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

const nativeFlags = [
  "-fPIC",
  "-Wno-psabi", // vectors are only passed between functions of one instruction set
  "-Wno-ignored-attributes",
];
/** GCC 12 takes variables of its own intrinsics for uninitialized; Clang does not know the option. */
const gccFlags = ["-Wno-maybe-uninitialized"];
const optimization = sanitizer === "" ? ["-O3"] : ["-O1", "-g", "-fno-omit-frame-pointer", `-fsanitize=${sanitizer}`];
const avx512Flags = [
  "-mavx512f",
  "-mavx512dq",
  "-mavx512bw",
  "-mavx512vl",
  "-mfma",
  "-mprefer-vector-width=512",
  "-mprfchw",
];
const isaFlags = {
  avx512: avx512Flags,
  bfloat16: [...avx512Flags, "-mavx512bf16", "-mamx-tile", "-mamx-bf16"],
  avx2: ["-mavx2", "-mfma", "-mf16c"],
  baseline: [],
};

/** The .cc files of the native engine, as paths from engine/, with the flags of their instruction set. */
function listSources() {
  const files = (folder) =>
    readdirSync(join(engine, folder))
      .filter((name) => name.endsWith(".cc") && !name.includes("wasm"))
      .map((name) => join(folder, name));
  const isas = process.arch === "x64" ? Object.keys(isaFlags) : ["baseline"];
  const kernels = isas.map((isa) => ({ path: join("isa", `${isa}.cc`), flags: isaFlags[isa] }));
  const others = [...files("."), ...files("bindings"), join("isa", "dispatch.cc")].map((path) => ({ path, flags: [] }));
  return [...kernels, ...others]; // the longest compilations first
}

async function build() {
  const compiler = findCompiler();
  const flags = compiler.version.includes("clang") ? nativeFlags : [...nativeFlags, ...gccFlags];
  const sharedFlags = [...compiler.flags, ...commonFlags, ...flags, ...optimization];
  const nodeApi = findNodeApi();
  const platformFlags =
    process.platform === "darwin"
      ? ["-undefined", "dynamic_lookup"]
      : ["-Wl,--as-needed", "-static-libgcc", "-pthread"];
  await compileAndLink({
    compiler,
    objects: join(output, "objects"),
    products: [
      {
        file: join(output, "rappel.node"),
        stamp: join(output, "rappel.stamp"),
        linkFlags: [...compiler.flags, "-shared", ...optimization, ...platformFlags],
        units: listSources().map(({ path, flags }) => ({ path, args: [...sharedFlags, ...flags, `-I${nodeApi}`] })),
      },
    ],
  });
}

await runBuild(output, build);
