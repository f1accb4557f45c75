/** Finds, fetches and reads the four files of Fashion-MNIST. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { formatShape, sameShape } from "../../graph/shape.ts";
import { Dataset } from "../dataset.ts";
import { scaledToUnit } from "../scaled-to-unit.ts";
import { decodeIdxFile } from "../sources/idx.node.ts";
import { downloadPublishedFile, type PublishedFile, readPublishedFile } from "../sources/published-file.node.ts";
import type { FashionMnistOptions } from "./fashion-mnist.ts";

/** The four files with the MD5s that their publisher states. */
export const fashionMnistFiles = {
  trainImages: {
    name: "train-images-idx3-ubyte.gz",
    md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    modified: 1504176606,
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte.gz",
    md5: "25c81989df183df01b3e8a0aad5dffbe",
    modified: 1504176606,
  },
  testImages: {
    name: "t10k-images-idx3-ubyte.gz",
    md5: "bef4ecab320f06d8554ea6380940ec79",
    modified: 1504176627,
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte.gz",
    md5: "bb300cfdad3c16e7a12a480ee83cd310",
    modified: 1504176627,
  },
} as const satisfies Record<string, PublishedFile>;

/** The ten classes, in the order of their labels. */
const classNames: readonly string[] = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

const debianPackage = "dataset-fashion-mnist";
const debianDirectory = "/usr/share/datasets/fashion-mnist";

/** The publisher's repository and its mirror; the MD5s are what is trusted. */
const addresses = [
  "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
  "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
];

const announce = (text: string) => process.stderr.write(`fashion-mnist: ${text}\n`);

/** See `fashionMnist`. */
export async function loadFashionMnist(options: FashionMnistOptions): Promise<{ train: Dataset; test: Dataset }> {
  const directory = await locate(options);
  const files = fashionMnistFiles;
  const [train, test] = await Promise.all([
    readPart(directory, files.trainImages, files.trainLabels, 60_000, "Fashion-MNIST, training part", options),
    readPart(directory, files.testImages, files.testLabels, 10_000, "Fashion-MNIST, test part", options),
  ]);
  return { train, test };
}

/** A folder that holds all four files, fetched where it must be. */
async function locate({ directory, cache }: FashionMnistOptions): Promise<string> {
  const names = Object.values(fashionMnistFiles).map((file) => file.name);
  const missingFrom = (folder: string) => names.filter((name) => !existsSync(join(folder, name)));
  if (directory !== undefined) {
    const missing = missingFrom(directory);
    if (missing.length === 0) return directory;
    throw new Error(`fashionMnist: directory ${directory} lacks ${missing.join(", ")}: expected all four files there`);
  }
  const cacheDirectory =
    cache ?? join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "rappel", "fashion-mnist");
  for (const folder of [debianDirectory, cacheDirectory]) if (missingFrom(folder).length === 0) return folder;
  if ((await installDebianPackage()) && missingFrom(debianDirectory).length === 0) return debianDirectory;
  try {
    for (const file of Object.values(fashionMnistFiles)) {
      if (!missingFrom(cacheDirectory).includes(file.name)) continue;
      announce(`downloading ${file.name} to ${cacheDirectory}`);
      await downloadPublishedFile(cacheDirectory, file, addresses);
    }
  } catch (error) {
    throw new Error(
      `fashionMnist: the data set is not on this machine and could not be fetched. ${messageOf(error)}. Mend: ` +
        `\`apt-get install ${debianPackage}\` as root, or put the four files (${names.join(", ")}) into ${cacheDirectory}`,
      { cause: error },
    );
  }
  return cacheDirectory;
}

/** Installs the data set's package where apt-get is there and asks for no password; says whether that went well. */
async function installDebianPackage(): Promise<boolean> {
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (!(await succeeds([...asRoot, "apt-get", "--version"]))) return false;
  announce(`installing the Debian package ${debianPackage} (31 MB) with apt-get`);
  const install = [...asRoot, "apt-get", "install", "-y", "-q", "--no-install-recommends", debianPackage];
  // A fresh machine or container has no package lists until the first update.
  if (await succeeds(install)) return true;
  if ((await succeeds([...asRoot, "apt-get", "update", "-q"])) && (await succeeds(install))) return true;
  announce(`apt-get could not install ${debianPackage}`);
  return false;
}

function succeeds([command = "", ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    child.on("error", () => resolve(false)); // no such command
    child.on("close", (code) => resolve(code === 0));
  });
}

async function readPart(
  directory: string,
  imageFile: PublishedFile,
  labelFile: PublishedFile,
  examples: number,
  name: string,
  { scale = true }: FashionMnistOptions,
): Promise<Dataset> {
  const [pixels, labels] = await Promise.all([
    readBytes(directory, imageFile, [examples, 28, 28]),
    readBytes(directory, labelFile, [examples]),
  ]);
  return new Dataset({
    x: { data: scale ? scaledToUnit(pixels, 255) : pixels, shape: [examples, 28, 28, 1] },
    y: { data: Int32Array.from(labels), shape: [examples] },
    classNames,
    name,
  });
}

async function readBytes(directory: string, file: PublishedFile, shape: readonly number[]): Promise<Uint8Array> {
  const path = join(directory, file.name);
  const array = await decodeIdxFile(await readPublishedFile(directory, file), path);
  if (!(array.data instanceof Uint8Array) || !sameShape(array.shape, shape))
    throw new Error(`${path}: holds shape ${formatShape(array.shape)}, expected uint8 of shape ${formatShape(shape)}`);
  return array.data;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
