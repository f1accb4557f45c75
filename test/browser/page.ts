/** Headless Chromium on pages of this repository: a small server, and a browser that visits it. */
import { createReadStream, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { launchOptions, whyNoChromium } from "./chromium.mjs";

export { whyNoChromium };

const root = join(import.meta.dirname, "../..");
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

export interface SiteOptions {
  /** The folder that is served; default the repository. */
  readonly folder?: string;
  /** Whether pages are isolated from other origins, so that they may share memory between threads. */
  readonly isolated?: boolean;
}

/** A browser, and a server on a free port of this machine. */
export class Site {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly address: string;

  private constructor(browser: Browser, server: Server, address: string) {
    this.#browser = browser;
    this.#server = server;
    this.address = address;
  }

  static async open({ folder = root, isolated = false }: SiteOptions = {}): Promise<Site> {
    const server = createServer(({ url = "/" }, response) => {
      const { pathname } = new URL(url, "http://localhost");
      if (pathname === "/empty.html")
        return void response.setHeader("Content-Type", "text/html").end("<!doctype html>");
      const path = join(folder, normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
      if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end();
      response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
      if (isolated) {
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
      }
      createReadStream(path).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const bound = server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : 0;
    return new Site(await chromium.launch(launchOptions), server, `http://127.0.0.1:${port}`);
  }

  async visit(path: string): Promise<Page> {
    const page = await this.#browser.newPage();
    await page.goto(`${this.address}${path}`);
    return page;
  }

  /** A page that has imported Rappel, as `globalThis.rappel`. */
  async visitRappel(): Promise<Page> {
    const page = await this.visit("/test/browser/rappel.html");
    await page.waitForFunction(() => "rappel" in globalThis);
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
