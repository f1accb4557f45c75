/** The engine's Node binding: how it is found and loaded. The C++ side is engine/bindings/napi.cc. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Engine } from "../engine/engine.ts";

/** `RAPPEL_ENGINE` names another build, such as one with a sanitizer. */
const require = createRequire(import.meta.url);
// By the package's own name, so that it is found wherever in the package this file ends up.
const builtEngine = join(dirname(require.resolve("rappel/package.json")), "build/engine/rappel.node");

function isEngine(value: unknown): value is Engine {
  return typeof value === "object" && value !== null && "runAsync" in value && "describe" in value;
}

/**
 * Loads the engine; each thread of JavaScript gets one of its own.
 * @throws If it is not built, was built for another system, or `RAPPEL_ISA` names an instruction set that cannot run here.
 */
export function loadEngine(): Engine {
  const path = process.env.RAPPEL_ENGINE || builtEngine;
  if (!existsSync(path)) {
    throw new Error(`the native engine is not built (${path} is missing); run \`node scripts/build-engine.mjs\``);
  }
  const loaded: unknown = require(path);
  if (!isEngine(loaded))
    throw new Error(`${path} is not Rappel's engine; rebuild it with \`node scripts/build-engine.mjs\``);
  return loaded;
}
