// What differs between the sources and what is published: plugins that Rolldown, Vite and Vitest take alike.
import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { parseSync } from "rolldown/utils";

const root = resolve(import.meta.dirname, "..");

/** In pages `x.browser.ts` takes the place of `x.node.ts`; a file for Node that has no such neighbour is an error of the build. */
export function browserCounterpart(specifier, importer) {
  const counterpart = specifier.replace(/\.node\.ts$/, ".browser.ts");
  const path = resolve(dirname(importer), counterpart);
  if (existsSync(path)) return counterpart;
  throw new Error(
    `${relative(root, importer)} imports ${specifier}, for which pages have no counterpart; write ${relative(root, path)}`,
  );
}

/** Bundles sources as pages have them. */
export function browserModules() {
  return {
    name: "rappel-browser-modules",
    enforce: "pre",
    resolveId(id, importer) {
      if (!importer || !id.startsWith(".") || !id.endsWith(".node.ts")) return null;
      const file = importer.split("?")[0];
      return resolve(dirname(file), browserCounterpart(id, file));
    },
  };
}

export function isSourceOfPrimitives(path) {
  return /src.graph.primitives.[\w-]+\.ts$/.test(path);
}

/** A source without the inputs on which the tests try its primitives: nobody else asks for them. */
export function cutSamples(code, path) {
  if (!isSourceOfPrimitives(path)) return code;
  const ranges = [];
  visit(parseSync(path, code, { lang: "ts" }).program, (node) => {
    if (node.type === "Property" && !node.computed && node.key.name === "samples") ranges.push([node.start, node.end]);
  });
  // The lines keep their numbers, for source maps.
  return ranges.reduceRight((rest, [start, end]) => {
    const lines = "\n".repeat(rest.slice(start, end).split("\n").length - 1);
    return `${rest.slice(0, start)}samples: () => []${lines}${rest.slice(end)}`;
  }, code);
}

/** Bundles sources without samples. */
export function withoutSamples() {
  return {
    name: "rappel-without-samples",
    transform: (code, id) => ({ code: cutSamples(code, id), map: null }),
  };
}

/** Shows each node of a syntax tree. */
export function visit(node, look) {
  if (Array.isArray(node)) for (const each of node) visit(each, look);
  else if (typeof node === "object" && node !== null) {
    if (typeof node.type === "string") look(node);
    for (const key of Object.keys(node)) visit(node[key], look);
  }
}
