// Brings a clone to where it can run: dependencies, engine, dist/. Does only what is out of date and says so on stderr,
// so that a second run prints nothing. `--dependencies` stops after the first step; `--packages` also installs, where it may, what tests need
// of the system. Uses Node's own modules only.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { findChromium, whyNoChromium } from "./chromium.mjs";
import { installPackages } from "./debian-packages.mjs";
import { withLock } from "./lock.mjs";

const root = resolve(import.meta.dirname, "..");
process.chdir(root);

const packages = process.argv.includes("--packages");
const say = (text) => process.stderr.write(`rappel setup: ${text}\n`);

function fail(text) {
  say(text);
  process.exit(1);
}

/** The exit code of a command. All that it prints goes to stderr: stdout belongs to whatever runs after the setup. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2], shell: command.endsWith(".cmd") });
  if (error) say(`${command}: ${error.message}`);
  return status ?? 1;
}

function digest(parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

function readIfPresent(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The folder's files with size and time: changes whenever somebody writes, adds or removes one. */
function fingerprint(folder, extension) {
  return filesUnder(folder)
    .filter((path) => path.endsWith(extension))
    .map((path) => {
      const { size, mtimeMs } = statSync(path);
      return `${path}:${size}:${mtimeMs}`;
    });
}

function installDependencies() {
  const stampFile = "node_modules/.rappel-dependencies";
  const platform = `${process.platform} ${process.arch} ${process.versions.modules}`;
  const stamp = digest([readFileSync("package-lock.json"), readFileSync("package.json"), platform]);
  if (readIfPresent(stampFile) === stamp) return;
  say("installing dependencies (npm ci)");
  const npm = process.env.npm_execpath?.endsWith("npm-cli.js")
    ? [process.execPath, process.env.npm_execpath]
    : [process.platform === "win32" ? "npm.cmd" : "npm"];
  const [command, ...prefix] = npm;
  // No dependency needs an install script, and none gets to run one.
  if (run(command, [...prefix, "ci", "--ignore-scripts", "--loglevel=error", "--no-audit", "--no-fund"]) !== 0) {
    fail("npm ci failed; see above. Is the registry reachable, and does package-lock.json fit package.json?");
  }
  writeFileSync(stampFile, stamp);
}

function buildEngine() {
  // The script decides by itself what is out of date. 2: there is no compiler, and it has said how to mend that.
  const status = run(process.execPath, ["scripts/build-engine.mjs"]);
  if (status === 2)
    say("going on; unless an engine was built before, the reference device computes, thousands of times slower");
  else if (status !== 0) fail("the engine did not build; see above");
  // WebAssembly where there is a compiler for it; nothing is missing for most people if there is none.
  const install = packages ? ["--install"] : [];
  if (run(process.execPath, ["scripts/build-wasm.mjs", "--optional", ...install]) !== 0) {
    fail("the engine did not build as WebAssembly; see above");
  }
}

function prepareTests() {
  if (!existsSync("build/engine/rappel.wasm"))
    say("tests leave the engine as WebAssembly out: apt-get install clang-19 lld-19, or set RAPPEL_CLANG");
  if (!findChromium()) installPackages(["chromium"], say);
  if (!findChromium()) say(`tests leave web pages out: ${whyNoChromium}`);
}

/** Removes what the compiler wrote for sources that are gone: it never does so itself. */
function removeOrphans(sourceFolder, outputFolder) {
  for (const output of filesUnder(outputFolder)) {
    const match = /^(.*?)\.(?:js|js\.map|d\.ts|d\.ts\.map)$/.exec(relative(outputFolder, output));
    if (match && !existsSync(join(sourceFolder, `${match[1]}.ts`))) rmSync(output);
  }
}

function bundle() {
  if (run(process.execPath, ["scripts/bundle.mjs"]) !== 0) fail("src/ could not be bundled; see above");
}

function compile(project, sourceFolder, outputFolder, upstream, afterwards = () => {}) {
  const sources = fingerprint(sourceFolder, ".ts");
  const stampFile = join(outputFolder, ".stamp");
  if (sources.length === 0) return "";
  const configs = [
    "tsconfig.base.json",
    project,
    "scripts/bundle.mjs",
    "scripts/bundle-plugins.mjs",
    "scripts/cut-references.mjs",
  ].map((path) => readFileSync(path));
  const stamp = digest([...configs, readIfPresent("node_modules/.rappel-dependencies"), upstream, ...sources]);
  if (readIfPresent(stampFile) === stamp) return stamp;
  say(`compiling ${sourceFolder}/ to ${outputFolder}/`);
  // Without a stamp the outputs may be incomplete, which the incremental state of the compiler would not notice.
  if (!existsSync(stampFile)) rmSync(join(outputFolder, ".tsbuildinfo"), { force: true });
  rmSync(stampFile, { force: true });
  removeOrphans(sourceFolder, outputFolder);
  if (run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", project]) !== 0) {
    fail(`${sourceFolder}/ did not compile; see above`);
  }
  mkdirSync(outputFolder, { recursive: true });
  afterwards();
  writeFileSync(stampFile, stamp);
  return stamp;
}

await withLock(join(root, ".cache", "setup.lock"), say, () => {
  installDependencies();
  if (process.argv.includes("--dependencies")) return;
  buildEngine();
  if (packages) prepareTests();
  const library = compile("tsconfig.build.json", "src", "dist", "", bundle);
  compile("tsconfig.bench.json", "bench", "build/bench", library);
});
