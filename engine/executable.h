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
  Region region;  // holds everything below except the arena and the workspace
  char* arena;
  size_type arenaBytes;
  char* workspace;  // shared by all instructions, one after the other
  size_type workspaceBytes;
  size_type scratchBytes;  // of each worker: the most that an instruction asks for
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

// Decodes and checks a program. Null, with the reason in `message`, if it is not valid or memory is short.
Executable* loadExecutable(const int* words, long wordCount, const KernelTable& kernels, Message& message);
void releaseExecutable(Executable* executable);

// False, with the reason in `message`, if a binding is missing, too small, or named twice while the program writes to it.
bool checkBindings(Executable& executable, const Binding* bindings, int count, Message& message);

// Points the program at checked bindings; cheap if they are the ones of the last run.
void bindExecutable(Executable& executable, const Binding* bindings);

}  // namespace rappel
