// Bundles src/ into dist/: the library, the command line, and in dist/chunks/ what they share and what is loaded when used,
// so that importing "rappel" opens few files. Types come from the TypeScript compiler; see setup.mjs.
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "rolldown";

const root = resolve(import.meta.dirname, "..");
rmSync(join(root, "dist/chunks"), { recursive: true, force: true });
await build({
  cwd: root,
  input: { index: "src/index.ts", "cli/main": "src/cli/main.ts" },
  external: /^[^./]/,
  platform: "node",
  // Layers, losses and primitives enter themselves into registries.
  treeshake: { moduleSideEffects: true },
  output: {
    dir: "dist",
    format: "esm",
    sourcemap: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
  },
});
