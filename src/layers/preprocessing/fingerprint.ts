/**
 * Hashes of texts that are the same everywhere: FarmHash's Fingerprint64 (Pike and Alakuijala), and SipHash-2-4 (Aumasson and
 * Bernstein 2012) where a key is to decide them. Both are taken of the UTF-8 bytes.
 */

const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;
const mask = 0xffffffffffffffffn;

const encoder = new TextEncoder();

const wrap = (x: bigint) => x & mask;
const rotateRight = (x: bigint, bits: bigint) => wrap((x >> bits) | (x << (64n - bits)));
const rotateLeft = (x: bigint, bits: bigint) => rotateRight(x, 64n - bits);
const shiftMix = (x: bigint) => x ^ (x >> 47n);

function combine(u: bigint, v: bigint, factor: bigint): bigint {
  const a = shiftMix(wrap((u ^ v) * factor));
  return wrap(shiftMix(wrap((v ^ a) * factor)) * factor);
}

/** A text's bytes, read as little-endian words. */
class Words {
  readonly length: number;
  readonly #view: DataView;

  constructor(text: string) {
    const bytes = encoder.encode(text);
    this.length = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  byte(at: number): number {
    return this.#view.getUint8(at);
  }

  word32(at: number): bigint {
    return BigInt(this.#view.getUint32(at, true));
  }

  word64(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }
}

/** The 64 bits by which TensorFlow's `to_hash_bucket_fast` puts texts into buckets. */
export function fingerprint64(text: string): bigint {
  const words = new Words(text);
  if (words.length <= 16) return ofUpTo16(words);
  if (words.length <= 32) return ofUpTo32(words);
  return words.length <= 64 ? ofUpTo64(words) : ofMore(words);
}

function ofUpTo16(words: Words): bigint {
  const { length } = words;
  const size = BigInt(length);
  const factor = wrap(k2 + size * 2n);
  if (length >= 8) {
    const a = wrap(words.word64(0) + k2);
    const b = words.word64(length - 8);
    const c = wrap(rotateRight(b, 37n) * factor + a);
    const d = wrap((rotateRight(a, 25n) + b) * factor);
    return combine(c, d, factor);
  }
  if (length >= 4) return combine(wrap(size + (words.word32(0) << 3n)), words.word32(length - 4), factor);
  if (length === 0) return k2;
  const y = BigInt(words.byte(0) + (words.byte(length >> 1) << 8));
  const z = BigInt(length + (words.byte(length - 1) << 2));
  return wrap(shiftMix(wrap(y * k2) ^ wrap(z * k0)) * k2);
}

function ofUpTo32(words: Words): bigint {
  const { length } = words;
  const factor = wrap(k2 + BigInt(length) * 2n);
  const a = wrap(words.word64(0) * k1);
  const b = words.word64(8);
  const c = wrap(words.word64(length - 8) * factor);
  const d = wrap(words.word64(length - 16) * k2);
  return combine(
    wrap(rotateRight(wrap(a + b), 43n) + rotateRight(c, 30n) + d),
    wrap(a + rotateRight(wrap(b + k2), 18n) + c),
    factor,
  );
}

function ofUpTo64(words: Words): bigint {
  const { length } = words;
  const factor = wrap(k2 + BigInt(length) * 2n);
  const a = wrap(words.word64(0) * k2);
  const b = words.word64(8);
  const c = wrap(words.word64(length - 8) * factor);
  const d = wrap(words.word64(length - 16) * k2);
  const y = wrap(rotateRight(wrap(a + b), 43n) + rotateRight(c, 30n) + d);
  const z = combine(y, wrap(a + rotateRight(wrap(b + k2), 18n) + c), factor);
  const e = wrap(words.word64(16) * factor);
  const f = words.word64(24);
  const g = wrap((y + words.word64(length - 32)) * factor);
  const h = wrap((z + words.word64(length - 24)) * factor);
  return combine(
    wrap(rotateRight(wrap(e + f), 43n) + rotateRight(g, 30n) + h),
    wrap(e + rotateRight(wrap(f + a), 18n) + g),
    factor,
  );
}

/** 32 bytes mixed with two seeds. */
function weak(words: Words, at: number, first: bigint, second: bigint): [bigint, bigint] {
  const [w, x, y, z] = [words.word64(at), words.word64(at + 8), words.word64(at + 16), words.word64(at + 24)];
  const a = wrap(first + w);
  const sum = wrap(a + x + y);
  const b = wrap(rotateRight(wrap(second + a + z), 21n) + rotateRight(sum, 44n));
  return [wrap(sum + z), wrap(b + a)];
}

function ofMore(words: Words): bigint {
  const { length } = words;
  const seed = 81n;
  let y = wrap(seed * k1 + 113n);
  let z = wrap(shiftMix(wrap(y * k2 + 113n)) * k2);
  let x = wrap(seed * k2 + words.word64(0));
  let v: [bigint, bigint] = [0n, 0n];
  let w: [bigint, bigint] = [0n, 0n];
  const end = Math.floor((length - 1) / 64) * 64;
  for (let at = 0; at < end; at += 64) {
    x = wrap(rotateRight(wrap(x + y + v[0] + words.word64(at + 8)), 37n) * k1);
    y = wrap(rotateRight(wrap(y + v[1] + words.word64(at + 48)), 42n) * k1);
    x ^= w[1];
    y = wrap(y + v[0] + words.word64(at + 40));
    z = wrap(rotateRight(wrap(z + w[0]), 33n) * k1);
    v = weak(words, at, wrap(v[1] * k1), wrap(x + w[0]));
    w = weak(words, at + 32, wrap(z + w[1]), wrap(y + words.word64(at + 16)));
    [x, z] = [z, x];
  }
  const factor = wrap(k1 + ((z & 0xffn) << 1n));
  const at = length - 64;
  w[0] = wrap(w[0] + BigInt((length - 1) & 63));
  v[0] = wrap(v[0] + w[0]);
  w[0] = wrap(w[0] + v[0]);
  x = wrap(rotateRight(wrap(x + y + v[0] + words.word64(at + 8)), 37n) * factor);
  y = wrap(rotateRight(wrap(y + v[1] + words.word64(at + 48)), 42n) * factor);
  x ^= wrap(w[1] * 9n);
  y = wrap(y + v[0] * 9n + words.word64(at + 40));
  z = wrap(rotateRight(wrap(z + w[0]), 33n) * factor);
  v = weak(words, at, wrap(v[1] * factor), wrap(x + w[0]));
  w = weak(words, at + 32, wrap(z + w[1]), wrap(y + words.word64(at + 16)));
  [x, z] = [z, x];
  return combine(
    wrap(combine(v[0], w[0], factor) + shiftMix(y) * k0 + z),
    wrap(combine(v[1], w[1], factor) + x),
    factor,
  );
}

/** The 64 bits by which TensorFlow's `to_hash_bucket_strong` puts texts into buckets. @param key Two integers. */
export function sipHash64(text: string, key: readonly [number, number]): bigint {
  const words = new Words(text);
  const [first, second] = key.map((each) => BigInt.asUintN(64, BigInt(each))) as [bigint, bigint];
  let [a, b, c, d] = [
    first ^ 0x736f6d6570736575n,
    second ^ 0x646f72616e646f6dn,
    first ^ 0x6c7967656e657261n,
    second ^ 0x7465646279746573n,
  ];
  const rounds = (count: number) => {
    for (let round = 0; round < count; round++) {
      a = wrap(a + b);
      c = wrap(c + d);
      b = rotateLeft(b, 13n) ^ a;
      d = rotateLeft(d, 16n) ^ c;
      a = rotateLeft(a, 32n);
      c = wrap(c + b);
      a = wrap(a + d);
      b = rotateLeft(b, 17n) ^ c;
      d = rotateLeft(d, 21n) ^ a;
      c = rotateLeft(c, 32n);
    }
  };
  const take = (word: bigint) => {
    d ^= word;
    rounds(2);
    a ^= word;
  };
  const whole = words.length - (words.length % 8);
  for (let at = 0; at < whole; at += 8) take(words.word64(at));
  let last = BigInt(words.length & 0xff) << 56n;
  for (let at = whole; at < words.length; at++) last |= BigInt(words.byte(at)) << BigInt(8 * (at - whole));
  take(last);
  c ^= 0xffn;
  rounds(4);
  return a ^ b ^ c ^ d;
}

/** The bucket of a text, in [0, buckets): by Fingerprint64, or with a key by SipHash. */
export function hashBucket(text: string, buckets: number, key?: readonly [number, number]): number {
  return Number((key ? sipHash64(text, key) : fingerprint64(text)) % BigInt(buckets));
}
