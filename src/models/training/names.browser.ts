/** What `compile` knows by name, in pages: fetched when a name is used. A page that gives objects does without. */
export async function fetchNames(): Promise<void> {
  const { registerNames } = await import("./on-demand.ts");
  registerNames();
}
