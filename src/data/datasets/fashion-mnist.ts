/** Fashion-MNIST: 70,000 small grey pictures of ten kinds of clothing. */
import type { Dataset } from "../dataset.ts";

export interface FashionMnistOptions {
  /** The folder that holds the four `.gz` files; nothing is looked for elsewhere, installed or downloaded then. */
  readonly directory?: string;
  /** Where downloaded files are kept. Default: `rappel/fashion-mnist` in the user's cache folder (`XDG_CACHE_HOME`). */
  readonly cache?: string;
  /**
   * true (the default): the pixels as float32 in [0, 1], ready for any network, 220 MB in all. false: as they are in the
   * files, uint8 in [0, 255], 55 MB; let the network begin with `layers.rescaling({ scale: 1 / 255 })` then.
   */
  readonly scale?: boolean;
}

/**
 * The Fashion-MNIST data set: 60,000 training and 10,000 test pictures of clothing from Zalando's shop, in ten classes of
 * equal size. `x` is `[examples, 28, 28, 1]` with 0 as the background, `y` int32 labels `[examples]`.
 *
 * The four files are taken from the Debian package `dataset-fashion-mnist` where it is installed, else from the cache folder;
 * else the package is installed through apt-get where the user may do that without a password, else the files are
 * downloaded from the publisher into the cache folder. What is installed or downloaded is announced on stderr. Every file
 * is held to its published MD5 each time. Only in Node.
 *
 * Xiao, Rasul and Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
 * arXiv:1708.07747, 2017. The MIT licence, copyright Zalando SE.
 *
 * @throws Error If the files can be had in none of these ways, or one is damaged; the message names it and both sums.
 *
 * @example
 * const { train, test } = await datasets.fashionMnist();
 * console.log(train.describe());
 */
export async function fashionMnist(options: FashionMnistOptions = {}): Promise<{ train: Dataset; test: Dataset }> {
  const { loadFashionMnist } = await import("./fashion-mnist.node.ts");
  return loadFashionMnist(options);
}
