/**
 * What most trainings do without, in pages: fetched when something of it is used. Models say how: what is fetched uses this file itself, and bundlers
 * would take what fetches itself into pages without models.
 */
type OnDemand = typeof import("./on-demand.ts");

let fetchParts: () => Promise<OnDemand> = () => Promise.reject(new Error("there are no models here"));

/** Called by models. */
export function setFetchOnDemand(fetch: () => Promise<OnDemand>): void {
  fetchParts = fetch;
}

/** What most trainings do without. */
export function fetchOnDemand(): Promise<OnDemand> {
  return fetchParts();
}
