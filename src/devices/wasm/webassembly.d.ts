// The part of the JavaScript interfaces of WebAssembly and web workers that the engine's binding uses: neither ECMAScript's types nor Node's have it.
declare namespace WebAssembly {
  type ImportValue = ((...values: never[]) => unknown) | Memory;

  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { readonly module: string; readonly name: string; readonly kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, ImportValue>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  /** Compiles off the calling thread. */
  function compile(bytes: Uint8Array): Promise<Module>;
  /** Compiles while the bytes arrive; they must be served as `application/wasm`. */
  function compileStreaming(response: Response | Promise<Response>): Promise<Module>;
  class Memory {
    /** Sizes are in pages of 64 KB. @throws RangeError If the system has not got so many addresses. */
    constructor(descriptor: { readonly initial: number; readonly maximum: number; readonly shared: boolean });
    /** Replaced by another, and detached unless it is shared, whenever the memory grows. */
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
  }
  /** Whether the bytes are a module that can run here. */
  function validate(bytes: Uint8Array): boolean;
}

declare class Worker {
  constructor(address: string | URL, options?: { readonly name?: string; readonly type?: "classic" | "module" });
  postMessage(message: unknown): void;
  terminate(): void;
}

declare const navigator: {
  /** Processors that this page may use. */
  readonly hardwareConcurrency: number;
};
