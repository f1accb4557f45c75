"""Golden values of the random number generator Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).

The three known-answer vectors are those published with Random123. This script holds its own plain Philox to them, and then
writes what the engine's `Random` operator must give, by the layout that engine/program.h defines. Run with `python make_philox.py`.
"""

import numpy as np
from golden import Cases

KNOWN_ANSWERS = [
    ("all zeros", [0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ("all ones", [0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    ("digits of pi", [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
     [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]),
]


def philox(counter, key):
    """Ten rounds over four 32-bit words, with the key stepped by Weyl constants between the rounds."""
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        first, second = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & 0xFFFFFFFF, (first >> 32) ^ c3 ^ k1, first & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return [c0, c1, c2, c3]


def main():
    cases = Cases("philox.json", "Random123", "known-answer vectors of philox4x32 with 10 rounds")
    for name, counter, key, expected in KNOWN_ANSWERS:
        if philox(counter, key) != expected:
            raise ValueError(f"philox does not give the published words for {name}")
        cases.add(name, dict(counter=counter, key=key), {}, dict(words=expected))
    cases.write()

    cases = Cases("random-bits.json", "make_philox.py", "the layout of engine/program.h, version 1")
    for key, stream, count in [([0, 0], 0, 70), ([0x12345678, 0x9ABCDEF0], 7, 200)]:
        words = [philox([e // 64 * 16 + e % 16, stream, 0, 0], key)[e // 16 % 4] for e in range(count)]
        bits, signed_key = np.array(words, np.uint32).view(np.int32), np.array(key, np.uint32).view(np.int32)
        cases.add(f"{count} elements of stream {stream}", dict(key=signed_key), dict(stream=stream), dict(bits=bits))
    cases.write()


if __name__ == "__main__":
    main()
