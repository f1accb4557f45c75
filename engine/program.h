// The Program format: what the TypeScript compiler hands to the engine. One flat array of int32 words, little-endian.
//
//   header        9 words, see Header
//   buffers       bufferCount x 4 words, see BufferEntry
//   constants     constantWords words of raw data
//   instructions  instructionCount x { opcode, wordCount, payload... }; wordCount counts all words of the instruction
//
// Everything static is in here: shapes, strides, offsets, operators. What changes from run to run (the memory behind an
// input, an output or a variable) is a *binding*: the caller passes one memory handle for each binding index.
// Loading checks every size, offset and index, so that a wrong Program is an error and never a crash.
// Offsets, strides and dimensions are counted in elements. The same definitions in TypeScript: src/compiler/program.ts.
#pragma once

namespace rappel {

typedef int int32_t_;  // an int has 32 bits on every target of the engine
static_assert(sizeof(int) == 4, "the Program format needs 32-bit int");

constexpr int kMagic = 0x4c505052;  // "RPPL"
constexpr int kVersion = 1;
constexpr int kMaxRank = 8;

struct Header {
  int magic, version, wordCount, bufferCount, bindingCount, arenaUnits, constantWords, instructionCount, privateUnits;
};
constexpr int kArenaUnit = 64;  // bytes: a cache line, the widest vector

enum class DType : int { Float32 = 0, Int32 = 1, UInt8 = 2, Bool = 3 };  // bool: one byte, 0 or 1

enum class BufferKind : int {
  Arena = 0,     // place: offset in units of 64 bytes into the program's own arena
  Binding = 1,   // place: index of the binding
  Constant = 2,  // place: word offset in the constant section
  Private = 3,   // place: offset in units into the memory that each worker has of its own in the turns of a ParallelLoop; nowhere else
};
struct BufferEntry {
  int kind, dtype, elements, place;
};

enum class Opcode : int {
  Map = 1,          // MapBody
  Matmul = 2,       // MatmulPayload, MapBody (the tail)
  Convolution = 3,  // ConvolutionPayload, MapBody (the tail)
  Reduce = 4,       // ReducePayload, MapBody (the head), MapBody (the tail) if it has one
  WindowMax = 5,    // WindowPayload
  WindowGather = 6,
  WindowScatter = 7,
  WindowSum = 8,
  WindowSpread = 9,
  Gather = 10,      // GatherPayload
  ScatterAdd = 11,  // ScatterPayload
  Copy = 12,        // CopyPayload
  Fill = 13,        // elements, buffer, offset, bits: a run of elements becomes the value whose 32 bits (low 8 for one-byte types) are given
  Argsort = 14,     // ArgsortPayload
  Cumulate = 15,    // CumulatePayload
  Loop = 16,        // LoopPayload
  ParallelLoop = 17,  // the same
};

// ---- MapBody: a fused elementwise kernel ------------------------------------------------------------------------------
// For every index of an iteration space (row-major, `dims`), load the inputs, run the steps, store the outputs.
//
//   rank, dims[rank]
//   inputCount,    inputCount x { buffer, offset, strides[rank] }   stride 0 broadcasts; strides may be negative
//   constantCount, constantCount x { bits }                         32 bits each, float or int as the step reads it
//   slotCount                                                       registers that the steps write to
//   stepCount,     stepCount x { operator, destination slot, a, b, c }
//   outputCount,   outputCount x { buffer, offset, strides[rank], operand }
//
// An operand a, b, c (or of an output) is a number: [0, inputs) an input, [inputs, inputs + constants) a constant, then slots.
// Unused operands are 0. In registers float32 is a float; int32 and uint8 are an int; bool is an int of 0 or -1 (a lane mask).
// Loads and stores convert: storing to uint8 keeps the low 8 bits, storing to bool writes 0 or 1.
// An input whose buffer is kAccumulator is the value under the kernel that carries the body (the result of a matmul, a convolution
// or a reduction, of which it is the tail); it is contiguous in the iteration space. A head's only output has the buffer kAccumulator.
// In-place: an output may name the same buffer as an input if both have the same offset and strides.
constexpr int kAccumulator = -1;

enum class Operator : int {
  // float32 -> float32
  Neg = 1, Abs, Sign, Exp, Expm1, Log, Log1p, Sqrt, Rsqrt, Sin, Cos, Tanh, Erf, Floor, Ceil, Round /* half to even */, Reciprocal, Sigmoid,
  // float32, float32 -> float32. Max and Min propagate NaN; Mod is the floored modulo, of the divisor's sign.
  Add = 32, Sub, Mul, Div, Pow, Mod, Max, Min,
  Fma = 48,  // a * b + c
  // float32, float32 -> bool
  Eq = 64, Ne, Lt, Le,
  // int32. Div truncates; Mod is floored; both give 0 where the divisor is 0. Shifts take the count modulo 32; ShiftRight is logical.
  NegI = 96, AbsI, SignI,
  AddI = 112, SubI, MulI, DivI, ModI, MaxI, MinI, And, Or, Xor, ShiftLeft, ShiftRight,  // And, Or, Xor serve bool too
  EqI = 128, NeI, LtI, LeI,
  Select = 144,  // a is bool: a ? b : c, any type
  // casts, named by register type. FloatToInt truncates, saturates, and gives 0 for NaN.
  FloatToInt = 160, IntToFloat, FloatToBool /* != 0, NaN is true */, IntToBool, BoolToFloat, BoolToInt, ToUInt8 /* int: keep the low 8 bits */,
  // sources: they depend on the row-major index of the iteration space (64-bit arithmetic is not needed: elements < 2^31).
  Iota = 192,    // (index / a) % b as int32; a and b are immediate values, not operands
  Random = 193,  // 32 random bits: Philox4x32-10, key = the two int32 words at operand a (an *input* of two elements, stride 1 over
                 // nothing: its strides are all 0 and the engine reads elements offset and offset + 1); b is an immediate stream
                 // number. Element e takes word (e / 16) % 4 of the counter {(e / 64) * 16 + e % 16, stream, 0, 0}.
};

// ---- Column sums: what a matmul's or a convolution's tail adds up over the rows of its results, while these are in the cache ----------
//   kind (ColumnSumKind), columns, buffer, offset, operand
// The tail's index space is seen as [rows, columns]; the result is an array of `columns` float32. The operand is the accumulator or a slot, of
// float32, as it is after the last step; the body may then have no outputs. Not within a loop. No output and no input of the body may overlap
// the result.
enum class ColumnSumKind : int {
  Sum = 0,
  Deviations = 1,  // the sum of the squares of the deviations from the column's mean
};
constexpr int kMaxSumColumns = 4096;
constexpr int kMaxColumnSums = 16;  // of one body

// ---- Matmul: C[batch..., m, n] = A[batch..., m, k] B[batch..., k, n] -------------------------------------------------------
//   batchRank, batchDims[batchRank], m, n, k, precision (Precision),
//   A: buffer, offset, rowStride, columnStride, batchStrides[batchRank]
//   B: the same
//   MapBody over dims [batchDims..., m, n] (possibly refined), input 0 is kAccumulator. float32 only.
//   column sums, as many as there are
// k may be 0 (the accumulator is then 0). With Precision::BFloat16 the elements of A and B are rounded to bfloat16, to nearest even, before they
// are multiplied; products and sums are float32.
enum class Precision : int { Float32 = 0, BFloat16 = 1 };

// ---- Convolution, channels last ---------------------------------------------------------------------------------------
//   kind (ConvolutionKind), batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, kernelWidth,
//   strideHeight, strideWidth, padTop, padLeft, dilationHeight, dilationWidth, groups,
//   a buffer, a offset, b buffer, b offset        both contiguous, float32
//   MapBody over the result's index space, input 0 is kAccumulator.
//   column sums, as many as there are
// out[b, y, x, o] = sum over ky, kx, i of in[b, y*sh - padTop + ky*dh, x*sw - padLeft + kx*dw, i] * filter[ky, kx, i, o]
// in [batch, inHeight, inWidth, inChannels], filter [kernelHeight, kernelWidth, inChannels / groups, outChannels],
// out [batch, outHeight, outWidth, outChannels]. The bottom and right padding follow from the sizes.
enum class ConvolutionKind : int {
  Output = 0,          // a = in, b = filter; result out
  InputGradient = 1,   // a = out's gradient, b = filter; result like in
  FilterGradient = 2,  // a = in, b = out's gradient; result like filter
};

// ---- Reduce: result[outer, inner] over source[outer, reduced, inner] ------------------------------------------------------
//   kind (ReduceKind), outer, reduced, inner, output buffer, output offset (contiguous),
//   MapBody whose row-major index space is outer x reduced x inner; its one output (buffer kAccumulator) is the source,
//   if the output buffer is kAccumulator: MapBody over outer x inner, input 0 is kAccumulator, the result. For Sum, Max, Min, Prod over
//   float32. No output of this tail may overlap an input of the head.
// Sum, Max, Min, Prod over float32 or int32 by the output buffer's type; ArgMax and ArgMin read float32 (the flag `integer`
// in bit 8 of kind: int32) and write int32, the first of equals; NaN wins in Max, Min, ArgMax, ArgMin.
// Of an empty range: Sum 0, Prod 1, Max -Inf (int32: -2^31), Min +Inf (int32: 2^31 - 1).
enum class ReduceKind : int { Sum = 0, Max = 1, Min = 2, Prod = 3, ArgMax = 4, ArgMin = 5, Any = 6, All = 7 };  // Any, All: bool

// ---- Windows over [batch, height, width, channels], for pooling ----------------------------------------------------------
//   batch, height, width, channels, outHeight, outWidth, windowHeight, windowWidth, strideHeight, strideWidth, padTop, padLeft,
//   dilationHeight, dilationWidth, first buffer, first offset, second buffer, second offset, third buffer, third offset
//   (-1 for an absent buffer). All contiguous. Positions in the padding do not count.
// WindowMax     first = source, second = largest value (or -1), third = its position (or -1): the index ky * windowWidth + kx
//               within the window of the first largest value (NaN is largest), uint8 where the window has at most 256 places, else int32
// WindowGather  first = source, second = positions, third = result [.., outHeight, outWidth, ..]: the source's value at each position
// WindowScatter first = values [.., outHeight, outWidth, ..], second = positions, third = result [.., height, width, ..]: sums
// WindowSum     first = source, second = -1, third = sums [.., outHeight, outWidth, ..]
// WindowSpread  first = values [.., outHeight, outWidth, ..], second = -1, third = result [.., height, width, ..]: the transpose of WindowSum

// ---- Gather: result[outer, count, inner] = source[outer, indices[count], inner] ------------------------------------------
//   outer, axisSize, count, inner, source buffer, offset, indices buffer, offset (int32), result buffer, offset. All contiguous, any dtype.
// ScatterAdd: result[outer, axisSize, inner] = 0, then += source[outer, count, inner] at indices (float32 or int32)
//   the same payload; source has `count`, the result `axisSize`. Added in the order of the indices.
// An index outside [0, axisSize) is a fault: the run stops after the instruction and reports it.

// ---- Argsort: result[outer, count, inner] = the positions of the first `count` elements of each line source[outer, :, inner], in order
//   outer, size, count, inner, descending (0 or 1), source buffer, offset (any dtype), result buffer, offset (int32). All contiguous.
// Equal elements keep their order; NaN comes last, ascending and descending alike.

// ---- Cumulate: result[outer, i, inner] from result[outer, i - 1, inner] and source[outer, i, inner]; from the last to the first in reverse
//   kind (CumulateKind), reverse (0 or 1), outer, size, inner, LinearRecurrence only: factors buffer, offset,
//   source buffer, offset, result buffer, offset. All contiguous; float32 or int32, LinearRecurrence float32 only.
// LinearRecurrence: result[i] = factors[i] * result[i - 1] + source[i], with 0 before the first. NaN wins in Max and Min.
enum class CumulateKind : int { Sum = 0, Product = 1, Max = 2, Min = 3, LinearRecurrence = 4 };

// ---- Loop: the next `count` instructions run `turns` times -----------------------------------------------------------------
//   turns (at least 1), count (at least 1), moveCount, moveCount x { buffer, first, step }
// A buffer that moves begins, for the instructions in the loop, at its element `first`, and `step` elements further on (or back) with every
// turn. Loops do not lie in one another, but one may stand in a ParallelLoop; buffers may move in both.
//
// ---- ParallelLoop: the same, but the turns are tasks for any worker, in any order --------------------------------------------------
// A turn runs its instructions one after another on one worker. What it writes is private (BufferKind::Private; undefined at the start of a
// turn), or lies in a place of its own: all of the loop's views of memory that it writes move by the same step, and within a turn
// together reach no further than that. If a Loop within moves them, it does so by a step as long as all turns of this one together. Gather and
// ScatterAdd, which can fail, do not stand in it. At most kMaxTurns turns.
constexpr int kMaxTurns = 0xffff;

// ---- Copy: rank, dims[rank], source buffer, offset, strides[rank], target buffer, offset, strides[rank]. Any dtype, both the same.

}  // namespace rappel
