/** What few trainings need beside `fit`, in pages: fetched when it is used. */
export function furtherParts(): Promise<typeof import("./further-parts.ts")> {
  return import("./further-parts.ts");
}
