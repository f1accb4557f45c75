// Decoding the payloads of the instructions that walk the lines along one axis: Argsort and Cumulate.
#include "decoder.h"

namespace rappel {

namespace {

// Above what any buffer holds, and far from overflow: sizes are at most kMaxElements each.
int64 elementsOf(int outer, int size, int inner) {
  const int64 lines = static_cast<int64>(outer) * inner;
  if (lines == 0 || size == 0) return 0;
  return lines > kMaxElements ? kMaxElements + 1 : lines * size;
}

}  // namespace

bool Decoder::decodeArgsort(Instruction& instruction) {
  ArgsortArguments* sort = executable.region.allocate<ArgsortArguments>();
  if (sort == nullptr) return outOfMemory();
  instruction.arguments = sort;
  int outer, size, count, inner, descending;
  if (!takeRange("outer", 0, kMaxElements, outer) || !takeRange("size", 0, kMaxElements, size) || !takeRange("count", 0, size, count) ||
      !takeRange("inner", 0, kMaxElements, inner) || !takeRange("descending", 0, 1, descending)) {
    return false;
  }
  // Two words of 8 bytes for each element of a line.
  constexpr int64 most = static_cast<int64>(~0ul >> 1) / 16;
  if (size > most) return fail("a line has ", size, " elements; this build of the engine can sort ", most);
  sort->outer = outer;
  sort->size = size;
  sort->count = count;
  sort->inner = inner;
  sort->descending = descending != 0;
  View source, result;
  if (!takeArray("the source", elementsOf(outer, size, inner), false, source) || !takeArray("the result", elementsOf(outer, count, inner), true, result)) {
    return false;
  }
  if (!requireType("the result", result, DType::Int32) || !requireApart("the result", result, "the source", source)) return false;
  sort->dtype = buffers[source.buffer].dtype;
  return resolve(&sort->source, source.buffer, source.offset) && resolve(reinterpret_cast<char**>(&sort->result), result.buffer, result.offset);
}

bool Decoder::decodeCumulate(Instruction& instruction) {
  CumulateArguments* cumulate = executable.region.allocate<CumulateArguments>();
  if (cumulate == nullptr) return outOfMemory();
  instruction.arguments = cumulate;
  int kind, reverse, outer, size, inner;
  if (!takeRange("its kind", 0, 4, kind) || !takeRange("reverse", 0, 1, reverse) || !takeRange("outer", 0, kMaxElements, outer) ||
      !takeRange("size", 0, kMaxElements, size) || !takeRange("inner", 0, kMaxElements, inner)) {
    return false;
  }
  cumulate->kind = static_cast<CumulateKind>(kind);
  cumulate->reverse = reverse != 0;
  cumulate->outer = outer;
  cumulate->size = size;
  cumulate->inner = inner;
  const int64 elements = elementsOf(outer, size, inner);
  View factors, source, result;
  // A binding's memory is not known yet: whether there are factors is a flag of its own.
  cumulate->hasFactors = cumulate->kind == CumulateKind::LinearRecurrence;
  if (cumulate->hasFactors && (!takeArray("the factors", elements, false, factors) || !requireType("the factors", factors, DType::Float32))) return false;
  if (!takeArray("the source", elements, false, source) || !takeArray("the result", elements, true, result)) return false;
  const DType dtype = buffers[source.buffer].dtype;
  if (cumulate->hasFactors) {
    if (!requireType("the source", source, DType::Float32) || !requireApart("the result", result, "the factors", factors)) return false;
    if (!resolve(&cumulate->factors, factors.buffer, factors.offset)) return false;
  }
  if (dtype != DType::Float32 && dtype != DType::Int32) return fail("the source is ", dtypeName(dtype), ", expected float32 or int32");
  cumulate->integer = dtype == DType::Int32;
  if (!requireType("the result", result, dtype) || !requireApart("the result", result, "the source", source)) return false;
  return resolve(&cumulate->source, source.buffer, source.offset) && resolve(&cumulate->result, result.buffer, result.offset);
}

}  // namespace rappel
