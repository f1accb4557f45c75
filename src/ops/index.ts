/** Every function on tensors, by topic. */
export * from "./activations.ts";
export * from "./affine.ts";
export * from "./attention.ts";
export * from "./convolution.ts";
export * from "./convolution1d.ts";
export * from "./cumulative.ts";
export * from "./elementwise.ts";
export * from "./gradients.ts";
export * from "./linear.ts";
export * from "./movement.ts";
export * from "./pooling.ts";
export * from "./pooling1d.ts";
export * from "./reduce.ts";
export * from "./scan.ts";
export * from "./sequence-mask.ts";
export * from "./sorting.ts";
export * from "./special.ts";
