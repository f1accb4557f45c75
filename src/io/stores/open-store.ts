/** Finds out from what a user gives where a model's files are. */
import { describe } from "../../graph/options.ts";
import type { ModelFiles, ModelStore } from "../../models/saver.ts";
import { openAddress } from "./address.ts";
import { isIndexedDbName, openIndexedDb } from "./indexed-db.ts";

/** A file as a page's file picker gives it. */
export interface NamedFile {
  readonly name: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Where a model is read from: a folder's path or `file:` URL (in Node), an address of the web, `indexeddb://NAME` (in pages), what
 * `toFiles` gave, the files that a person picked, or a store of one's own.
 */
export type LoadSource = string | URL | ModelFiles | Iterable<NamedFile> | Pick<ModelStore, "name" | "read">;

/** The store that is meant by a text or an address. */
export async function openStore(place: string | URL): Promise<ModelStore> {
  const text = String(place);
  if (isIndexedDbName(text)) return openIndexedDb(text);
  if (/^(https?|blob|data):/.test(text)) return openAddress(text);
  const { openFolder } = await import("./folder.node.ts");
  return openFolder(place);
}

/** Where to read from. @throws TypeError If it is nothing of the kind. */
export async function openSource(source: LoadSource): Promise<Pick<ModelStore, "name" | "read">> {
  if (typeof source === "string" || source instanceof URL) return openStore(source);
  if (typeof source === "object" && source !== null) {
    if ("read" in source) return source;
    if (source instanceof Map) return ofFiles(source);
    if (Symbol.iterator in source) return ofFiles(await contentsOf(source));
  }
  throw new TypeError(
    `load: got ${describe(source)}, expected a folder, an address, "indexeddb://NAME", what toFiles() gave, files, or a store`,
  );
}

async function contentsOf(files: Iterable<unknown>): Promise<ModelFiles> {
  const contents = new Map<string, Uint8Array>();
  for (const file of files) {
    if (!isNamedFile(file)) throw new TypeError(`load: got ${describe(file)} among the files, expected a File`);
    contents.set(file.name, new Uint8Array(await file.arrayBuffer()));
  }
  return contents;
}

function isNamedFile(value: unknown): value is NamedFile {
  return typeof value === "object" && value !== null && "name" in value && "arrayBuffer" in value;
}

function ofFiles(files: ReadonlyMap<unknown, unknown>): Pick<ModelStore, "name" | "read"> {
  return {
    name: "the given files",
    async read(file) {
      const content = files.get(file);
      if (content instanceof Uint8Array) return content;
      const names = [...files.keys()].join(", ") || "nothing";
      throw new Error(`load: ${file} is not among the given files (${names}); give all that toFiles() gave`);
    },
  };
}
