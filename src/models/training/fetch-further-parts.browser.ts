/** What few trainings need beside `fit`, in pages: fetched when it is used. How is said as in fetch-on-demand.browser.ts. */
type FurtherParts = typeof import("./further-parts.ts");

let fetchParts: () => Promise<FurtherParts> = () => Promise.reject(new Error("there are no models here"));

/** Called by models. */
export function setFetchFurtherParts(fetch: () => Promise<FurtherParts>): void {
  fetchParts = fetch;
}

/** What few trainings need beside `fit`. */
export function furtherParts(): Promise<FurtherParts> {
  return fetchParts();
}
