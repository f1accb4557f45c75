/** The engine's Node binding: how it is found and loaded. The C++ side is engine/bindings/napi.cc. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Engine } from "../engine/engine.ts";

const require = createRequire(import.meta.url);
// By the package's own name, so that it is found wherever in the package this file ends up.
const ownPackage = require.resolve("rappel/package.json");
/** Where the set-up of a clone builds it. */
const builtEngine = join(dirname(ownPackage), "build/engine/rappel.node");

/** The packages that may hold an engine for this machine; npm installs at most the one that fits. */
export const enginePackages: readonly string[] = [
  `@rappel/engine-${process.platform}-${process.arch}`,
  ...(process.platform === "linux" ? [`@rappel/engine-linux-${process.arch}-musl`] : []),
];

function isEngine(value: unknown): value is Engine {
  return typeof value === "object" && value !== null && "runAsync" in value && "describe" in value;
}

/**
 * Loads the engine; each thread of JavaScript gets one of its own. It is the one that `RAPPEL_ENGINE` names (a build with a
 * sanitizer, say), or that was built in this folder, or that came as a package for this machine.
 *
 * @throws If there is none, it was made for another system or version, or `RAPPEL_ISA` names an instruction set that cannot run here.
 */
export function loadEngine(): Engine {
  const path = process.env.RAPPEL_ENGINE || findEngine();
  if (!existsSync(path)) throw new Error(`there is no engine at ${path}, which RAPPEL_ENGINE names`);
  const loaded: unknown = require(path);
  if (!isEngine(loaded)) throw new Error(`${path} is not Rappel's engine; ${mend()}`);
  return loaded;
}

function findEngine(): string {
  if (existsSync(builtEngine)) return builtEngine;
  for (const name of enginePackages) {
    const path = resolveIfInstalled(`${name}/package.json`);
    if (path !== undefined) return engineOf(name, path);
  }
  throw new Error(`${enginePackages[0]} is not installed, nor was an engine built; ${mend()}`);
}

function engineOf(name: string, manifest: string): string {
  const { version } = readManifest(manifest);
  const wanted = readManifest(ownPackage).version;
  // Programs are words that only the engine of the same version understands.
  if (version !== wanted)
    throw new Error(`${name} has version ${version}, but rappel has ${wanted}; \`npm install ${name}@${wanted}\``);
  return join(dirname(manifest), "rappel.node");
}

function readManifest(path: string): { readonly version: string } {
  const manifest: unknown = require(path);
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return { version: String(manifest.version) };
  throw new Error(`${path} has no version; install the package again`);
}

function resolveIfInstalled(path: string): string | undefined {
  try {
    return require.resolve(path);
  } catch {
    return undefined;
  }
}

/** How an engine is had: in a clone it is built, elsewhere installed. */
export function mend(): string {
  return existsSync(join(dirname(ownPackage), "scripts/setup.mjs"))
    ? 'install a C++ compiler (Debian: apt-get install g++) and run "npm run setup"'
    : `install the engine for this machine (\`npm install ${enginePackages[0]}\`), which npm leaves out with --omit=optional`;
}
