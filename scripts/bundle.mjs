// Turns src/ into dist/, twice. For Node: the library and the command line in few files, with what they share and what is loaded
// when used in dist/chunks/, so that importing "rappel" opens few files. For pages: a module for each source, entered by dist/browser.js,
// so that the bundler of a page takes only what the page uses. Types come from the TypeScript compiler; see setup.mjs.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "rolldown";
import { transform } from "rolldown/utils";
import { browserCounterpart, cutSamples, withoutSamples } from "./bundle-plugins.mjs";
import { cutReferences, moduleOfReferences } from "./cut-references.mjs";

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

/** A source as a module of dist/ for pages. */
async function moduleForPages(source, text) {
  const { code, errors } = await transform(source, text, {
    lang: "ts",
    sourceType: "module",
    target: "es2023",
    tsconfig: false,
    typescript: { removeClassFieldsWithoutInitializer: true },
  });
  if (errors.length > 0)
    throw new Error(`${relative(root, source)}: ${errors.map(({ message }) => message).join("; ")}`);
  return code.replace(
    /(\bfrom |\bimport |\bimport\()"(\.{1,2}\/[^"\n]*\.ts)"/g,
    (_, before, specifier) => `${before}"${specifierForPages(specifier, source)}"`,
  );
}

/**
 * What pages fetch later, and what it hands on of what they have by then. Bundlers part a page by who reaches what: modules that the same
 * entries reach share a chunk, and each further chunk costs all pages up to a kilobyte.
 */
const handedOn = {
  "io/files.ts": { runOnBatch: "models/training/further-parts.ts" },
  "models/training/further-parts.ts": { trainModel: "models/training/parts.ts" },
  "models/training/on-demand.ts": { runOnBatch: "models/training/further-parts.ts" },
  "models/training/parts.ts": { joiningShared: "layers/sharing.ts", measure: "models/summary/measure.ts" },
};

function handOn(path) {
  const specifier = (other) =>
    relative(dirname(path), other)
      .replaceAll("\\", "/")
      .replace(/^(?!\.)/, "./");
  return Object.entries(handedOn[path.replaceAll("\\", "/")] ?? {}).map(
    ([name, other]) => `\nexport { ${name} } from "${specifier(other)}";`,
  );
}

async function writeModulesForPages() {
  const paths = readdirSync(join(root, "src"), { recursive: true }).filter(isForPages);
  const write = async (path, source, text) => {
    const output = join(root, "dist", path);
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, await moduleForPages(source, text));
  };
  const withReferences = [];
  for (const path of paths) {
    const source = join(root, "src", path);
    // Pages ask no primitive for samples.
    const cut = cutSamples(readFileSync(source, "utf8"), source).replace(/\bsamples: \(\) => \[\]\s*,?/g, "");
    const text = [cut, ...handOn(path)].join("");
    // dist/index.js is Node's.
    const output = path === "index.ts" ? "browser.js" : path.replace(/\.ts$/, ".js");
    await write(output, source, cutReferences(text, source));
    const references = moduleOfReferences(text, source);
    if (references === undefined) continue;
    const name = path.replace(/\.ts$/, ".references.js");
    await write(name, source, references);
    withReferences.push(join(root, "dist", name));
  }
  await bundleReferences(withReferences);
  for (const path of ["devices/reference/reference.js", "compiler/further-passes.js"]) await bundleAlone(path);
}

/**
 * One module of all references, with all that they use: what they shared with other modules would stay in the pages that hold these, for
 * bundlers divide pages by modules.
 */
async function bundleReferences(paths) {
  const output = join(root, "dist/graph/references.js");
  const imports = paths.map((path) => `import "./${relative(dirname(output), path).replaceAll("\\", "/")}";\n`);
  writeFileSync(output, imports.join("") + readFileSync(output, "utf8"));
  await build({
    cwd: root,
    input: output,
    external: /reference-table/,
    treeshake: { moduleSideEffects: (id) => paths.includes(id), manualPureFunctions: ["definePrimitive"] },
    output: { file: output, format: "esm" },
  });
  for (const path of paths) rmSync(path);
}

/**
 * What pages fetch seldom, with what it shares with all pages, a few short functions: one that needs no more of them parts no chunk. Nothing of
 * it has a state of its own.
 */
async function bundleAlone(path) {
  const input = join(root, "dist", path);
  await build({
    cwd: root,
    input,
    external: /references\.js$/,
    treeshake: { moduleSideEffects: false, manualPureFunctions: ["definePrimitive"] },
    output: { file: input, format: "esm" },
  });
}

await bundleForNode();
await writeModulesForPages();
