import { existsSync } from "node:fs";
import { copyFile, mkdtemp, open, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fashionMnist } from "./fashion-mnist.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-fashion-mnist-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a directory without the files is an error that lists what it lacks", async () => {
  await expect(fashionMnist({ directory: folder })).rejects.toThrow(
    `directory ${folder} lacks train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k`,
  );
});

// The files are 30 MB, so they come with no clone; where they are installed, they are tested.
const installed = "/usr/share/datasets/fashion-mnist";
describe.skipIf(!existsSync(installed))("with the files", () => {
  test("there are 60,000 and 10,000 pictures, and as many of each class", async () => {
    const { train, test: held } = await fashionMnist({ directory: installed, scale: false });
    expect(train.x.shape).toEqual([60_000, 28, 28, 1]);
    expect(held.x.shape).toEqual([10_000, 28, 28, 1]);
    expect(train.x.data).toBeInstanceOf(Uint8Array);
    expect(train.classCounts()).toEqual(Array(10).fill(6000));
    expect(held.classCounts()).toEqual(Array(10).fill(1000));
    expect([...train.y.data.subarray(0, 10)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    expect(train.classNames?.[9]).toBe("Ankle boot");
    // The mean that is published for the training pictures: 0.2860 of 255.
    expect(train.describe()).toContain("0 to 255, mean 72.94, standard deviation 90.02");
  });

  test("by default the pixels are scaled to [0, 1]", async () => {
    const raw = await fashionMnist({ directory: installed, scale: false });
    const { test: held } = await fashionMnist({ directory: installed });
    expect(held.x.data).toBeInstanceOf(Float32Array);
    const expected = raw.test.x.data.subarray(0, 784).map((value) => value);
    expect(held.x.data.subarray(0, 784)).toEqual(Float32Array.from(expected, (value) => value / 255));
  });

  test("one flipped bit is an error that names the file and both sums", async () => {
    const names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"];
    for (const name of names) await symlink(join(installed, name), join(folder, name));
    const damaged = join(folder, "t10k-labels-idx1-ubyte.gz");
    await copyFile(join(installed, "t10k-labels-idx1-ubyte.gz"), damaged);
    const file = await open(damaged, "r+");
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, 3000);
    await file.write(Buffer.of((byte[0] ?? 0) ^ 0x10), 0, 1, 3000);
    await file.close();
    await expect(fashionMnist({ directory: folder })).rejects.toThrow(
      /t10k-labels-idx1-ubyte\.gz: MD5 is [0-9a-f]{32}, expected bb300cfdad3c16e7a12a480ee83cd310: the file is damaged/,
    );
  });
});
