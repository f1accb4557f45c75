/** Sequences of different lengths in one array, with the values that Keras's pad_sequences gives. */
import { expect, test } from "vitest";
import { padSequences } from "./pad-sequences.ts";

const ragged = [[1], [2, 3], [4, 5, 6]];
const rows = (sequences: typeof ragged, options: Parameters<typeof padSequences>[1]) => {
  const { data, shape } = padSequences(sequences, options);
  const [count = 0, length = 0] = shape;
  return Array.from({ length: count }, (_, row) => [...data.subarray(row * length, (row + 1) * length)]);
};

test("fills up and cuts before or behind", () => {
  expect(rows(ragged, {})).toEqual([
    [0, 0, 1],
    [0, 2, 3],
    [4, 5, 6],
  ]);
  expect(rows(ragged, { padding: "post", value: -1 })).toEqual([
    [1, -1, -1],
    [2, 3, -1],
    [4, 5, 6],
  ]);
  expect(rows(ragged, { maxLength: 2 })).toEqual([
    [0, 1],
    [2, 3],
    [5, 6],
  ]);
  expect(rows(ragged, { maxLength: 2, truncating: "post" })).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
  expect(rows(ragged, { maxLength: 4, padding: "post" })[1]).toEqual([2, 3, 0, 0]);
  expect(padSequences([[], []]).shape).toEqual([2, 1]);
});

test("steps may be rows, sequences typed arrays", () => {
  expect(
    padSequences(
      [
        [[1, 2]],
        [
          [3, 4],
          [5, 6],
        ],
      ],
      { dtype: "float32" },
    ),
  ).toEqual({
    data: Float32Array.from([0, 0, 1, 2, 3, 4, 5, 6]),
    shape: [2, 2, 2],
  });
  expect(padSequences([Float32Array.from([0.5]), [1, 2]], { dtype: "float32", padding: "post" }).data).toEqual(
    Float32Array.from([0.5, 0, 1, 2]),
  );
});

test("what does not fit is an error that names the place", () => {
  expect(() => padSequences([[1], [1.5]])).toThrow(
    'padSequences: sequence 1, step 0 is 1.5, expected a whole number; or ask for dtype "float32"',
  );
  expect(() => padSequences([[1], [[2, 3]]])).toThrow(
    "padSequences: sequence 1, step 0 is a row of 2, but the first step is a number; give all steps alike",
  );
  expect(() => padSequences([])).toThrow("padSequences: got [], expected an array of sequences");
  expect(() => padSequences(ragged, { maxLenght: 3 } as never)).toThrow(
    'unknown option "maxLenght", did you mean "maxLength"?',
  );
  expect(() => padSequences(ragged, { padding: "before" as never })).toThrow('padSequences: padding is "before"');
});
