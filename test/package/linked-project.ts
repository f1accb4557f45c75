/** A project beside this repository that uses Rappel as it stands in dist/, and the tools that are installed here. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { type Outcome, root, run } from "./consumer.ts";

export class LinkedProject {
  readonly folder = mkdtempSync(join(tmpdir(), "rappel-project-"));

  constructor() {
    mkdirSync(join(this.folder, "node_modules"));
    symlinkSync(root, join(this.folder, "node_modules/rappel"));
    symlinkSync(join(root, "node_modules/vite"), join(this.folder, "node_modules/vite"));
  }

  /** Copies a folder of this repository. */
  copy(folder: string): void {
    cpSync(join(root, folder), this.folder, { recursive: true });
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), content);
  }

  /** Runs a tool that is installed in this repository. */
  tool(script: string, ...args: readonly string[]): Outcome {
    return run(process.execPath, [join(root, "node_modules", script), ...args], this.folder);
  }

  /** Builds the page with Vite. */
  build(): void {
    const { code, stdout, stderr } = this.tool("vite/bin/vite.js", "build", "--logLevel", "warn");
    if (code !== 0) throw new Error(`vite build: exit code ${code}\n${stdout}${stderr}`);
  }

  /** The files of the built page whose names match. */
  built(pattern: RegExp): string[] {
    const folder = join(this.folder, "dist");
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => pattern.test(name));
  }

  /** The bytes of a built file, as servers send it that compress ahead, by either. */
  compressedSize(name: string): { readonly gzip: number; readonly brotli: number } {
    const bytes = readFileSync(join(this.folder, "dist", name));
    return { gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
