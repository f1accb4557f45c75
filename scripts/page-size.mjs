// What the scripts of a page weigh, by source: builds test/browser/pages/NAME.js with Vite as a user would, and shares the minified bytes
// out by source map. "npm run size [-- NAME]" prints, for each source, its minified bytes, by how much the compressed page would be
// smaller without them, and which sources import it.
import { SourceMap } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";

const root = resolve(import.meta.dirname, "..");
const pages = join(root, "test/browser/pages");

/** A page's chunks as Vite writes them, and who imports each module. */
async function buildPage(name) {
  const importers = new Map();
  const output = await build({
    root: pages,
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      sourcemap: "hidden",
      target: "es2022",
      rolldownOptions: { input: join(pages, `${name}.js`) },
    },
    plugins: [
      {
        name: "importers",
        moduleParsed({ id, importedIds }) {
          for (const imported of importedIds) importers.set(imported, [...(importers.get(imported) ?? []), id]);
        },
      },
    ],
  });
  return { chunks: output.output.filter(({ type }) => type === "chunk"), importers };
}

/** The chunks that a page has before its first statement runs: its own and what they import statically. */
function initialChunks(chunks) {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const found = new Set();
  const visit = (chunk) => {
    if (!chunk || found.has(chunk)) return;
    found.add(chunk);
    for (const name of chunk.imports) visit(byName.get(name));
  };
  visit(chunks.find(({ isEntry }) => isEntry));
  return [...found];
}

/** Which characters of a chunk come of which source: [from, to) by source. */
function piecesOf(chunk) {
  const map = new SourceMap(chunk.map);
  const pieces = new Map();
  let start = 0;
  chunk.code.split("\n").forEach((line, row) => {
    for (let column = 0; column < line.length; ) {
      const entry = map.findEntry(row, column);
      const source = entry.originalSource ?? "";
      let end = column + 1;
      while (end < line.length && (map.findEntry(row, end).originalSource ?? "") === source) end++;
      pieces.set(source, [...(pieces.get(source) ?? []), [start + column, start + end]]);
      column = end;
    }
    start += line.length + 1;
  });
  return pieces;
}

/** A text without some spans of it, which stand in order. */
function without(text, spans) {
  let rest = "";
  let position = 0;
  for (const [start, end] of spans) {
    rest += text.slice(position, start);
    position = end;
  }
  return rest + text.slice(position);
}

function compressed(text) {
  return gzipSync(text, { level: 9 }).length;
}

function byBrotli(text) {
  return brotliCompressSync(text).length;
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** A module as its source is called: dist/graph/node.js for pages is src/graph/node.ts. */
function nameOf(id) {
  return relative(join(root, "dist"), id).replace(/\.js$/, "");
}

/** The sources in the page that import another, besides those that only hand on what others define. */
function importersOf(id, importers, sizes) {
  return (importers.get(id) ?? []).filter((each) => sizes.has(each) && !/(index|browser)\.js$/.test(nameOf(each)));
}

async function report(name) {
  const { chunks, importers } = await buildPage(name);
  const initial = initialChunks(chunks);
  const rows = initial.flatMap((chunk) => {
    const whole = compressed(chunk.code);
    return [...piecesOf(chunk)].map(([source, spans]) => ({
      id: source && resolve(pages, "dist", dirname(chunk.fileName), source),
      bytes: spans.reduce((sum, [start, end]) => sum + end - start, 0),
      share: whole - compressed(without(chunk.code, spans)),
    }));
  });
  const sizes = new Map(rows.map(({ id, bytes }) => [id, bytes]));
  console.log(`\n${name}: bytes minified | bytes compressed that go with it | source < what imports it`);
  for (const { id, bytes, share } of rows.sort((a, b) => b.share - a.share)) {
    const by = importersOf(id, importers, sizes).map(nameOf);
    const label = [id ? nameOf(id) : "(between modules)", ...by.slice(0, 3), ...(by.length > 3 ? ["…"] : [])].join(
      " < ",
    );
    console.log(`${String(bytes).padStart(7)} ${String(share).padStart(6)}  ${label}`);
  }
  const total = (chosen, size) => chosen.reduce((sum, { code }) => sum + size(code), 0);
  console.log(
    `${name}: at once ${kilobytes(total(initial, compressed))} compressed (by Brotli ${kilobytes(total(initial, byBrotli))}), ${kilobytes(total(initial, (code) => code.length))} minified`,
  );
  for (const chunk of chunks)
    if (!initial.includes(chunk))
      console.log(
        `  when used: ${kilobytes(compressed(chunk.code))} (${kilobytes(byBrotli(chunk.code))}) ${basename(chunk.fileName).replace(/-[\w-]{8}\.js$/, "")}`,
      );
}

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : ["dense", "dense-objects", "tensors"]) await report(name);
