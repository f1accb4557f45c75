// Argsort: for every line along an axis, the positions of its elements in order. An element becomes a key of 32 bits that compares as an
// unsigned integer in the wanted order, NaN last; its position follows in the low half of a 64-bit word. So no two words are equal, equal
// elements keep their order, and the result does not depend on how it is sorted.
#pragma once
#include "../instruction.h"
#include "split.h"

namespace rappel {
namespace RAPPEL_ISA {

typedef unsigned long long SortWord;

constexpr long kInsertionSort = 32;  // up to here, moving words by one place beats counting digits
constexpr long kSelection = 16;      // so many are picked in one pass; more are the start of a whole sorted line
constexpr double kMicrosecondsPerSortedElement = 0.015;

inline void argsortSchedule(Instruction& instruction) {
  ArgsortArguments& sort = *static_cast<ArgsortArguments*>(instruction.arguments);
  const long lines = sort.count == 0 ? 0 : sort.outer * sort.inner;
  const double elements = static_cast<double>(lines) * static_cast<double>(sort.size);
  const long tasks = minimum(lines, tasksFor(elements * kMicrosecondsPerSortedElement));
  sort.linesPerTask = tasks == 0 ? 1 : ceilDivide(lines, tasks);
  Schedule& schedule = instruction.schedule;
  schedule.tasks[0] = static_cast<int>(ceilDivide(lines, sort.linesPerTask));
  schedule.scratchBytes = 2 * static_cast<size_type>(sort.size) * sizeof(SortWord);
  schedule.flops = elements * kMicrosecondsPerSortedElement * kFlopsPerMicrosecond;
  schedule.bytes = elements * (sort.dtype == DType::Float32 || sort.dtype == DType::Int32 ? 4.0 : 1.0) + 4.0 * static_cast<double>(lines) * static_cast<double>(sort.count);
}

RAPPEL_INLINE unsigned sortKey(float value) {
  unsigned bits;
  __builtin_memcpy(&bits, &value, 4);
  if (bits == 0x80000000u) bits = 0;  // -0 equals 0
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}
RAPPEL_INLINE unsigned sortKey(int value) { return static_cast<unsigned>(value) ^ 0x80000000u; }
RAPPEL_INLINE unsigned sortKey(unsigned char value) { return value; }
RAPPEL_INLINE bool isNaN(float value) { return value != value; }
RAPPEL_INLINE bool isNaN(int) { return false; }
RAPPEL_INLINE bool isNaN(unsigned char) { return false; }

template <class Element>
RAPPEL_INLINE SortWord sortWord(Element value, long position, unsigned flip) {
  const unsigned key = isNaN(value) ? ~0u : sortKey(value) ^ flip;
  return static_cast<SortWord>(key) << 32 | static_cast<unsigned>(position);
}

// Puts a word in its place among the sorted ones before it.
RAPPEL_INLINE void insertWord(SortWord* words, long end, SortWord word) {
  long at = end;
  for (; at > 0 && words[at - 1] > word; at--) words[at] = words[at - 1];
  words[at] = word;
}

// The first `count` words in order, without sorting the others.
template <class Element>
inline void selectLine(SortWord* words, const Element* source, long stride, long size, long count, unsigned flip) {
  for (long i = 0; i < size; i++) {
    const SortWord word = sortWord(source[i * stride], i, flip);
    if (i < count) {
      insertWord(words, i, word);
    } else if (word < words[count - 1]) {
      insertWord(words, count - 1, word);
    }
  }
}

// Sorts by the key's four bytes, the lowest first; a byte that all keys share is passed over. Returns where the sorted words are.
inline SortWord* sortByDigits(SortWord* words, SortWord* other, long size) {
  constexpr int kDigits = 4, kValues = 256;
  unsigned starts[kDigits][kValues] = {};
  for (long i = 0; i < size; i++) {
    const unsigned key = static_cast<unsigned>(words[i] >> 32);
    for (int digit = 0; digit < kDigits; digit++) starts[digit][key >> 8 * digit & 255]++;
  }
  for (int digit = 0; digit < kDigits; digit++) {
    const int shift = 32 + 8 * digit;
    unsigned* start = starts[digit];
    if (start[words[0] >> shift & 255] == static_cast<unsigned long>(size)) continue;
    unsigned total = 0;
    for (int value = 0; value < kValues; value++) {
      const unsigned met = start[value];
      start[value] = total;
      total += met;
    }
    for (long i = 0; i < size; i++) other[start[words[i] >> shift & 255]++] = words[i];
    SortWord* sorted = other;
    other = words;
    words = sorted;
  }
  return words;
}

template <class Element>
void argsortLines(const ArgsortArguments& sort, Worker& worker, long first, long end) {
  const unsigned flip = sort.descending ? ~0u : 0;
  const long size = sort.size, count = sort.count, inner = sort.inner;
  for (long line = first; line < end; line++) {
    const long outer = line / inner, column = line % inner;
    const Element* source = reinterpret_cast<const Element*>(sort.source) + outer * size * inner + column;
    SortWord* words = reinterpret_cast<SortWord*>(worker.scratch);
    if (size <= kInsertionSort || count <= kSelection) {
      selectLine(words, source, inner, size, count, flip);
    } else {
      for (long i = 0; i < size; i++) words[i] = sortWord(source[i * inner], i, flip);
      words = sortByDigits(words, words + size, size);
    }
    int* result = sort.result + outer * count * inner + column;
    for (long i = 0; i < count; i++) result[i * inner] = static_cast<int>(words[i] & 0xffffffffu);
  }
}

inline void argsortTask(const Instruction& instruction, int, int task, Worker& worker) {
  const ArgsortArguments& sort = *static_cast<const ArgsortArguments*>(instruction.arguments);
  const long first = task * sort.linesPerTask, end = minimum(first + sort.linesPerTask, sort.outer * sort.inner);
  switch (sort.dtype) {
    case DType::Float32: return argsortLines<float>(sort, worker, first, end);
    case DType::Int32: return argsortLines<int>(sort, worker, first, end);
    case DType::UInt8:
    case DType::Bool: return argsortLines<unsigned char>(sort, worker, first, end);
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
