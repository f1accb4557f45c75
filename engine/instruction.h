// A decoded instruction: its payload as a plain struct with pointers in it, and how it runs. Pointers into the arena and the
// constants are final once a program is loaded; pointers into bindings are set whenever other memory is bound.
#pragma once
#include "arguments.h"
#include "body.h"

namespace rappel {

struct MapArguments {
  Body body;
  long chunk;  // elements a task
};

struct MatmulInstruction {
  MatmulArguments arguments;
  Tail tail;
  Body body;
};

struct ConvolutionInstruction {
  ConvolutionArguments arguments;
  Tail tail;
  Body body;
};

struct ReduceArguments {
  ReduceKind kind;
  bool integer;  // int32 instead of float32
  long outer, reduced, inner;
  char* output;  // null if a tail takes the results
  Body head;
  Tail tail;
  Body tailBody;
  // The split, by kernels/reduce.h: a task takes a block of outer x reduced x inner.
  long outerPerTask, reducedPerTask, innerPerTask;
  int outerTasks, reducedTasks, innerTasks;
};

struct WindowArguments {
  int batch, height, width, channels, outHeight, outWidth, windowHeight, windowWidth, strideHeight, strideWidth;
  int padTop, padLeft, dilationHeight, dilationWidth;
  char *first, *second, *third;  // null where absent
  bool widePositions;            // positions are int32, else uint8
  int rowsPerTask;               // rows of the result of all images
};

struct GatherArguments {
  long outer, axisSize, count, inner;
  int elementBytes;
  bool integer;  // ScatterAdd: int32 instead of float32
  const char* source;
  const int* indices;
  char* result;
  long rowsPerTask;
};

// Lines of `size` elements along an axis, `inner` apart.
struct ArgsortArguments {
  long outer, size, count, inner;
  bool descending;
  DType dtype;
  const char* source;
  int* result;
  long linesPerTask;
};

struct CumulateArguments {
  CumulateKind kind;
  bool reverse, hasFactors;
  bool integer;  // int32 instead of float32
  long outer, size, inner;
  const char *source, *factors;
  char* result;
  // The split, by kernels/cumulate.h: blocks of neighbouring lines.
  long blocks, blocksPerTask;
};

// Dimensions as the loader has reordered and joined them: the target's strides are positive and descend, the innermost is the last.
struct CopyArguments {
  int rank;  // at least 1
  int dims[kMaxRank];
  long sourceStrides[kMaxRank], targetStrides[kMaxRank];
  int elementBytes;
  const char* source;
  char* target;
  // The plan, by kernels/copy.h.
  int transposed;  // the dimension along which the source is contiguous while the target is along the last; -1 if there is none
  long rows, rowsPerTask;
  long columnsPerTask;  // of the last dimension, or of the transposed one
};

struct FillArguments {
  char* target;
  long elements;
  int elementBytes;
  unsigned bits;
  long chunk;
};

// A pointer of an instruction in a loop, and how far it goes in a turn.
struct Move {
  const char** pointer;
  long bytes;
};

// The next `count` instructions run `turns` times.
struct LoopArguments {
  int turns, count;
  Move* moves;
  int moveCount;
};

struct Instruction;

// A parallel loop's instructions with pointers of their own, for one worker at a time.
struct LoopCopy {
  unsigned busy;
  Instruction* instructions;
  LoopArguments loop;  // its pointers are those of the first turn while nobody is busy
};

struct ParallelLoopArguments {
  int number;  // of its first instruction
  int turns, count;
  LoopCopy* copies;
  int copyCount;
};

typedef void (*TaskFunction)(const Instruction& instruction, int phase, int task, Worker& worker);

struct Instruction {
  Opcode opcode;
  TaskFunction run;
  void* arguments;
  char* workspace;
  Schedule schedule;
};

}  // namespace rappel
