// Loading: a Program's words become an Executable, or a message that says what is wrong with them. Nothing in the words is trusted.
#include "decoder.h"
#include "parallel_loop.h"
#include "threads.h"

namespace rappel {

namespace {

constexpr int kBufferWords = 4, kHeaderWords = 9, kInstructionWords = 2;

// What offsets in bytes can express: half the address space of WebAssembly, and no limit where `long` has 64 bits.
constexpr int64 kMaxBytes = static_cast<int64>(~0ul >> 1);

bool takeHeader(const int* words, int64 wordCount, Header& header, Message& message) {
  if (wordCount < kHeaderWords) {
    message.write("a program has at least ", kHeaderWords, " words, this one has ", wordCount);
    return false;
  }
  header = {words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8]};
  if (header.magic != kMagic) {
    message.write("not a program: its first word is ", header.magic, ", expected ", kMagic);
    return false;
  }
  if (header.version != kVersion) {
    message.write("the program has format version ", header.version, ", this engine reads version ", kVersion, "; rebuild the engine or the compiler");
    return false;
  }
  if (header.wordCount != wordCount) {
    message.write("the program says that it has ", header.wordCount, " words, but ", wordCount, " were given");
    return false;
  }
  const int counts[] = {header.bufferCount, header.bindingCount, header.arenaUnits, header.constantWords, header.instructionCount, header.privateUnits};
  const char* const names[] = {"buffers", "bindings", "arena units", "constant words", "instructions", "private units"};
  for (int i = 0; i < 6; i++) {
    if (counts[i] < 0) {
      message.write("the program says that it has ", counts[i], " ", names[i]);
      return false;
    }
  }
  const int64 least = kHeaderWords + static_cast<int64>(header.bufferCount) * kBufferWords + header.constantWords +
                     static_cast<int64>(header.instructionCount) * kInstructionWords;
  if (least > wordCount) {
    message.write("the program has ", wordCount, " words, but its ", header.bufferCount, " buffers, ", header.constantWords, " constant words and ",
                  header.instructionCount, " instructions need at least ", least);
    return false;
  }
  if (static_cast<int64>(header.arenaUnits) * kArenaUnit > kMaxBytes) {
    message.write("out of memory: the program needs ", static_cast<int64>(header.arenaUnits) * kArenaUnit,
                  " bytes for its intermediate results, more than this build of the engine can address (", kMaxBytes,
                  "); use smaller batches or the native engine");
    return false;
  }
  if (static_cast<int64>(header.privateUnits) * kArenaUnit > kMaxBytes) {
    message.write("out of memory: the program needs ", static_cast<int64>(header.privateUnits) * kArenaUnit,
                  " bytes for each of its workers, more than this build of the engine can address (", kMaxBytes, ")");
    return false;
  }
  if (header.bindingCount > header.bufferCount) {
    message.write("the program has ", header.bindingCount, " bindings, but only ", header.bufferCount, " buffers");
    return false;
  }
  return true;
}

bool takeBuffer(const int* words, int number, const Header& header, Executable& executable, Buffer& buffer, Message& message) {
  const int kind = words[0], dtype = words[1], elements = words[2], place = words[3];
  const auto fail = [&](auto... pieces) {
    message.write("buffer ", number, ": ");
    message.write(pieces...);
    return false;
  };
  if (kind < 0 || kind > 3) return fail("its kind is ", kind, ", expected 0 to 3");
  if (dtype < 0 || dtype > 3) return fail("its dtype is ", dtype, ", expected 0 to 3");
  if (elements < 0) return fail("it has ", elements, " elements");
  buffer = {static_cast<BufferKind>(kind), static_cast<DType>(dtype), elements, place, {}, {}};
  const int64 bytes = static_cast<int64>(elements) * elementBytes(buffer.dtype);
  if (place < 0) return fail("its place is ", place);
  if (bytes > kMaxBytes) return fail("it has ", bytes, " bytes, more than this build of the engine can address (", kMaxBytes, ")");
  switch (buffer.kind) {
    case BufferKind::Arena: {
      const int64 end = static_cast<int64>(place) * kArenaUnit + bytes, size = static_cast<int64>(header.arenaUnits) * kArenaUnit;
      if (end > size) return fail("it ends at byte ", end, " of the arena, which has ", size);
      break;
    }
    case BufferKind::Private: {
      const int64 end = static_cast<int64>(place) * kArenaUnit + bytes, size = static_cast<int64>(header.privateUnits) * kArenaUnit;
      if (end > size) return fail("it ends at byte ", end, " of private memory, which has ", size);
      break;
    }
    case BufferKind::Constant: {
      const int64 end = static_cast<int64>(place) * 4 + bytes, size = static_cast<int64>(header.constantWords) * 4;
      if (end > size) return fail("it ends at byte ", end, " of the constants, which have ", size);
      break;
    }
    case BufferKind::Binding: {
      if (place >= header.bindingCount) return fail("it lies in binding ", place, " of ", header.bindingCount);
      BindingNeeds& needs = executable.bindings[place];
      if (needs.used && needs.dtype != buffer.dtype) {
        return fail("binding ", place, " is ", dtypeName(needs.dtype), " in another buffer and ", dtypeName(buffer.dtype), " here");
      }
      needs.used = true;
      needs.dtype = buffer.dtype;
      if (needs.bytes < static_cast<size_type>(bytes)) needs.bytes = static_cast<size_type>(bytes);
      break;
    }
  }
  return true;
}

bool takeInstruction(Decoder& decoder, const int* words, int64 wordCount, int64& at, Instruction& instruction) {
  Message& message = decoder.message;
  if (wordCount - at < kInstructionWords) {
    message.write("the program ends before instruction ", decoder.number);
    return false;
  }
  decoder.opcode = words[at];
  const int64 length = words[at + 1];
  if (length < kInstructionWords || length > wordCount - at) {
    message.write("instruction ", decoder.number, " (", opcodeName(decoder.opcode), ") says that it has ", length, " words, but ", wordCount - at,
                  " are left");
    return false;
  }
  if (decoder.opcode < 1 || decoder.opcode >= kOpcodes) return decoder.fail("unknown opcode ", decoder.opcode);
  decoder.words = words + at;
  decoder.at = kInstructionWords;
  decoder.end = length;
  instruction.opcode = static_cast<Opcode>(decoder.opcode);
  instruction.schedule = Schedule{};
  Executable& executable = decoder.executable;
  at += length;
  if (!decoder.decodeInstruction(instruction) || !decoder.finish()) return false;
  if (instruction.opcode == Opcode::Loop) {
    if (decoder.depth > 1) decoder.loops[0].left--;
    return true;
  }
  if (instruction.opcode == Opcode::ParallelLoop) {
    executable.parallel = true;
    decoder.firstOfLoop = at;
    return true;
  }
  if (decoder.parallel != nullptr && (instruction.opcode == Opcode::Gather || instruction.opcode == Opcode::ScatterAdd)) {
    return decoder.fail("it stands in a parallel loop, where nothing may that can fail");
  }
  const Kernel& kernel = decoder.kernels.kernelOf(instruction);
  kernel.schedule(instruction);
  instruction.run = kernel.run;
  for (int level = 0; level < decoder.depth; level++) {
    OpenLoop& loop = decoder.loops[level];
    instruction.schedule.flops *= loop.arguments->turns;
    instruction.schedule.bytes *= loop.arguments->turns;
    loop.left--;
  }
  const Schedule& schedule = instruction.schedule;
  for (int phase = 0; phase < schedule.phases; phase++) {
    if (schedule.tasks[phase] > kMaxTasks) return decoder.fail("it splits into ", schedule.tasks[phase], " tasks; at most ", kMaxTasks, " are possible");
  }
  if (schedule.phases > 1 || schedule.tasks[0] > 1) executable.parallel = true;
  if (schedule.scratchBytes > executable.scratchBytes) executable.scratchBytes = schedule.scratchBytes;
  size_type& workspaceBytes = decoder.parallel != nullptr ? executable.turnWorkspaceBytes : executable.workspaceBytes;
  if (schedule.workspaceBytes > workspaceBytes) workspaceBytes = schedule.workspaceBytes;
  if (decoder.depth > 1 && decoder.loops[1].left == 0) decoder.finishLoop();
  return true;
}

// What follows the last instruction of a loop: the other copies of a parallel loop's instructions.
bool endLoop(Decoder& decoder, const int* words, int64 wordCount) {
  ParallelLoopArguments* parallel = decoder.parallel;
  if (parallel != nullptr) {
    if (!decoder.checkTurns()) return false;
    for (decoder.copy = 1; decoder.copy < parallel->copyCount; decoder.copy++) {
      LoopCopy& copy = parallel->copies[decoder.copy];
      decoder.loops[0] = {&copy.loop, parallel->count, 0};
      int64 at = decoder.firstOfLoop;
      for (int i = 0; i < parallel->count; i++) {
        decoder.number = parallel->number + i;
        if (!takeInstruction(decoder, words, wordCount, at, copy.instructions[i])) return false;
      }
    }
  }
  decoder.finishLoop();
  return true;
}

// Memory for `count` workers, `bytes` each; null, after writing what for, when there is none left.
char* allocateForEach(int count, size_type bytes, const char* what, Message& message) {
  const int64 all = static_cast<int64>(bytes) * count;
  char* memory = all > kMaxBytes ? nullptr : static_cast<char*>(platform::allocate(static_cast<size_type>(all)));
  if (memory == nullptr) message.write("out of memory: the program needs ", bytes, " bytes of ", what, " for each of ", count, " threads");
  return memory;
}

bool allocateWorkspaces(Executable& executable, Message& message) {
  if (executable.workspaceBytes > 0) {
    executable.workspace = static_cast<char*>(platform::allocate(executable.workspaceBytes));
    if (executable.workspace == nullptr) {
      message.write("out of memory: the program needs ", executable.workspaceBytes, " bytes of workspace");
      return false;
    }
  }
  if (executable.turnWorkspaceBytes > 0) {
    executable.turnWorkspaceBytes = (executable.turnWorkspaceBytes + kArenaUnit - 1) / kArenaUnit * kArenaUnit;
    executable.turnWorkspace = allocateForEach(executable.copyCount, executable.turnWorkspaceBytes, "workspace", message);
    if (executable.turnWorkspace == nullptr) return false;
  }
  for (int i = 0; i < executable.instructionCount; i++) {
    Instruction& instruction = executable.instructions[i];
    instruction.workspace = executable.workspace;
    if (instruction.opcode != Opcode::ParallelLoop) continue;
    const ParallelLoopArguments& loop = *static_cast<const ParallelLoopArguments*>(instruction.arguments);
    for (int copy = 0; copy < loop.copyCount; copy++) {
      char* workspace = executable.turnWorkspace + executable.turnWorkspaceBytes * static_cast<size_type>(copy);
      for (int j = 0; j < loop.count; j++) loop.copies[copy].instructions[j].workspace = workspace;
    }
    i += loop.count;
  }
  return true;
}

bool load(const int* words, int64 wordCount, Decoder& decoder) {
  Message& message = decoder.message;
  Executable& executable = decoder.executable;
  Header header;
  if (!takeHeader(words, wordCount, header, message)) return false;
  Region& region = executable.region;
  executable.bindings = region.allocate<BindingNeeds>(header.bindingCount);
  executable.bound = region.allocate<char*>(header.bindingCount);
  executable.checked = region.allocate<char*>(header.bindingCount);
  Buffer* buffers = region.allocate<Buffer>(header.bufferCount);
  executable.instructions = region.allocate<Instruction>(header.instructionCount);
  // Vectors may be loaded from constants: keep them on cache lines, as the arena is.
  char* constants = region.allocate<char>(static_cast<int64>(header.constantWords) * 4 + kArenaUnit);
  if (executable.bindings == nullptr || executable.bound == nullptr || executable.checked == nullptr || buffers == nullptr || executable.instructions == nullptr || constants == nullptr) {
    message.write("out of memory while loading a program of ", wordCount, " words");
    return false;
  }
  constants += (kArenaUnit - reinterpret_cast<size_type>(constants) % kArenaUnit) % kArenaUnit;
  executable.bindingCount = header.bindingCount;
  int64 at = kHeaderWords;
  for (int i = 0; i < header.bufferCount; i++, at += kBufferWords) {
    if (!takeBuffer(words + at, i, header, executable, buffers[i], message)) return false;
  }
  __builtin_memcpy(constants, words + at, static_cast<size_type>(header.constantWords) * 4);
  executable.constants = constants;
  at += header.constantWords;
  executable.arenaBytes = static_cast<size_type>(header.arenaUnits) * kArenaUnit;
  executable.arena = static_cast<char*>(platform::allocate(executable.arenaBytes));
  if (executable.arena == nullptr) {
    message.write("out of memory: the program needs ", executable.arenaBytes, " bytes for its intermediate results");
    return false;
  }
  executable.privateBytes = static_cast<size_type>(header.privateUnits) * kArenaUnit;
  if (executable.privateBytes > 0) {
    executable.privateMemory = allocateForEach(executable.copyCount, executable.privateBytes, "memory", message);
    if (executable.privateMemory == nullptr) return false;
  }
  decoder.buffers = buffers;
  decoder.bufferCount = header.bufferCount;
  for (int i = 0; i < header.instructionCount; i++) {
    decoder.number = i;
    decoder.following = header.instructionCount - i - 1;
    if (!takeInstruction(decoder, words, wordCount, at, executable.instructions[i])) return false;
    executable.instructionCount++;
    if (decoder.depth == 1 && decoder.loops[0].left == 0 && !endLoop(decoder, words, wordCount)) return false;
  }
  if (at != wordCount) {
    message.write(wordCount - at, " words are left over after the last instruction");
    return false;
  }
  return allocateWorkspaces(executable, message);
}

}  // namespace

Executable* loadExecutable(const int* words, long wordCount, const KernelTable& kernels, int threads, Message& message) {
  Region region;
  Executable* executable = region.allocate<Executable>();
  // Too large for the stack of a small thread.
  DecodedViews* views = static_cast<DecodedViews*>(platform::allocate(sizeof(DecodedViews)));
  bool loaded = false;
  if (executable == nullptr || views == nullptr) {
    message.write("out of memory while loading a program of ", wordCount, " words");
  } else {
    executable->region = region;
    executable->copyCount = threads < kMaxTurnTasks ? threads : kMaxTurnTasks;
    Decoder decoder(*executable, kernels, message, *views);
    loaded = load(words, wordCount, decoder);
  }
  if (views != nullptr) platform::release(views, sizeof(DecodedViews));
  if (loaded) return executable;
  if (executable != nullptr) releaseExecutable(executable);
  return nullptr;
}

void releaseExecutable(Executable* executable) {
  if (executable->arena != nullptr) platform::release(executable->arena, executable->arenaBytes);
  if (executable->workspace != nullptr) platform::release(executable->workspace, executable->workspaceBytes);
  const size_type copies = static_cast<size_type>(executable->copyCount);
  if (executable->privateMemory != nullptr) platform::release(executable->privateMemory, copies * executable->privateBytes);
  if (executable->turnWorkspace != nullptr) platform::release(executable->turnWorkspace, copies * executable->turnWorkspaceBytes);
  Region region = executable->region;  // the executable itself lies in it
  region.release();
}

size_type executableBytes(const Executable& executable) {
  const size_type ofEachCopy = executable.privateBytes + executable.turnWorkspaceBytes;
  return executable.region.bytes() + executable.arenaBytes + executable.workspaceBytes + static_cast<size_type>(executable.copyCount) * ofEachCopy;
}

bool checkBindings(Executable& executable, const Binding* bindings, int count, Message& message) {
  if (count != executable.bindingCount) {
    message.write("the program has ", executable.bindingCount, " bindings, ", count, " were given");
    return false;
  }
  bool same = true;
  for (int i = 0; i < count; i++) {
    const BindingNeeds& needs = executable.bindings[i];
    if (bindings[i].bytes < needs.bytes) {
      message.write("binding ", i, " has ", bindings[i].bytes, " bytes, the program needs ", needs.bytes, " (",
                    needs.bytes / static_cast<size_type>(elementBytes(needs.dtype)), " elements of ", dtypeName(needs.dtype), ")");
      return false;
    }
    same = same && executable.checked[i] == bindings[i].memory;
  }
  if (same) return true;  // checked before
  for (int i = 0; i < count; i++) {
    if (!executable.bindings[i].written) continue;
    for (int j = 0; j < count; j++) {
      if (j == i || !executable.bindings[j].used || bindings[j].memory != bindings[i].memory) continue;
      message.write("bindings ", i < j ? i : j, " and ", i < j ? j : i, " are the same memory, and the program writes to binding ", i,
                    "; bind a copy of it");
      return false;
    }
  }
  for (int i = 0; i < count; i++) executable.checked[i] = bindings[i].memory;
  return true;
}

void bindExecutable(Executable& executable, const Binding* bindings) {
  bool same = true;
  for (int i = 0; i < executable.bindingCount; i++) {
    same = same && executable.bound[i] == bindings[i].memory;
    executable.bound[i] = bindings[i].memory;
  }
  if (same) return;
  for (int i = 0; i < executable.patchCount; i++) {
    const Patch& patch = executable.patches[i];
    *patch.pointer = executable.bound[patch.binding] + patch.byteOffset;
  }
}

}  // namespace rappel
