/** What most trainings do without, outside of pages: read when something of it is used. */
export function fetchOnDemand(): Promise<typeof import("./on-demand.ts")> {
  return import("./on-demand.ts");
}
