// Reading words and checking views; see decoder.h.
#include "decoder.h"

namespace rappel {

const char* dtypeName(DType dtype) {
  constexpr const char* names[] = {"float32", "int32", "uint8", "bool"};
  return names[static_cast<int>(dtype)];
}

bool Decoder::outOfMemory() {
  message.write("out of memory while loading instruction ", number);
  return false;
}

bool Decoder::takeWord(int& word) {
  if (at >= end) return fail("its ", end, " words end before its payload does");
  word = words[at++];
  return true;
}

bool Decoder::takeRange(const char* what, int64 low, int64 high, int& word) {
  if (!take(word)) return false;
  if (word < low || word > high) return fail(what, " is ", word, ", expected ", low, " to ", high);
  return true;
}

bool Decoder::takeDims(const char* what, int& rank, int* dims) {
  if (!takeRange(what, 0, kMaxRank, rank)) return false;
  int64 elements = 1;
  bool empty = false;
  for (int d = 0; d < rank; d++) {
    if (!takeRange("a dimension", 0, kMaxElements, dims[d])) return false;
    if (dims[d] == 0) empty = true;
  }
  for (int d = 0; d < rank && !empty; d++) {
    elements *= dims[d];
    if (elements > kMaxElements) return fail("more than ", kMaxElements, " elements");
  }
  return true;
}

bool Decoder::finish() {
  if (at != end) return fail(end - at, " words are left over after its payload");
  return true;
}

bool Decoder::checkBuffer(const char* what, int buffer, bool written) {
  if (buffer < 0 || buffer >= bufferCount) return fail(what, " names buffer ", buffer, " of ", bufferCount);
  if (buffers[buffer].kind == BufferKind::Private && parallel == nullptr) return fail(what, " is the private buffer ", buffer, ", which only the turns of a parallel loop have");
  if (written && buffers[buffer].kind == BufferKind::Constant) return fail(what, " writes to buffer ", buffer, ", which is a constant");
  return true;
}

bool Decoder::checkView(const View& view, const char* what, int which, bool written) {
  if (!checkBuffer(what, view.buffer, written)) return false;
  for (int d = 0; d < view.rank; d++) {
    if (view.dims[d] == 0) return true;  // nothing is reached
  }
  const auto refuse = [&](auto... pieces) {
    if (which < 0) return fail(what, pieces...);
    return fail(what, " ", which, pieces...);
  };
  const Buffer& buffer = buffers[view.buffer];
  int64 low = view.offset + buffer.first(), high = low;
  constexpr int64 limit = int64{1} << 40;  // beyond every buffer, and far from overflow
  for (int d = 0; d < view.rank; d++) {
    const int64 reach = (view.dims[d] - int64{1}) * view.strides[d];
    if (reach > 0) high += reach;
    if (reach < 0) low += reach;
    if (low < -limit) low = -limit;
    if (high > limit) high = limit;
    if (written && view.strides[d] == 0 && view.dims[d] > 1) {
      return refuse(" has stride 0 over a dimension of ", view.dims[d], ", so that elements would be written more than once");
    }
  }
  for (int level = 0; level < depth; level++) {
    const int64 reach = (loops[level].arguments->turns - int64{1}) * buffer.steps[level];
    if (reach > 0) high += reach;
    if (reach < 0) low += reach;
  }
  if (low < 0 || high >= buffer.elements) {
    return refuse(" reaches element ", low < 0 ? low : high, " of buffer ", view.buffer, ", which has ", buffer.elements);
  }
  if (written && buffer.kind == BufferKind::Binding) executable.bindings[buffer.place].written = true;
  return noteReach(view, written);
}

bool Decoder::noteReach(const View& view, bool written) {
  if (parallel == nullptr || copy > 0 || buffers[view.buffer].kind == BufferKind::Private) return true;
  Reach* longer = append(reaches, reachCount, reachCapacity);
  if (longer == nullptr) return outOfMemory();
  reaches = longer;
  reaches[reachCount++] = {extentOf(view), extentOfAllTurns(view), {stepBytes(view, 0), stepBytes(view, 1)}, view.buffer, written};
  return true;
}

bool Decoder::takeStridedView(const char* what, int which, int rank, const int* dims, bool written, View& view) {
  if (!take(view.buffer) || !take(view.offset)) return false;
  view.rank = rank;
  for (int d = 0; d < rank; d++) {
    view.dims[d] = dims[d];
    if (!take(view.strides[d])) return false;
  }
  return checkView(view, what, which, written);
}

bool Decoder::takeArray(const char* what, int64 elements, bool written, View& view) {
  if (!take(view.buffer) || !take(view.offset)) return false;
  if (elements > kMaxElements) return fail(what, " has ", elements, " elements; at most ", kMaxElements, " are possible");
  view.rank = 1;
  view.dims[0] = static_cast<int>(elements);
  view.strides[0] = 1;
  return checkView(view, what, -1, written);
}

bool Decoder::requireType(const char* what, const View& view, DType dtype) {
  const DType met = buffers[view.buffer].dtype;
  if (met == dtype) return true;
  return fail(what, " is buffer ", view.buffer, " of type ", dtypeName(met), ", expected ", dtypeName(dtype));
}

Extent Decoder::extentOf(const View& view) const {
  const Buffer& buffer = buffers[view.buffer];
  const int64 bytes = elementBytes(buffer.dtype);
  int64 low = view.offset + buffer.first(), high = low;
  for (int d = 0; d < view.rank; d++) {
    if (view.dims[d] == 0) return {0, 0, 0};
    const int64 reach = (view.dims[d] - int64{1}) * view.strides[d];
    if (reach > 0) high += reach;
    if (reach < 0) low += reach;
  }
  Extent extent{0, low * bytes, (high + 1) * bytes};
  int64 base = 0;
  switch (buffer.kind) {
    case BufferKind::Arena: base = static_cast<int64>(buffer.place) * kArenaUnit; break;
    case BufferKind::Binding: extent.space = 2 + buffer.place; break;
    case BufferKind::Constant:
      extent.space = 1;
      base = static_cast<int64>(buffer.place) * 4;
      break;
    case BufferKind::Private:
      extent.space = -1;
      base = static_cast<int64>(buffer.place) * kArenaUnit;
      break;
  }
  extent.low += base;
  extent.high += base;
  return extent;
}

int64 Decoder::stepBytes(const View& view, int level) const {
  const Buffer& buffer = buffers[view.buffer];
  return buffer.steps[level] * elementBytes(buffer.dtype);
}

bool Decoder::moveAlike(const View& a, const View& b) const { return stepBytes(a, 0) == stepBytes(b, 0) && stepBytes(a, 1) == stepBytes(b, 1); }

Extent Decoder::extentOfAllTurns(const View& view) const {
  Extent extent = extentOf(view);
  if (extent.low == extent.high) return extent;
  for (int level = 0; level < depth; level++) {
    const int64 reach = (loops[level].arguments->turns - int64{1}) * stepBytes(view, level);
    if (reach > 0) extent.high += reach;
    if (reach < 0) extent.low += reach;
  }
  return extent;
}

bool Decoder::mayOverlap(const View& a, const View& b) const {
  if (moveAlike(a, b)) return overlap(extentOf(a), extentOf(b));
  return overlap(extentOfAllTurns(a), extentOfAllTurns(b));
}

bool Decoder::beginTogether(const View& a, const View& b) const {
  return extentOf(a).low == extentOf(b).low && moveAlike(a, b);
}

bool Decoder::requireApart(const char* what, const View& a, const char* other, const View& b) {
  if (!mayOverlap(a, b)) return true;
  return fail(what, " (buffer ", a.buffer, ") overlaps ", other, " (buffer ", b.buffer, ") in memory");
}

bool Decoder::requireTailApart(const char* source, const View& view) {
  for (int i = 0; i < outputViewCount; i++) {
    if (!requireApart("an output of its tail", outputViews[i], source, view)) return false;
  }
  return true;
}

bool Decoder::requireSpan(const char* what, int count, int stride, int window, int dilation) {
  const int64 reach = product(count, stride) + product(window, dilation);
  return reach < kMaxSize || fail("along its ", what, " the windows span ", reach, " places; at most ", kMaxSize, " are possible");
}

bool Decoder::resolve(const char** pointer, int index, int64 offset) {
  const Buffer& buffer = buffers[index];
  const long bytes = static_cast<long>((buffer.first() + offset) * elementBytes(buffer.dtype));
  for (int level = 0; level < depth; level++) {
    if (buffer.steps[level] == 0) continue;
    LoopArguments& loop = *loops[level].arguments;
    Move* moves = append(loop.moves, loop.moveCount, loops[level].moveCapacity);
    if (moves == nullptr) return outOfMemory();
    loop.moves = moves;
    loop.moves[loop.moveCount++] = {pointer, static_cast<long>(buffer.steps[level] * elementBytes(buffer.dtype))};
  }
  switch (buffer.kind) {
    case BufferKind::Arena: *pointer = executable.arena + static_cast<int64>(buffer.place) * kArenaUnit + bytes; return true;
    case BufferKind::Constant: *pointer = executable.constants + static_cast<int64>(buffer.place) * 4 + bytes; return true;
    case BufferKind::Private:
      *pointer = executable.privateMemory + executable.privateBytes * static_cast<size_type>(copy) + static_cast<int64>(buffer.place) * kArenaUnit + bytes;
      return true;
    case BufferKind::Binding: break;
  }
  Patch* patches = append(executable.patches, executable.patchCount, patchCapacity);
  if (patches == nullptr) return outOfMemory();
  executable.patches = patches;
  executable.patches[executable.patchCount++] = {pointer, buffer.place, bytes};
  return true;
}

Walk joinDimensions(const View& view) {
  Walk walk{};
  for (int d = 0; d < view.rank; d++) {
    if (view.dims[d] == 1) continue;
    const int last = walk.rank - 1;
    if (last >= 0 && walk.strides[last] == view.strides[d] * view.dims[d]) {
      walk.dims[last] *= view.dims[d];
      walk.strides[last] = view.strides[d];
    } else {
      walk.dims[walk.rank] = view.dims[d];
      walk.strides[walk.rank] = view.strides[d];
      walk.rank++;
    }
  }
  if (walk.rank == 0) {
    walk.rank = 1;
    walk.dims[0] = 1;
    walk.strides[0] = 1;
  }
  return walk;
}

}  // namespace rappel
