// Headless Chromium on pages of this machine: a small server, and a browser that visits it. For tests and benchmarks.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, resolve } from "node:path";
import { chromium } from "playwright";
import { launchOptions } from "./chromium.mjs";

const root = resolve(import.meta.dirname, "..");
const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** A browser, and a server on a free port of this machine. */
export class Site {
  #browser;
  #server;

  constructor(browser, server, address) {
    this.#browser = browser;
    this.#server = server;
    this.address = address;
  }

  /**
   * @param options `folder`: what is served, by default the repository; `isolated`: whether pages are isolated from other origins, so
   *   that they may share memory between threads.
   */
  static async open({ folder = root, isolated = false } = {}) {
    const server = createServer(({ url = "/" }, response) => {
      const { pathname } = new URL(url, "http://localhost");
      if (isolated) {
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
      }
      if (pathname === "/empty.html")
        return void response.setHeader("Content-Type", "text/html").end("<!doctype html>");
      const path = join(folder, normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
      if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end();
      response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
      createReadStream(path).pipe(response);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    return new Site(await chromium.launch(launchOptions), server, `http://127.0.0.1:${port}`);
  }

  /** A page at an address of the server. It shares nothing with those before it, their caches neither. */
  async visit(path) {
    const page = await this.#browser.newPage();
    await page.goto(`${this.address}${path}`);
    return page;
  }

  async close() {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
