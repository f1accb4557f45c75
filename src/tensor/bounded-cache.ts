/** BoundedCache: values by key, of which only the most recently used stay. */

/**
 * Keeps at most `capacity` values; a further one takes the place of the one that was not asked for the longest.
 *
 * @example
 * const cache = new BoundedCache<Executable>(64, (executable) => executable.release());
 */
export class BoundedCache<Value> {
  readonly #capacity: number;
  readonly #release: (value: Value) => void;
  /** From the least to the most recently used: a Map keeps the order of insertion. */
  readonly #values = new Map<string, Value>();

  /**
   * @param capacity At least 1.
   * @param release What is done with a value that has to go.
   */
  constructor(capacity: number, release: (value: Value) => void) {
    this.#capacity = capacity;
    this.#release = release;
  }

  get size(): number {
    return this.#values.size;
  }

  /** The value of a key, which counts as its use. */
  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Keeps a value under a key; what was there before, and what no longer has room, is released. */
  set(key: string, value: Value): void {
    this.delete(key);
    this.#values.set(key, value);
    for (const [oldest] of this.#values) {
      if (this.#values.size <= this.#capacity) break;
      this.delete(oldest);
    }
  }

  /** Releases the value of a key, if there is one. */
  delete(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#release(value);
  }
}
