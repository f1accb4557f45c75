// What the parts of the loader share: a reader of one instruction's words, the table of buffers, and the checks on views.
// Internal to loader.cc and the decode_*.cc files.
#pragma once
#include "executable.h"
#include "operators.h"

namespace rappel {

// Sizes are checked in 64 bits on every machine; `long` has 32 on some.
typedef long long int64;

constexpr int64 kMaxElements = 0x7fffffff;
constexpr int64 kMaxSize = 1 << 30;  // of an axis
constexpr int64 kMaxStep = 1 << 20;  // of a window: coordinates stay within an int

// A product of sizes that cannot overflow: it stays beyond every limit once it is.
inline int64 product(int64 a, int64 b) {
  constexpr int64 limit = int64{1} << 40;
  if (a == 0 || b == 0) return 0;
  return a > limit / b ? limit : a * b;
}

inline int elementBytes(DType dtype) { return dtype == DType::Float32 || dtype == DType::Int32 ? 4 : 1; }
const char* dtypeName(DType dtype);

struct Buffer {
  BufferKind kind;
  DType dtype;
  int64 elements;
  int place;
  // While loops are decoded in which the buffer moves, the outer one and the one within: where it begins in the first turn, and how far it
  // goes in a turn.
  int64 firsts[2], steps[2];
  int64 first() const { return firsts[0] + firsts[1]; }
};

// A loop being decoded.
struct OpenLoop {
  LoopArguments* arguments;
  int left;  // how many of its instructions are still to come
  int moveCapacity;
};

// A view of a buffer: element (i0, i1, ...) is at offset + sum of i * stride.
struct View {
  int buffer;
  int64 offset;
  int rank;
  int dims[kMaxRank + 3];
  int64 strides[kMaxRank + 3];
};

// Where a view may reach in one turn of a loop, in bytes, to find out whether two views can overlap.
struct Extent {
  int space;  // the arena, the constants, or one binding
  int64 low, high;  // half open; empty for a view without elements
};
inline bool overlap(const Extent& a, const Extent& b) { return a.space == b.space && a.low < b.high && b.low < a.high; }

// What an instruction of a parallel loop reaches in the first turn, and how far it moves.
struct Reach {
  Extent extent;        // in the first turn of a loop within, too
  Extent ofAllTurns;    // of both
  int64 steps[2];       // in bytes
  int buffer;
  bool written;
};

// The views that the body of an instruction reads and writes, for the checks of the instruction that carries it.
constexpr int kMaxOutputs = 64;
struct DecodedViews {
  View inputs[kMaxPlaces];
  View outputs[kMaxOutputs + kMaxColumnSums];
  View headInputs[kMaxPlaces];
};

class Decoder {
 public:
  Decoder(Executable& executable, const KernelTable& kernels, Message& message, DecodedViews& views)
      : executable(executable), kernels(kernels), message(message), inputViews(views.inputs), outputViews(views.outputs), headInputViews(views.headInputs) {}

  Executable& executable;
  const KernelTable& kernels;
  Message& message;
  Buffer* buffers = nullptr;
  int bufferCount = 0;
  int patchCapacity = 0;

  // The loops being decoded: one, or a parallel one and one within it.
  OpenLoop loops[2] = {};
  int depth = 0;
  ParallelLoopArguments* parallel = nullptr;  // if the outer one is
  int copy = 0;                               // which copy of its instructions
  int64 firstOfLoop = 0;                      // where these begin in the words
  Reach* reaches = nullptr;                   // of the first copy
  int reachCount = 0, reachCapacity = 0;

  // The instruction being decoded.
  int number = 0;
  int following = 0;  // how many come after it
  int opcode = 0;
  const int* words = nullptr;
  int64 at = 0, end = 0;

  // ---- Failing. Every method below that returns bool returns false after it has written the reason. ----

  template <class... Pieces>
  bool fail(Pieces... pieces) {
    message.write("instruction ", number, " (", opcodeName(opcode), "): ");
    message.write(pieces...);
    return false;
  }
  bool outOfMemory();

  // ---- Reading ----

  template <class Number>
  bool take(Number& number) {
    int word;
    if (!takeWord(word)) return false;
    number = word;
    return true;
  }
  // A word in [low, high]; `what` names it.
  bool takeRange(const char* what, int64 low, int64 high, int& word);
  bool takeDims(const char* what, int& rank, int* dims);  // rank, dims[rank]; at most kMaxElements elements in all
  bool finish();  // nothing may be left of the instruction

  // ---- Views ----

  bool checkBuffer(const char* what, int buffer, bool written);
  // Checks that every element of the view lies in its buffer. `what` and `which` (not shown if negative) name it: "input 1".
  bool checkView(const View& view, const char* what, int which, bool written);
  bool takeStridedView(const char* what, int which, int rank, const int* dims, bool written, View& view);  // buffer, offset, strides[rank]
  // buffer, offset of a contiguous array of `elements`.
  bool takeArray(const char* what, int64 elements, bool written, View& view);
  bool requireType(const char* what, const View& view, DType dtype);
  Extent extentOf(const View& view) const;
  // Whether two views have elements in common, in the same turn of a loop or not.
  bool mayOverlap(const View& a, const View& b) const;
  // Whether two views that overlap begin at the same place in every turn.
  bool beginTogether(const View& a, const View& b) const;
  // Of the loop whose turns follow one another: their number, 0 if there is no such loop, and how far a view moves in one.
  bool inLoop() const { return depth > (parallel != nullptr ? 1 : 0); }
  int turns() const { return inLoop() ? loops[depth - 1].arguments->turns : 0; }
  long turnBytes(const View& view) const { return inLoop() ? static_cast<long>(stepBytes(view, depth - 1)) : 0; }
  // A result must not lie over a source of the same instruction.
  bool requireApart(const char* what, const View& a, const char* other, const View& b);
  bool requireTailApart(const char* source, const View& view);  // the same of all outputs of the tail just decoded
  // How far the windows reach along an axis.
  bool requireSpan(const char* what, int count, int stride, int window, int dilation);

  // Sets *pointer to element `offset` of the buffer, now or whenever a binding changes.
  bool resolve(const char** pointer, int buffer, int64 offset);
  bool resolve(char** pointer, int buffer, int64 offset) { return resolve(const_cast<const char**>(pointer), buffer, offset); }

  // ---- The instructions ----

  bool checkTurns();  // of a parallel loop: none may touch what another writes
  void openLoop(LoopArguments* arguments);
  void finishLoop();  // the inner one

  // `role` says what the accumulator is to this body.
  enum class Role { Map, Tail, Head };
  bool decodeBody(Role role, Body& body, float** plain, RegisterType* headType);
  bool decodeInstruction(Instruction& instruction);

  // Room for one more at the end of an array in the executable's region; null when out of memory.
  template <class T>
  T* append(T* array, int count, int& capacity) {
    if (count < capacity) return array;
    capacity = capacity == 0 ? 64 : capacity * 2;
    T* longer = executable.region.allocate<T>(capacity);
    for (int i = 0; i < count && longer != nullptr; i++) longer[i] = array[i];
    return longer;
  }

  View* inputViews;
  int inputViewCount = 0;
  View* outputViews;
  int outputViewCount = 0;
  View* headInputViews;  // of a reduction with a tail, whose views are then those above

 private:
  bool takeWord(int& word);
  bool noteReach(const View& view, bool written);
  int64 stepBytes(const View& view, int level) const;
  bool moveAlike(const View& a, const View& b) const;
  Extent extentOfAllTurns(const View& view) const;
  bool decodeMap(Instruction& instruction);
  bool decodeMatmul(Instruction& instruction);
  bool decodeConvolution(Instruction& instruction);
  bool decodeReduce(Instruction& instruction);
  bool decodeWindow(Instruction& instruction);
  bool decodeGather(Instruction& instruction, bool scatter);
  bool decodeArgsort(Instruction& instruction);
  bool decodeCumulate(Instruction& instruction);
  bool decodeCopy(Instruction& instruction);
  bool planCopy(Instruction& instruction, View source, View target);
  bool decodeFill(Instruction& instruction);
  bool decodeLoop(Instruction& instruction);
  bool decodeParallelLoop(Instruction& instruction);
  bool takeMoves();
};

// The last parts of decoding a body, in this order; see plan_body.cc.
void leaveAddends(Body& body);
void keepOverwrittenInputs(const Decoder& decoder, Body& body);
void writeDirectly(const Decoder& decoder, Body& body);
void chooseTile(Body& body);

// Joins dimensions that continue each other; at least rank 1 afterwards.
Walk joinDimensions(const View& view);

}  // namespace rappel
