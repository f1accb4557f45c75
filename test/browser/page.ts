/** Headless Chromium on pages of this repository. */
import type { Page } from "playwright";
import { whyNoChromium } from "../../scripts/chromium.mjs";
import { Site } from "../../scripts/site.mjs";

export { Site, whyNoChromium };

/** A page that has imported Rappel, as `globalThis.rappel`. */
export async function visitRappel(site: Site): Promise<Page> {
  const page = await site.visit("/test/browser/rappel.html");
  await page.waitForFunction(() => "rappel" in globalThis);
  return page;
}
