// Where Chromium is, or why it cannot be used. It is the system's: Playwright's own would have to be downloaded.
import { existsSync } from "node:fs";
import { findCommand } from "./find-command.mjs";

/** The path of Chromium, which `RAPPEL_CHROMIUM` may name; undefined where there is none. */
export function findChromium() {
  const wanted = process.env.RAPPEL_CHROMIUM;
  if (wanted) return existsSync(wanted) ? wanted : undefined;
  return findCommand("chromium", "chromium-browser", "google-chrome-stable", "google-chrome");
}

export const chromium = findChromium();

/** Why nothing can be tested in a browser; undefined where it can. */
export const whyNoChromium = chromium
  ? undefined
  : "Chromium is not installed (Debian: apt-get install chromium; or name it in RAPPEL_CHROMIUM)";

/** Options with which Playwright starts it. */
export const launchOptions = {
  executablePath: chromium,
  args: [
    "--no-sandbox", // continuous integration runs as root, which Chromium refuses otherwise
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--js-flags=--expose-gc", // for tests of leaks
  ],
};
