// A decoded MapBody: the fused elementwise kernel as the interpreter in kernels/elementwise/map.h runs it. The loader fills it once.
//
// The interpreter works on tiles of at most kTile elements. Every operand of a step has a place in a table of pointers:
//
//   inputs | constants | uniform cells | slots | direct outputs
//
// An input that lies contiguous is used where it lies; one value for all elements ("uniform") is never copied out, the steps
// have variants that broadcast it; whatever else is gathered into a tile. Steps on uniform values only (the learning rate
// corrected for the step number, say) run once a call and write a uniform cell. A slot that becomes an output is
// written straight to the output where nothing that follows could notice.
#pragma once
#include "kernel.h"

namespace rappel {

// Elements: all live slots of an ordinary body stay in L1. WebAssembly's calls are dearer.
#if defined(__wasm__)
constexpr int kTile = 1024;
constexpr bool kAddsInTiles = false;  // whatever more a product's tile does costs its loops registers
#else
constexpr int kTile = 512;
constexpr bool kAddsInTiles = true;
#endif
constexpr int kMaxAddends = 2;       // inputs of one body that a product's tiles add to their sums: a bias and what goes past the layer
constexpr int kMaxPlaces = 512;      // operands of one body, with those that the engine adds
constexpr size_type kCellBytes = 64;  // a uniform cell has a cache line of its own

// One step over `count` elements. Operands that are uniform point to one value; d and e are for steps that were several (kernels/elementwise/chains.h).
typedef void (*StepFunction)(void* destination, const void* a, const void* b, const void* c, const void* d, const void* e, long count);

// A view's dimensions after those that continue each other were joined; the innermost is the last.
struct Walk {
  int rank;
  int dims[kMaxRank];
  long strides[kMaxRank];
};

enum class Access : int {
  Accumulator,  // the pointer that the caller hands in
  Contiguous,   // four-byte elements in the order of the iteration
  Uniform,      // one four-byte value
  Periodic,     // four-byte elements at (index modulo period): a bias over rows
  Gathered,     // anything else: walked into a tile
  RowValues,    // one float32 for each row, broadcast row by row: see kernels/elementwise/rows.h
  UniformCell,  // one one-byte value, converted into a uniform cell
  Addend,       // not read by the body: the product under it adds it to its sums
};

struct BodyInput {
  const char* data;  // the view's first element
  DType dtype;
  Access access;
  int period;
  int tilePlace;  // Periodic, Gathered and RowValues: which tile of the scratch memory takes the values; UniformCell: which cell
  long turnBytes;  // how far the view moves in a turn of the loop around it
  Walk walk;
};

struct BodyOutput {
  char* data;
  DType dtype;
  bool contiguous;
  bool direct;  // a step writes it
  bool fresh;   // and to memory that the body does not read and no worker keeps to itself: it may be in no cache
  bool streamed;  // direct and fresh, and too large for any cache: it goes past them, tile by tile
  bool result;  // the caller's pointer: the output of a head
  long turnBytes;
  short place;  // where its values are
  bool uniform;
  Walk walk;
};

struct BodyStep {
  StepFunction run;  // null for the sources, which depend on the index
  Operator op;
  unsigned char uniform;  // bits 0, 1, 2: operand a, b, c is uniform
  bool ofRows;            // operand b is a value for each row
  bool joined;            // part of a later step
  short destination, a, b, c, d, e;
  int immediateA, immediateB;
};

// What is added up over the rows of a tail's results; see kernels/column_sums.h.
struct ColumnSum {
  ColumnSumKind kind;
  int columns;
  short place;
  int firstTotal;        // of this one's, among those of all, in floats
  bool fromDeviations;  // a sum of what another one counts the deviations of: their totals tell it
  float* result;
};

struct Body {
  long elements;
  int tile;              // elements a tile, a multiple of the short periods where that is possible
  bool fillPeriodicOnce;  // the short periods divide the tile, so their tiles do not change within a call
  int inputCount, constantCount, cellCount, slotCount, gatheredCount, outputCount;
  int uniformStepCount, stepCount;
  int placeCount;
  short firstConstant, firstCell, firstSlot, firstDirect;
  BodyInput* inputs;
  const int* constants;
  BodyStep* uniformSteps;
  BodyStep* steps;
  BodyOutput* outputs;
  int addendColumns;  // the rows of a product that adds inputs of its tail by itself; 0: it does not
  int addendCount;
  short addends[kMaxAddends];  // inputs
  ColumnSum* sums;
  int sumCount, totalCount;  // and the totals of all, in floats
  size_type firstPartial;    // where the totals of task 0 are in the instruction's workspace
  short resultPlain;        // a head that only passes one contiguous input through: that input, else -1
  bool streams;             // some output is streamed
  size_type scratchBytes;   // totals of column sums, cells, gathered tiles, slots
  double nanoseconds;       // a rough estimate of the arithmetic per element on one thread
  double flops;             // per element
  double bytes;             // compulsory traffic of the whole body
  int turns;                // of the loop around it, one after another on the same memory or further on; 0 without one
};

}  // namespace rappel
