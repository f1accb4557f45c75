/** What `compile` knows by name, in pages: fetched when a name is used. A page that gives objects does without. */

/** Makes the names that most trainings use known, and all others where these are not enough. */
export async function fetchNames(isEnough: () => boolean): Promise<void> {
  const { registerCommonNames } = await import("./common-names.ts");
  registerCommonNames();
  if (isEnough()) return;
  const { registerNames } = await import("./on-demand.ts");
  registerNames();
}
