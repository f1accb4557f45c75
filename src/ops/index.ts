/** Every function on tensors, by topic. */
export * from "./elementwise.ts";
export * from "./gradients.ts";
export * from "./linear.ts";
export * from "./movement.ts";
export * from "./reduce.ts";
