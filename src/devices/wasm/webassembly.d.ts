// The part of the WebAssembly JavaScript interface that the engine's binding uses: neither ECMAScript's types nor Node's have it.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(
      module: Module,
      imports: Readonly<Record<string, Readonly<Record<string, (...values: never[]) => unknown>>>>,
    );
    readonly exports: Readonly<Record<string, unknown>>;
  }
  /** Compiles off the calling thread. */
  function compile(bytes: Uint8Array): Promise<Module>;
  /** Compiles while the bytes arrive; they must be served as `application/wasm`. */
  function compileStreaming(response: Response | Promise<Response>): Promise<Module>;
  class Memory {
    private constructor();
    /** Detached, and replaced by another, whenever the memory grows. */
    readonly buffer: ArrayBuffer;
  }
}
