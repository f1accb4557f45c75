// dist/: the library and the command line, each one file and the parts they share, so that importing "rappel" opens few files.
// Types come from the compiler, which also checks them; see scripts/setup.mjs.
export default {
  input: { index: "src/index.ts", "cli/main": "src/cli/main.ts" },
  external: (name) => !name.startsWith(".") && !name.startsWith("/") && !/^[A-Za-z]:/.test(name),
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
};
