/** Element types, and the typed arrays that hold them outside a device. */

/** The element types of tensors. `bool` takes one byte; arithmetic is defined on `float32` and `int32`. */
export type DType = "float32" | "int32" | "uint8" | "bool";

/** The typed arrays in which data enters and leaves a device. A `bool` travels as a `Uint8Array` of zeros and ones. */
export type TypedArray = Float32Array | Int32Array | Uint8Array;

export const dtypes: readonly DType[] = ["float32", "int32", "uint8", "bool"];

export const bytesPerElement: Readonly<Record<DType, number>> = { float32: 4, int32: 4, uint8: 1, bool: 1 };

/** A zero-filled typed array for `size` elements of `dtype`. */
export function typedArray(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "int32":
      return new Int32Array(size);
    case "uint8":
    case "bool":
      return new Uint8Array(size);
  }
}

/** Copies numbers into a typed array of `dtype`, converting as a cast on a device does. */
export function toTypedArray(dtype: DType, values: ArrayLike<number>): TypedArray {
  if (dtype === "bool") return Uint8Array.from(values, (value) => (value !== 0 ? 1 : 0));
  const result = typedArray(dtype, values.length);
  result.set(values);
  return result;
}

/** A number as an element of `dtype` holds it. */
export function toElement(dtype: DType, value: number): number {
  switch (dtype) {
    case "float32":
      return Math.fround(value);
    case "int32":
      return value | 0;
    case "uint8":
      return value & 0xff;
    case "bool":
      return value !== 0 ? 1 : 0;
  }
}

/** The dtype a typed array carries: `uint8` for a `Uint8Array`. */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "uint8";
}
