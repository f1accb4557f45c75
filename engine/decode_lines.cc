// Decoding the instructions that walk the lines along one axis: Reduce, Argsort and Cumulate.
#include "decoder.h"

namespace rappel {

bool Decoder::decodeReduce(Instruction& instruction) {
  ReduceArguments* reduce = executable.region.allocate<ReduceArguments>();
  if (reduce == nullptr) return outOfMemory();
  instruction.arguments = reduce;
  int kind;
  if (!take(kind)) return false;
  const bool flag = (kind & 256) != 0;
  kind &= ~256;
  if (kind < 0 || kind > 7) return fail("its kind is ", kind, ", expected 0 to 7");
  reduce->kind = static_cast<ReduceKind>(kind);
  int outer, reduced, inner;
  if (!takeRange("outer", 0, kMaxElements, outer) || !takeRange("reduced", 0, kMaxElements, reduced) || !takeRange("inner", 0, kMaxElements, inner)) {
    return false;
  }
  reduce->outer = outer;
  reduce->reduced = reduced;
  reduce->inner = inner;
  View output{};
  const bool withTail = at < end && words[at] == kAccumulator;
  if (withTail) {
    if (reduce->kind > ReduceKind::Prod) return fail("only Sum, Max, Min and Prod can have a tail (output buffer -1); its kind is ", kind);
    at += 2;
  } else if (!takeArray("its output", product(outer, inner), true, output) || !resolve(&reduce->output, output.buffer, output.offset)) {
    return false;
  }
  const DType dtype = withTail ? DType::Float32 : buffers[output.buffer].dtype;
  RegisterType needed = RegisterType::Float, met = RegisterType::Any;
  switch (reduce->kind) {
    case ReduceKind::ArgMax:
    case ReduceKind::ArgMin:
      if (!requireType("its output", output, DType::Int32)) return false;
      reduce->integer = flag;
      if (flag) needed = RegisterType::Int;
      break;
    case ReduceKind::Any:
    case ReduceKind::All:
      if (!requireType("its output", output, DType::Bool)) return false;
      needed = RegisterType::Bool;
      break;
    default:
      if (dtype != DType::Float32 && dtype != DType::Int32) return fail("its output is ", dtypeName(dtype), ", expected float32 or int32");
      reduce->integer = dtype == DType::Int32;
      if (reduce->integer) needed = RegisterType::Int;
  }
  if (!decodeBody(Role::Head, reduce->head, nullptr, &met)) return false;
  if (met != RegisterType::Any && met != needed) return fail("the type of its head's value is not the one that it reduces");
  const int64 elements = product(product(outer, reduced), inner);
  if (reduce->head.elements != elements) {
    return fail("its head runs over ", reduce->head.elements, " elements, but outer x reduced x inner is ", elements);
  }
  const int headInputs = inputViewCount;
  if (!withTail) {
    for (int i = 0; i < headInputs; i++) {
      if (!requireApart("its output", output, "an input of its head", inputViews[i])) return false;
    }
    return true;
  }
  for (int i = 0; i < headInputs; i++) headInputViews[i] = inputViews[i];
  if (!decodeBody(Role::Tail, reduce->tailBody, &reduce->tail.plain, nullptr)) return false;
  reduce->tail.body = &reduce->tailBody;
  if (reduce->tailBody.elements != product(outer, inner)) {
    return fail("its tail runs over ", reduce->tailBody.elements, " elements, but outer x inner is ", product(outer, inner));
  }
  for (int i = 0; i < headInputs; i++) {
    if (!requireTailApart("an input of its head", headInputViews[i])) return false;
  }
  return true;
}

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
  if (!takeArray("the source", product(product(outer, size), inner), false, source) || !takeArray("the result", product(product(outer, count), inner), true, result)) {
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
  const int64 elements = product(product(outer, size), inner);
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
