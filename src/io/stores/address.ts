/** A model's files under an address of the web, to be read only. */
import type { ModelStore } from "../../models/saver.ts";

/** @param address Of the folder: `https://example.org/models/fashion`; in a page it may be relative to the page. */
export function openAddress(address: string): ModelStore {
  const name = address.replace(/\/$/, "");
  return {
    name,
    read: (file) => fetchFile(`${name}/${file}`, name),
    write() {
      return Promise.reject(
        new Error(
          `save: "${name}" is an address, where nothing can be written from here; save to "indexeddb://NAME" or, in Node, to a folder, ` +
            "or send what toFiles() gives",
        ),
      );
    },
  };
}

async function fetchFile(address: string, folder: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (error) {
    throw new Error(`${address} cannot be fetched (${error instanceof Error ? error.message : error})`, {
      cause: error,
    });
  }
  if (response.status === 404)
    throw new Error(
      `${address}: there is no such file, so "${folder}" is not a saved model; give the address of its folder`,
    );
  if (!response.ok) throw new Error(`${address} cannot be fetched (status ${response.status} ${response.statusText})`);
  return new Uint8Array(await response.arrayBuffer());
}
