// Makes what is published, in build/packages/: rappel itself with the engine as WebAssembly, and the native engine for this machine.
//
//   node scripts/pack.mjs            both
//   node scripts/pack.mjs --engine   the engine for this machine alone, @rappel/engine-<platform>-<architecture>
//
// Engines for other machines are made on those and put into the same folder; `rappel` names as optional dependencies all that are
// there when it is packed, so that npm installs the one that fits. Nobody needs a compiler or an install script.
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const packages = resolve(process.env.RAPPEL_PACKAGES ?? join(root, "build", "packages"));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

function run(command, args, cwd = root) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", 2],
    shell: command.endsWith(".cmd"),
  });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

/** The C library matters on Linux alone; Node tells the version of glibc where that is it. */
function libraryOfC() {
  if (process.platform !== "linux") return undefined;
  return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}

/** Makes the archive of a folder in `packages`; prints its path. */
function pack(folder) {
  const [{ filename }] = JSON.parse(
    run(npm, ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", packages], folder),
  );
  console.log(join(packages, filename));
}

function startFolder(name, contents) {
  const folder = join(packages, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(contents, undefined, 2)}\n`);
  return folder;
}

function packEngine() {
  const engine = join(root, "build", "engine", "rappel.node");
  if (!existsSync(engine)) {
    console.error("there is no native engine to be packed: install a C++ compiler (Debian: apt-get install g++)");
    process.exit(2);
  }
  const library = libraryOfC();
  const platform = `${process.platform}-${process.arch}${library === "musl" ? "-musl" : ""}`;
  const { version, license, engines } = manifest;
  const folder = startFolder(`engine-${platform}`, {
    name: `@rappel/engine-${platform}`,
    version,
    description: `Rappel's native engine for ${platform}. It is installed with rappel; there is nothing in it to be imported.`,
    license,
    os: [process.platform],
    cpu: [process.arch],
    ...(library && { libc: [library] }),
    engines,
    files: ["rappel.node"],
  });
  copyFileSync(engine, join(folder, "rappel.node"));
  pack(folder);
}

/** The engines in `packages` of this version, as dependencies. */
function packedEngines() {
  const found = readdirSync(packages)
    .filter((name) => name.startsWith("engine-"))
    .map((name) => JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")))
    .filter(({ version }) => version === manifest.version);
  return Object.fromEntries(found.map(({ name, version }) => [name, version]));
}

function packLibrary() {
  // What only a clone needs stays there.
  const { scripts: _, devDependencies: __, imports: ___, ...published } = manifest;
  const folder = startFolder("rappel", { ...published, optionalDependencies: packedEngines() });
  for (const name of ["dist", "src"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  copyFileSync(join(root, "README.md"), join(folder, "README.md"));
  const modules = readdirSync(join(root, "build", "engine")).filter((name) => name.endsWith(".wasm"));
  mkdirSync(join(folder, "build", "engine"), { recursive: true });
  for (const name of modules) copyFileSync(join(root, "build", "engine", name), join(folder, "build", "engine", name));
  pack(folder);
}

mkdirSync(packages, { recursive: true });
run(process.execPath, ["scripts/setup.mjs"]);
packEngine();
if (!process.argv.includes("--engine")) {
  // Without --optional: a package without WebAssembly is none.
  run(process.execPath, ["scripts/build-wasm.mjs"]);
  packLibrary();
}
