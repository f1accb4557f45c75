/** References for those who compute by them. In pages this fetches them all: scripts/bundle.mjs lets it import the modules in which they are. */
export { referenceOf } from "./reference-table.ts";
