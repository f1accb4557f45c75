/** Models that a browser keeps from visit to visit, in its database of the page's origin. */
import type { ModelFiles, ModelStore } from "../../models/saver.ts";

const scheme = "indexeddb://";
const databaseName = "rappel";
const storeName = "models";

/** The part of the browser's interface that is used here. */
interface DatabaseRequest {
  readonly result: unknown;
  readonly error: Error | null;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}
interface ObjectStore {
  get(key: string): DatabaseRequest;
  getAllKeys(): DatabaseRequest;
  put(value: unknown, key: string): DatabaseRequest;
  delete(key: string): DatabaseRequest;
}
interface Transaction {
  objectStore(name: string): ObjectStore;
  readonly error: Error | null;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
}
interface Database {
  transaction(name: string, mode: "readonly" | "readwrite"): Transaction;
  createObjectStore(name: string): void;
  close(): void;
}

/** Whether a place is the name of a model in the browser's database. */
export function isIndexedDbName(place: string): boolean {
  return place.startsWith(scheme);
}

/** The store of one model. Its files are one record, so that they are replaced together or not at all. */
export function openIndexedDb(name: string): ModelStore {
  const key = keyOf(name);
  return {
    name,
    async write(files: ModelFiles) {
      const record = Object.fromEntries([...files].map(([file, content]) => [file, Uint8Array.from(content)]));
      await transact("readwrite", (store) => store.put(record, key));
    },
    async read(file: string) {
      const record = await transact("readonly", (store) => store.get(key));
      const content = typeof record === "object" && record !== null ? Reflect.get(record, file) : undefined;
      if (content instanceof Uint8Array) return content;
      const known = await listSavedModels();
      throw new Error(
        `${name}: this browser keeps no such model for this origin; it keeps ${known.join(", ") || "none"}`,
      );
    },
  };
}

/**
 * The models that this browser keeps for the page's origin, as `load` takes them: `indexeddb://NAME`.
 *
 * @throws Outside of browsers.
 */
export async function listSavedModels(): Promise<string[]> {
  const keys = await transact("readonly", (store) => store.getAllKeys());
  return Array.isArray(keys) ? keys.map((key) => `${scheme}${key}`) : [];
}

/**
 * Removes a model that this browser keeps; nothing happens if there is none of that name.
 *
 * @param name `indexeddb://NAME`, as it was saved.
 * @throws Outside of browsers.
 */
export async function deleteSavedModel(name: string): Promise<void> {
  const key = keyOf(name);
  await transact("readwrite", (store) => store.delete(key));
}

function keyOf(name: string): string {
  if (isIndexedDbName(name) && name.length > scheme.length) return name.slice(scheme.length);
  throw new TypeError(`"${name}" is no model in a browser's database; expected "${scheme}NAME"`);
}

/** What a request in a transaction of its own gives, once the transaction is complete. */
async function transact(
  mode: "readonly" | "readwrite",
  ask: (store: ObjectStore) => DatabaseRequest,
): Promise<unknown> {
  const database = await openDatabase();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(storeName, mode);
      const request = ask(transaction.objectStore(storeName));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () =>
        reject(transaction.error ?? request.error ?? new Error("the transaction was aborted"));
    });
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<Database> {
  const factory: unknown = Reflect.get(globalThis, "indexedDB");
  if (!isFactory(factory))
    throw new Error("there is no IndexedDB here: only browsers keep models so; save to a folder");
  return new Promise((resolve, reject) => {
    const request = factory.open(databaseName, 1);
    request.onupgradeneeded = () => isDatabase(request.result) && request.result.createObjectStore(storeName);
    request.onerror = () => reject(request.error ?? new Error("the browser's database cannot be opened"));
    request.onsuccess = () => isDatabase(request.result) && resolve(request.result);
  });
}

interface OpenRequest extends DatabaseRequest {
  onupgradeneeded: (() => void) | null;
}

function isFactory(value: unknown): value is { open(name: string, version: number): OpenRequest } {
  return typeof value === "object" && value !== null && "open" in value;
}

function isDatabase(value: unknown): value is Database {
  return typeof value === "object" && value !== null && "transaction" in value;
}
