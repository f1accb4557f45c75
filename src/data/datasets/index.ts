/** The data sets that are ready to use. */
export { type DigitsOptions, digits } from "./digits.ts";
export { type FashionMnistOptions, fashionMnist } from "./fashion-mnist.ts";
