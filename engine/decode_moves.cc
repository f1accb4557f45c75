// Decoding the instructions that go element by element: Map, and what only moves values: Copy, Fill, Gather and ScatterAdd.
#include "decoder.h"

namespace rappel {

bool Decoder::decodeMap(Instruction& instruction) {
  MapArguments* map = executable.region.allocate<MapArguments>();
  if (map == nullptr) return outOfMemory();
  instruction.arguments = map;
  const int patches = executable.patchCount;
  int moves[2] = {};
  for (int level = 0; level < depth; level++) moves[level] = loops[level].arguments->moveCount;
  if (!decodeBody(Role::Map, map->body, nullptr, nullptr)) return false;
  // A body that only moves values is a copy, which knows how to transpose.
  const Body& body = map->body;
  if (body.stepCount > 0 || body.inputCount != 1 || body.outputCount != 1 || body.outputs[0].place != 0) return true;
  const View &source = inputViews[0], &target = outputViews[0];
  const bool rearranges = body.inputs[0].access == Access::Gathered || (body.inputs[0].access == Access::Contiguous && !body.outputs[0].contiguous);
  if (!rearranges || buffers[source.buffer].dtype != buffers[target.buffer].dtype || mayOverlap(source, target)) return true;
  executable.patchCount = patches;
  for (int level = 0; level < depth; level++) loops[level].arguments->moveCount = moves[level];
  instruction.opcode = Opcode::Copy;
  return planCopy(instruction, source, target);
}

bool Decoder::decodeGather(Instruction& instruction, bool scatter) {
  GatherArguments* gather = executable.region.allocate<GatherArguments>();
  if (gather == nullptr) return outOfMemory();
  instruction.arguments = gather;
  int outer, axisSize, count, inner;
  if (!takeRange("outer", 0, kMaxElements, outer) || !takeRange("axisSize", 0, kMaxElements, axisSize) ||
      !takeRange("count", 0, kMaxElements, count) || !takeRange("inner", 0, kMaxElements, inner)) {
    return false;
  }
  gather->outer = outer;
  gather->axisSize = axisSize;
  gather->count = count;
  gather->inner = inner;
  const int64 whole = product(product(outer, axisSize), inner), picked = product(product(outer, count), inner);
  View source, indices, result;
  if (!takeArray("the source", scatter ? picked : whole, false, source) || !takeArray("the indices", count, false, indices) ||
      !takeArray("the result", scatter ? whole : picked, true, result)) {
    return false;
  }
  if (!requireType("the indices", indices, DType::Int32)) return false;
  const DType dtype = buffers[source.buffer].dtype;
  if (scatter && dtype != DType::Float32 && dtype != DType::Int32) return fail("the source is ", dtypeName(dtype), ", expected float32 or int32");
  if (!requireType("the result", result, dtype)) return false;
  if (!requireApart("the result", result, "the source", source) || !requireApart("the result", result, "the indices", indices)) return false;
  gather->elementBytes = elementBytes(dtype);
  gather->integer = dtype == DType::Int32;
  return resolve(&gather->source, source.buffer, source.offset) &&
         resolve(reinterpret_cast<const char**>(&gather->indices), indices.buffer, indices.offset) &&
         resolve(&gather->result, result.buffer, result.offset);
}

bool Decoder::decodeCopy(Instruction& instruction) {
  int rank, dims[kMaxRank];
  View source, target;
  if (!takeDims("its rank", rank, dims)) return false;
  if (!takeStridedView("the source", -1, rank, dims, false, source) || !takeStridedView("the target", -1, rank, dims, true, target)) return false;
  if (!requireType("the target", target, buffers[source.buffer].dtype) || !requireApart("the target", target, "the source", source)) return false;
  return planCopy(instruction, source, target);
}

// The target's strides are made positive and descending, so that the walk follows the target's memory; then dimensions that continue each
// other on both sides are joined.
bool Decoder::planCopy(Instruction& instruction, View source, View target) {
  CopyArguments* copy = executable.region.allocate<CopyArguments>();
  if (copy == nullptr) return outOfMemory();
  instruction.arguments = copy;
  copy->elementBytes = elementBytes(buffers[source.buffer].dtype);
  const int* dims = source.dims;
  int order[kMaxRank], used = 0;
  bool empty = false;
  for (int d = 0; d < source.rank; d++) {
    if (dims[d] == 0) empty = true;
    if (dims[d] <= 1) continue;
    if (target.strides[d] < 0) {
      target.offset += (dims[d] - int64{1}) * target.strides[d];
      source.offset += (dims[d] - int64{1}) * source.strides[d];
      target.strides[d] = -target.strides[d];
      source.strides[d] = -source.strides[d];
    }
    int at = used++;
    for (; at > 0 && target.strides[order[at - 1]] < target.strides[d]; at--) order[at] = order[at - 1];
    order[at] = d;
  }
  for (int i = 0; i < used; i++) {
    const int d = order[i], last = copy->rank - 1;
    if (last >= 0 && copy->targetStrides[last] == target.strides[d] * dims[d] && copy->sourceStrides[last] == source.strides[d] * dims[d]) {
      copy->dims[last] *= dims[d];
      copy->targetStrides[last] = target.strides[d];
      copy->sourceStrides[last] = source.strides[d];
    } else {
      copy->dims[copy->rank] = dims[d];
      copy->targetStrides[copy->rank] = target.strides[d];
      copy->sourceStrides[copy->rank] = source.strides[d];
      copy->rank++;
    }
  }
  if (copy->rank == 0) {
    copy->rank = 1;
    copy->dims[0] = 1;
    copy->sourceStrides[0] = copy->targetStrides[0] = 1;
  }
  if (empty) copy->dims[0] = 0;
  return resolve(&copy->source, source.buffer, empty ? 0 : source.offset) && resolve(&copy->target, target.buffer, empty ? 0 : target.offset);
}

bool Decoder::decodeFill(Instruction& instruction) {
  FillArguments* fill = executable.region.allocate<FillArguments>();
  if (fill == nullptr) return outOfMemory();
  instruction.arguments = fill;
  int elements, bits;
  View target;
  if (!takeRange("the number of elements", 0, kMaxElements, elements) || !takeArray("its target", elements, true, target) || !take(bits)) return false;
  fill->bits = static_cast<unsigned>(bits);
  fill->elements = elements;
  fill->elementBytes = elementBytes(buffers[target.buffer].dtype);
  return resolve(&fill->target, target.buffer, elements == 0 ? 0 : target.offset);
}

}  // namespace rappel
