import { defineConfig } from "vite";

// Isolated from other origins the page may share memory between threads, and training uses all processors. Without these headers
// everything works on one thread. The server that publishes the page has to send them as well.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  base: "./",
  // The worker is a module: Rappel loads parts of itself when they are used.
  worker: { format: "es" },
  // Served as it is in development, so that its WebAssembly is found beside it.
  optimizeDeps: { exclude: ["rappel"] },
  server: { headers },
  preview: { headers },
});
