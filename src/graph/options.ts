/** Options objects: unknown names and values out of range are errors that say what was meant. */

/** Every option of an object type, so that the list cannot lack one. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * Checks that an options object has no name that `known` lacks.
 *
 * @param owner Whose options they are, for the message: `dense`, `earlyStopping` …
 * @throws TypeError If a name is unknown, with the nearest known one; or if the options are not an object.
 * @example
 * checkOptions("earlyStopping", { patiance: 3 }, { patience: true });
 * // TypeError: earlyStopping: unknown option "patiance", did you mean "patience"?
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  known: OptionNames<Options>,
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(
      `${owner}: got ${describe(options)}, expected an object of options such as { ${Object.keys(known)[0]}: … }`,
    );
  for (const name of Object.keys(options))
    if (!Object.hasOwn(known, name))
      throw new TypeError(`${owner}: unknown option "${name}"${suggestion(name, Object.keys(known))}`);
}

/** The known names in the end of a message: `, did you mean "relu"?`, or all of them where none is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `, did you mean "${nearest}"?`;
  return known.length === 0 ? "; there are none" : `; known are ${known.join(", ")}`;
}

/** The known name that a mistyped one most likely meant; undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // "learning_rate", "ReLU" and "relu" differ in spelling only.
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, "");
  const meant = abbreviated(plain(name), known);
  if (meant !== undefined) return meant;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(plain(name), plain(candidate));
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** The only known name that begins with a text (`acc`), or whose words do (`mse`). */
function abbreviated(name: string, known: readonly string[]): string | undefined {
  if (name.length < 2) return undefined;
  const initials = (text: string) => text.replaceAll(/(?<!^)[a-z0-9]+/g, "").toLowerCase();
  const found = known.filter(
    (each) => (name.length > 2 && each.toLowerCase().startsWith(name)) || initials(each) === name,
  );
  return found.length === 1 ? found[0] : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] as number) + (from[row - 1] === to[column - 1] ? 0 : 1);
      let distance = Math.min(replaced, (previous[column] as number) + 1, (current[column - 1] as number) + 1);
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1])
        distance = Math.min(distance, (beforePrevious[column - 2] as number) + 1);
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length] as number;
}

/** A value as a message shows it. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(describe).join(", ")}]`;
  if (typeof value === "function") return `the function ${value.name || "(anonymous)"}`;
  if (typeof value === "object" && value !== null) return `an object of ${value.constructor?.name ?? "no class"}`;
  return String(value);
}

/** The numbers an option may take; bounds are inclusive unless they say otherwise. */
export interface NumberRange {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly above?: number;
  readonly below?: number;
}

/** @throws RangeError If an option is not a finite number in its range; the message names owner, option, value and range. */
export function checkNumber(owner: string, option: string, value: number, range: NumberRange = {}): void {
  const { minimum, maximum, above, below } = range;
  const inside =
    typeof value === "number" &&
    Number.isFinite(value) &&
    (minimum === undefined || value >= minimum) &&
    (maximum === undefined || value <= maximum) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below);
  if (inside) return;
  const bounds = [
    minimum === undefined ? [] : [`≥ ${minimum}`],
    above === undefined ? [] : [`> ${above}`],
    maximum === undefined ? [] : [`≤ ${maximum}`],
    below === undefined ? [] : [`< ${below}`],
  ].flat();
  throw new RangeError(
    `${owner}: ${option} is ${describe(value)}, expected a finite number${bounds.length > 0 ? ` ${bounds.join(" and ")}` : ""}`,
  );
}

/** @throws RangeError If an option is not an integer of at least `minimum`. */
export function checkInteger(owner: string, option: string, value: number, minimum = Number.MIN_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  const bound = minimum === Number.MIN_SAFE_INTEGER ? "" : ` of at least ${minimum}`;
  throw new RangeError(`${owner}: ${option} is ${describe(value)}, expected an integer${bound}`);
}

/** @throws TypeError If an option is not true or false. */
export function checkBoolean(owner: string, option: string, value: boolean): void {
  if (typeof value !== "boolean")
    throw new TypeError(`${owner}: ${option} is ${describe(value)}, expected true or false`);
}

/** @throws RangeError If an option is none of the values it may take; the message suggests the nearest. */
export function checkChoice<Choice extends string>(
  owner: string,
  option: string,
  value: Choice,
  choices: readonly Choice[],
): void {
  if (choices.includes(value)) return;
  const hint = typeof value === "string" ? suggestion(value, choices) : `; known are ${choices.join(", ")}`;
  throw new RangeError(`${owner}: ${option} is ${describe(value)}${hint}`);
}
