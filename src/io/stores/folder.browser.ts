/** Pages have no folders: a path is an address beside the page's own, to be read and not written. */
import type { ModelStore } from "../../models/saver.ts";
import { openAddress } from "./address.ts";

export function openFolder(place: string | URL): ModelStore {
  const address = String(place);
  if (address.startsWith("file:"))
    throw new Error(
      `${address}: pages cannot read folders; serve it and give its address, or give the files themselves`,
    );
  return openAddress(address);
}

export function removeFilesOf(directory: string, _names: readonly string[]): Promise<void> {
  return Promise.reject(new Error(`${directory}: pages have no folders from which files could be removed`));
}
