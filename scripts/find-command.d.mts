/** The path of the first of some commands that is in a folder of PATH; undefined where there is none. */
export function findCommand(...names: readonly string[]): string | undefined;
