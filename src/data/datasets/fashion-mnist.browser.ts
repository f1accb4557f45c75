/** Fashion-MNIST in pages: its 31 MB come from no server that the page's author has not chosen. */
import type { Dataset } from "../dataset.ts";
import type { FashionMnistOptions } from "./fashion-mnist.ts";

export function loadFashionMnist(_options: FashionMnistOptions): Promise<{ train: Dataset; test: Dataset }> {
  return Promise.reject(
    new Error(
      "fashionMnist: only Node can find and fetch the data set; in a page serve its four files yourself and read each with " +
        'readIdx("fashion-mnist/train-images-idx3-ubyte.gz"), or take datasets.digits(), which need no file',
    ),
  );
}
