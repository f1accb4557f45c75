/** Drawing a part of labelled examples so that each class keeps its share. */

/**
 * Marks `count` examples so that each class has its share of them to within one, and exactly `count` are marked: every class
 * gives the whole part of its quota, and the largest fractions give one more (the method of largest remainders).
 *
 * @param labels The class of each example, [0, classes).
 * @param order A random order of the examples; of each class the first in this order are marked.
 * @returns 1 for each marked example, 0 for the others.
 */
export function stratifiedHoldout(labels: ArrayLike<number>, order: ArrayLike<number>, count: number): Uint8Array {
  const members: number[][] = [];
  for (let position = 0; position < order.length; position++) {
    const index = order[position] as number;
    const label = labels[index] as number;
    members[label] ??= [];
    members[label].push(index);
  }
  const classes = members.filter((indices) => indices.length > 0); // also drops the holes of labels that do not occur
  const quotas = classes.map((indices) => (indices.length * count) / order.length);
  const taken = quotas.map(Math.floor);
  const missing = count - taken.reduce((sum, share) => sum + share, 0);
  const byRemainder = quotas
    .map((quota, position) => ({ position, remainder: quota - Math.floor(quota) }))
    .sort((a, b) => b.remainder - a.remainder || a.position - b.position);
  for (const { position } of byRemainder.slice(0, missing)) taken[position] = (taken[position] as number) + 1;

  const marked = new Uint8Array(order.length);
  classes.forEach((indices, position) => {
    for (const index of indices.slice(0, taken[position])) marked[index] = 1;
  });
  return marked;
}
