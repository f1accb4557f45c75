"""Writes digits-data.ts from scikit-learn's copy of the UCI digits: `python make_digits.py`, with scikit-learn installed."""

from pathlib import Path

from sklearn.datasets import load_digits

HEADER = """\
/**
 * The UCI digits as text, written by make_digits.py: a word for each image, first its label, then its 64 pixels row by row,
 * each a letter from a (0) to q (16). "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, 1998, CC BY 4.0.
 */
export const digitsText: string = `
"""
IMAGES_PER_LINE = 6


def main():
    digits = load_digits()
    words = [
        str(label) + "".join(chr(ord("a") + int(pixel)) for pixel in pixels)
        for label, pixels in zip(digits.target, digits.data)
    ]
    lines = [" ".join(words[start : start + IMAGES_PER_LINE]) for start in range(0, len(words), IMAGES_PER_LINE)]
    Path(__file__).with_name("digits-data.ts").write_text(HEADER + "\n".join(lines) + "\n`;\n")


if __name__ == "__main__":
    main()
