import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { type ClassificationSummary, formatClassification, formatConfusions } from "./classification-report.ts";
import { createStyle, shadingOf } from "./style.ts";

const pets: ClassificationSummary = {
  classes: [
    { name: "cat", precision: 0.9, recall: 0.75, f1: 0.8182, support: 1200 },
    { name: "hamster", precision: 0.5, recall: 1, f1: 0.6667, support: 3 },
    { name: "dog", precision: 0.8, recall: 0.05, f1: 0.0941, support: 20 },
  ],
  confusionMatrix: [
    [900, 300, 0],
    [0, 3, 0],
    [0, 19, 1],
  ],
};

test("plain text lines up under its headings", () => {
  expect(formatClassification(pets, createStyle("plain"))).toBe(
    `Class            Precision   Recall       F1  Support
cat                 90.0 %   75.0 %   81.8 %    1,200
hamster             50.0 %  100.0 %   66.7 %        3
dog                 80.0 %    5.0 %    9.4 %       20
Mean of classes     73.3 %   60.0 %   52.6 %    1,223

Confusion matrix: a row for each true class, a column for each predicted one
             0    1    2
cat     0  900  300    .
hamster 1    .    3    .
dog     2    .   19    1

Most frequent confusions
300  cat  taken for hamster (25.0 % of the class)
 19  dog  taken for hamster (95.0 % of the class)`,
  );
});

describe("shading", () => {
  test("colours change nothing but the colour", () => {
    const colored = formatClassification(pets, createStyle("color"));
    const trimmed = stripVTControlCharacters(colored).replace(/ +$/gm, "").replaceAll("·", ".");
    expect(trimmed).toBe(formatClassification(pets, createStyle("plain")));
  });

  test("right answers and errors have different colours, stronger for larger shares", () => {
    const colored = formatClassification(pets, createStyle("color"));
    const escapeCharacter = String.fromCharCode(27);
    const background = (cell: string) =>
      new RegExp(`${escapeCharacter}\\[38;5;231;48;5;(\\d+)m *${cell} ${escapeCharacter}`).exec(colored)?.[1];
    expect(background("900")).toBe("28");
    expect(background("300")).toBe("196");
    expect(background("1")).toBe("22");
  });

  test("without colour a terminal gets blocks", () => {
    const text = formatClassification(pets, createStyle("blocks"));
    expect(text).toContain("cat     0 █900 █300    ·");
    expect(text).not.toContain(String.fromCharCode(27));
  });

  test("follows the stream and the environment", () => {
    expect(shadingOf({ isTTY: true }, {})).toBe("color");
    expect(shadingOf({ isTTY: false }, {})).toBe("plain");
    expect(shadingOf({ isTTY: true }, { NO_COLOR: "1" })).toBe("blocks");
    expect(shadingOf({ isTTY: true }, { TERM: "dumb" })).toBe("plain");
    expect(shadingOf({}, { FORCE_COLOR: "1" })).toBe("color");
  });
});

test("a perfect classifier has no confusions, and a class without examples no share", () => {
  const perfect: ClassificationSummary = {
    classes: [
      { name: "a", precision: 1, recall: 1, f1: 1, support: 2 },
      { name: "b", precision: Number.NaN, recall: Number.NaN, f1: Number.NaN, support: 0 },
    ],
    confusionMatrix: [
      [2, 0],
      [0, 0],
    ],
  };
  const text = formatClassification(perfect, createStyle("plain"));
  expect(text).not.toContain("confusions");
  expect(text).toContain("b                        –        –        –        0");
});

test("classes without names of their own are not named twice", () => {
  const scores = { precision: 1, recall: 1, f1: 1, support: 1 };
  const classes = [0, 1].map((label) => ({ name: `${label}`, ...scores }));
  const confusionMatrix = [
    [1, 0],
    [0, 1],
  ];
  const text = formatClassification({ classes, confusionMatrix }, createStyle("plain"));
  expect(text).toContain("\n   0  1\n0  1  .\n1  .  1");
});

test("only so many confusions are listed, the most frequent first", () => {
  const matrix = Array.from({ length: 6 }, (_, label) =>
    Array.from({ length: 6 }, (_, prediction) => label * 6 + prediction),
  );
  const classes = matrix.map((_, label) => ({ name: `class ${label}`, precision: 0, recall: 0, f1: 0, support: 0 }));
  const lines = formatConfusions({ classes, confusionMatrix: matrix }, createStyle("plain"), 3).split("\n");
  expect(lines.slice(1).map((line) => line.slice(0, 28))).toEqual([
    "34  class 5  taken for class",
    "33  class 5  taken for class",
    "32  class 5  taken for class",
  ]);
});

test("many classes are listed without the grid, which would not fit", () => {
  const confusionMatrix = Array.from({ length: 30 }, () => Array<number>(30).fill(1));
  const classes = confusionMatrix.map((_, label) => ({
    name: `${label}`,
    precision: 0,
    recall: 0,
    f1: 0,
    support: 30,
  }));
  const text = formatClassification({ classes, confusionMatrix }, createStyle("plain"));
  expect(text).not.toContain("Confusion matrix");
  expect(text).toContain("Most frequent confusions");
});
