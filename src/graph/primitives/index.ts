/** Every primitive: a file a family. */
export * from "./along-axis.ts";
export * from "./convolution.ts";
export * from "./cumulate.ts";
export * from "./elementwise.ts";
export * from "./gather.ts";
export * from "./gelu.ts";
export * from "./leaf.ts";
export * from "./matmul.ts";
export * from "./movement.ts";
export * from "./reduce.ts";
export * from "./scan.ts";
export * from "./scan-body.ts";
export * from "./softmax.ts";
export * from "./sort.ts";
export * from "./source.ts";
export * from "./window.ts";
