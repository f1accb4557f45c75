/** The package as its users get it: packed, and installed into an empty project without network, compiler and install scripts. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** Why the package cannot be made here; undefined where it can. */
export const whyNoPackage: string | undefined = existsSync(join(root, "build/engine/rappel.wasm"))
  ? undefined
  : "the engine is not built as WebAssembly, which belongs to the package (Debian: apt-get install clang-19 lld-19, then npm run setup)";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, without variables that choose a device. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Outcome {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(RAPPEL|NODE_OPTIONS|VITEST|npm_)/.test(name));
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    encoding: "utf8",
    timeout: 120_000,
  });
  return { code: status, stdout, stderr: error ? `${stderr}${error.message}` : stderr };
}

function succeed(outcome: Outcome): Outcome {
  if (outcome.code !== 0) throw new Error(`exit code ${outcome.code}\n${outcome.stdout}${outcome.stderr}`);
  return outcome;
}

/** A project that has installed what `scripts/pack.mjs` made. */
export class Consumer {
  readonly #base = mkdtempSync(join(tmpdir(), "rappel-package-"));
  readonly folder = join(this.#base, "project");

  constructor() {
    const archives = join(this.#base, "archives");
    succeed(run(process.execPath, ["scripts/pack.mjs"], root, { RAPPEL_PACKAGES: archives }));
    // The command line's only dependency; the library has none.
    const commander = join(root, "node_modules/commander");
    succeed(run("npm", ["pack", "--ignore-scripts", "--pack-destination", archives, commander], archives));
    const tarballs = readdirSync(archives).filter((name) => name.endsWith(".tgz"));
    this.write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
    const quiet = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    succeed(run("npm", ["install", ...quiet, ...tarballs.map((name) => join(archives, name))], this.folder));
  }

  write(name: string, content: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** Runs a script of the project. */
  node(script: string, env: Readonly<Record<string, string>> = {}): Outcome {
    return run(process.execPath, [script], this.folder, env);
  }

  remove(): void {
    rmSync(this.#base, { recursive: true, force: true });
  }
}
