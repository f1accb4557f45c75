/** The text of the golden files in a page, into which Vite puts them. */

declare global {
  interface ImportMeta {
    glob(pattern: string, options: object): Readonly<Record<string, string>>;
  }
}

const files = import.meta.glob("./*.json", { eager: true, query: "?raw", import: "default" });

export function readGoldenText(file: string): string {
  return files[`./${file}`] ?? "";
}
