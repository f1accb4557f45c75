/** What most trainings do without, fetched when something of it is used. */
export function fetchOnDemand(): Promise<typeof import("./on-demand.ts")> {
  return import("./on-demand.ts");
}
