// A loaded program: decoded instructions over its own arena and constants, and what it expects of its bindings.
#pragma once
#include "instruction.h"
#include "isa/kernel_table.h"
#include "message.h"
#include "region.h"

namespace rappel {

// A pointer into a binding's memory, to be set when memory is bound.
struct Patch {
  const char** pointer;
  int binding;
  long byteOffset;
};

struct BindingNeeds {
  size_type bytes;  // the largest extent of the buffers that lie in the binding
  DType dtype;
  bool used, written;
};

struct Binding {
  char* memory;
  size_type bytes;
};

struct Executable {
  Region region;  // holds everything below except the arena, the workspaces and private memory
  char* arena;
  size_type arenaBytes;
  char* workspace;  // shared by all instructions, one after the other
  size_type workspaceBytes;
  size_type scratchBytes;  // of each worker: the most that an instruction asks for
  // Of each copy of the parallel loops' instructions, one behind the other: private buffers, and workspace.
  int copyCount;
  char* privateMemory;
  size_type privateBytes;
  char* turnWorkspace;
  size_type turnWorkspaceBytes;
  const char* constants;
  Instruction* instructions;
  int instructionCount;
  BindingNeeds* bindings;
  int bindingCount;
  char** bound;    // the memory that the patches are set to; null before the first run
  char** checked;  // the memory that checkBindings has last found good; it may run ahead of a run on another thread
  Patch* patches;
  int patchCount;
  bool parallel;  // some instruction has more than one task
};

// Decodes and checks a program; so many threads can run turns of its parallel loops at once. Null, with the reason in `message`, if it is not
// valid or memory is short.
Executable* loadExecutable(const int* words, long wordCount, const KernelTable& kernels, int threads, Message& message);
void releaseExecutable(Executable* executable);

// All that it holds.
size_type executableBytes(const Executable& executable);

// False, with the reason in `message`, if a binding is missing, too small, or named twice while the program writes to it.
bool checkBindings(Executable& executable, const Binding* bindings, int count, Message& message);

// Points the program at checked bindings; cheap if they are the ones of the last run.
void bindExecutable(Executable& executable, const Binding* bindings);

}  // namespace rappel
