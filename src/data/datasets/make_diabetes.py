"""Writes diabetes-data.ts from scikit-learn's copy of the diabetes data: `python make_diabetes.py`, with scikit-learn installed."""

from pathlib import Path

from sklearn.datasets import load_diabetes

HEADER = """\
/**
 * The diabetes data as text, written by make_diabetes.py: a line for each patient, its ten measurements and the progression of the
 * disease. Efron, Hastie, Johnstone and Tibshirani, "Least angle regression" (2004).
 */
export const diabetesText: string = `
"""


def main():
    data = load_diabetes(scaled=False)
    rows = [
        " ".join(f"{round(float(value), 4):g}" for value in [*values, target])
        for values, target in zip(data.data, data.target)
    ]
    Path(__file__).with_name("diabetes-data.ts").write_text(HEADER + "\n".join(rows) + "\n`;\n")


if __name__ == "__main__":
    main()
