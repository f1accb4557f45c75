/** The data sets that are ready to use. */
export { type DiabetesOptions, diabetes } from "./diabetes.ts";
export { type DigitsOptions, digits } from "./digits.ts";
export { type FashionMnistOptions, fashionMnist } from "./fashion-mnist.ts";
