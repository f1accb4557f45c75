// Turns src/ into dist/, twice. For Node: the library and the command line in few files, with what they share and what is loaded
// when used in dist/chunks/, so that importing "rappel" opens few files. For pages: a module for each source, entered by dist/browser.js,
// so that the bundler of a page takes only what the page uses. Types come from the TypeScript compiler; see setup.mjs.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "rolldown";
import { transform } from "rolldown/utils";
import { browserCounterpart, cutSamples, withoutSamples } from "./bundle-plugins.mjs";

const root = resolve(import.meta.dirname, "..");

async function bundleForNode() {
  rmSync(join(root, "dist/chunks"), { recursive: true, force: true });
  await build({
    cwd: root,
    input: { index: "src/index.ts", "cli/main": "src/cli/main.ts" },
    external: /^[^./]/,
    platform: "node",
    plugins: [withoutSamples()],
    // Layers, losses and primitives enter themselves into registries.
    // What package.json says of side effects names files of dist/, for the bundlers of pages.
    treeshake: { moduleSideEffects: () => true },
    output: {
      dir: "dist",
      format: "esm",
      sourcemap: true,
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[name]-[hash].js",
    },
  });
}

/** Whether a source is part of the library as pages have it. */
function isForPages(path) {
  return path.endsWith(".ts") && !/\.(test|node|d)\.ts$|^cli\b|^devices\Wnative\b/.test(path);
}

/** The import of another file of ours as it is in dist/ for pages, where x.browser.js stands for x.node.ts. */
function specifierForPages(specifier, importer) {
  const path = specifier.endsWith(".node.ts") ? browserCounterpart(specifier, importer) : specifier;
  return path.replace(/\.ts$/, ".js");
}

async function writeModulesForPages() {
  const paths = readdirSync(join(root, "src"), { recursive: true }).filter(isForPages);
  for (const path of paths) {
    const source = join(root, "src", path);
    // dist/index.js is Node's.
    const output = join(root, "dist", path === "index.ts" ? "browser.js" : path.replace(/\.ts$/, ".js"));
    const { code, errors } = await transform(source, cutSamples(readFileSync(source, "utf8"), source), {
      lang: "ts",
      sourceType: "module",
      target: "es2023",
    });
    if (errors.length > 0)
      throw new Error(`${relative(root, source)}: ${errors.map(({ message }) => message).join("; ")}`);
    const linked = code.replace(
      /(\bfrom |\bimport |\bimport\()"(\.{1,2}\/[^"\n]*\.ts)"/g,
      (_, before, specifier) => `${before}"${specifierForPages(specifier, source)}"`,
    );
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, linked);
  }
}

await bundleForNode();
await writeModulesForPages();
