import type { Page } from "playwright";

export interface SiteOptions {
  /** The folder that is served; default the repository. */
  readonly folder?: string;
  /** Whether pages are isolated from other origins, so that they may share memory between threads. */
  readonly isolated?: boolean;
}

/** A browser, and a server on a free port of this machine. */
export class Site {
  private constructor();
  static open(options?: SiteOptions): Promise<Site>;
  readonly address: string;
  /** A page at an address of the server. It shares nothing with those before it, their caches neither. */
  visit(path: string): Promise<Page>;
  close(): Promise<void>;
}
