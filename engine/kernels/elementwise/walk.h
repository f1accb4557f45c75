// Gathering a strided view into a tile of consecutive registers, and scattering a tile back: for the operands of a MapBody that do
// not lie in the order of the iteration. One-byte types are converted on the way.
#pragma once
#include "../../body.h"
#include "../../vector.h"

namespace rappel {
namespace RAPPEL_ISA {

// How an element type stands in memory and in a register.
struct WordElement {
  typedef int Stored;
  static RAPPEL_INLINE int toRegister(int value) { return value; }
  static RAPPEL_INLINE int toMemory(int value) { return value; }
};
struct UInt8Element {
  typedef unsigned char Stored;
  static RAPPEL_INLINE int toRegister(unsigned char value) { return value; }
  static RAPPEL_INLINE unsigned char toMemory(int value) { return static_cast<unsigned char>(value); }
};
struct BoolElement {
  typedef unsigned char Stored;
  static RAPPEL_INLINE int toRegister(unsigned char value) { return value ? -1 : 0; }
  static RAPPEL_INLINE unsigned char toMemory(int value) { return value ? 1 : 0; }
};

// A position in a walk: the coordinates of all dimensions but the innermost, and the offset they amount to.
struct Cursor {
  int coordinates[kMaxRank];
  int inner;
  long offset;

  Cursor(const Walk& walk, long index) : offset(0) {
    unsigned rest = static_cast<unsigned>(index);
    const int last = walk.rank - 1;
    inner = static_cast<int>(rest % static_cast<unsigned>(walk.dims[last]));
    rest /= static_cast<unsigned>(walk.dims[last]);
    for (int d = last - 1; d >= 0; d--) {
      coordinates[d] = static_cast<int>(rest % static_cast<unsigned>(walk.dims[d]));
      rest /= static_cast<unsigned>(walk.dims[d]);
      offset += coordinates[d] * walk.strides[d];
    }
  }

  // To the beginning of the next innermost run.
  RAPPEL_INLINE void next(const Walk& walk) {
    inner = 0;
    for (int d = walk.rank - 2; d >= 0; d--) {
      offset += walk.strides[d];
      if (++coordinates[d] < walk.dims[d]) return;
      offset -= coordinates[d] * walk.strides[d];
      coordinates[d] = 0;
    }
  }
};

// May write up to a vector beyond the run: what lies there is written next, or is the tile's padding.
template <class Element>
RAPPEL_INLINE void gatherRun(int* __restrict tile, const typename Element::Stored* source, long stride, long count) {
  if (stride == 0) {
    const Ints value = broadcast(Element::toRegister(*source));
    for (long i = 0; i < count; i += kLanes) store(tile + i, value);
  } else if (stride == 1) {
    if constexpr (sizeof(typename Element::Stored) == 4) {
      long i = 0;
      for (; i + kLanes <= count; i += kLanes) store(tile + i, load(source + i));
      if (i < count) store(tile + i, loadFirst(source + i, static_cast<int>(count - i)));
    } else {
      for (long i = 0; i < count; i++) tile[i] = Element::toRegister(source[i]);
    }
  } else {
    for (long i = 0; i < count; i++) tile[i] = Element::toRegister(source[i * stride]);
  }
}

template <class Element>
inline void gatherElements(int* tile, const Walk& walk, const char* data, long index, long count) {
  const auto source = reinterpret_cast<const typename Element::Stored*>(data);
  const long length = walk.dims[walk.rank - 1], stride = walk.strides[walk.rank - 1];
  Cursor cursor(walk, index);
  for (;;) {
    const long n = length - cursor.inner < count ? length - cursor.inner : count;
    gatherRun<Element>(tile, source + cursor.offset + cursor.inner * stride, stride, n);
    count -= n;
    if (count <= 0) return;
    tile += n;
    cursor.next(walk);
  }
}

// The view's elements [index, index + count) in row-major order, as registers. count >= 1.
inline void gatherTile(int* tile, const Walk& walk, DType dtype, const char* data, long index, long count) {
  switch (dtype) {
    case DType::Float32:
    case DType::Int32: return gatherElements<WordElement>(tile, walk, data, index, count);
    case DType::UInt8: return gatherElements<UInt8Element>(tile, walk, data, index, count);
    case DType::Bool: return gatherElements<BoolElement>(tile, walk, data, index, count);
  }
}

template <class Element, bool uniform>
RAPPEL_INLINE void scatterRun(typename Element::Stored* __restrict target, long stride, const int* tile, long count) {
  if (stride == 1) {
    if constexpr (sizeof(typename Element::Stored) == 4) {
      long i = 0;
      for (; i + kLanes <= count; i += kLanes) store(target + i, uniform ? broadcast(*tile) : load(tile + i));
      const int rest = static_cast<int>(count - i);
      if (rest > 0) storeFirst(target + i, uniform ? broadcast(*tile) : loadFirst(tile + i, rest), rest);
    } else {
      for (long i = 0; i < count; i++) target[i] = Element::toMemory(tile[uniform ? 0 : i]);
    }
  } else {
    for (long i = 0; i < count; i++) target[i * stride] = Element::toMemory(tile[uniform ? 0 : i]);
  }
}

template <class Element, bool uniform>
inline void scatterElements(const int* tile, const Walk& walk, char* data, long index, long count) {
  const auto target = reinterpret_cast<typename Element::Stored*>(data);
  const long length = walk.dims[walk.rank - 1], stride = walk.strides[walk.rank - 1];
  Cursor cursor(walk, index);
  for (;;) {
    const long n = length - cursor.inner < count ? length - cursor.inner : count;
    scatterRun<Element, uniform>(target + cursor.offset + cursor.inner * stride, stride, tile, n);
    count -= n;
    if (count <= 0) return;
    if (!uniform) tile += n;
    cursor.next(walk);
  }
}

template <class Element>
inline void scatterTo(const int* tile, bool uniform, const Walk& walk, char* data, long index, long count) {
  if (uniform) return scatterElements<Element, true>(tile, walk, data, index, count);
  scatterElements<Element, false>(tile, walk, data, index, count);
}

// The reverse of gatherTile; a uniform tile is one value for all elements.
inline void scatterTile(const int* tile, bool uniform, const Walk& walk, DType dtype, char* data, long index, long count) {
  switch (dtype) {
    case DType::Float32:
    case DType::Int32: return scatterTo<WordElement>(tile, uniform, walk, data, index, count);
    case DType::UInt8: return scatterTo<UInt8Element>(tile, uniform, walk, data, index, count);
    case DType::Bool: return scatterTo<BoolElement>(tile, uniform, walk, data, index, count);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
