// Builds the table of kernels for the instruction set of the translation unit that includes this; see kernel_table.h.
#pragma once
#include "../kernels/argsort.h"
#include "../kernels/convolution/convolution.h"
#include "../kernels/copy.h"
#include "../kernels/cumulate.h"
#include "../kernels/elementwise/map.h"
#include "../kernels/gather.h"
#include "../kernels/product/matmul.h"
#include "../kernels/product/peak.h"
#include "../kernels/reduce.h"
#include "../kernels/window.h"
#include "kernel_table.h"

namespace rappel {
namespace RAPPEL_ISA {

// The tail's tiles follow the kernel's own scratch memory.
inline void addTail(Instruction& instruction, Tail& tail, Body& body) {
  Schedule& schedule = instruction.schedule;
  tail.body = &body;
  tail.run = runBody;
  tail.scratchOffset = (schedule.scratchBytes + 63) / 64 * 64;
  schedule.scratchBytes = tail.scratchOffset + body.scratchBytes;
  schedule.flops += static_cast<double>(body.elements) * body.flops;
  schedule.bytes += body.bytes;
  if (body.elements == 0) schedule.tasks[0] = 0;
  scheduleSums(schedule, body);
}

// A matmul's kernel, of how it is split and how a task of it runs.
template <void (*Split)(const MatmulArguments&, Schedule&), void (*Task)(const MatmulArguments&, const Tail&, int, int, Worker&, char*)>
constexpr Kernel matmulKernel(bool (*takesAddends)(const MatmulArguments&) = nullptr) {
  return {[](Instruction& instruction) {
            MatmulInstruction& matmul = *static_cast<MatmulInstruction*>(instruction.arguments);
            Split(matmul.arguments, instruction.schedule);
            addTail(instruction, matmul.tail, matmul.body);
          },
          [](const Instruction& instruction, int phase, int task, Worker& worker) {
            const MatmulInstruction& matmul = *static_cast<const MatmulInstruction*>(instruction.arguments);
            runWithSums(instruction, matmul.tail, phase, task, worker,
                        [&] { Task(matmul.arguments, matmul.tail, phase, task, worker, instruction.workspace); });
          },
          takesAddends};
}
// In float32; operands may be rounded to bfloat16.
constexpr Kernel floatMatmulKernel() { return matmulKernel<matmulSchedule<FloatProduct>, matmulTask<FloatProduct>>(kAddsInTiles ? takesAddends : nullptr); }

inline void scheduleConvolution(Instruction& instruction) {
  ConvolutionInstruction& convolution = *static_cast<ConvolutionInstruction*>(instruction.arguments);
  convolutionSchedule(convolution.arguments, instruction.schedule);
  addTail(instruction, convolution.tail, convolution.body);
}
inline void runConvolution(const Instruction& instruction, int phase, int task, Worker& worker) {
  const ConvolutionInstruction& convolution = *static_cast<const ConvolutionInstruction*>(instruction.arguments);
  runWithSums(instruction, convolution.tail, phase, task, worker,
              [&] { convolutionTask(convolution.arguments, convolution.tail, phase, task, worker, instruction.workspace); });
}

inline void scheduleReduce(Instruction& instruction) {
  ReduceArguments& reduce = *static_cast<ReduceArguments*>(instruction.arguments);
  reduceSchedule(instruction);
  if (reduce.tail.body) addTail(instruction, reduce.tail, reduce.tailBody);
}

template <Division division = Division::ByEstimate>
constexpr KernelTable defineTable(const char* name, Kernel matmul = floatMatmulKernel(), Kernel bfloat16Matmul = floatMatmulKernel()) {
  KernelTable table{name, kLanes, prepareBody<division>, runBody, peakTask, kPeakTaskFlops, {}, bfloat16Matmul};
  const auto set = [&table](Opcode opcode, void (*schedule)(Instruction&), TaskFunction run) {
    table.kernels[static_cast<int>(opcode)] = {schedule, run};
  };
  set(Opcode::Map, mapSchedule, mapTask);
  table.kernels[static_cast<int>(Opcode::Matmul)] = matmul;
  set(Opcode::Convolution, scheduleConvolution, runConvolution);
  set(Opcode::Reduce, scheduleReduce, reduceTask);
  set(Opcode::WindowMax, windowSchedule, windowMaxTask);
  set(Opcode::WindowGather, windowSchedule, windowGatherTask);
  set(Opcode::WindowScatter, windowSpreadSchedule, windowScatterTask);
  set(Opcode::WindowSum, windowSchedule, windowSumTask);
  set(Opcode::WindowSpread, windowSpreadSchedule, windowSpreadTask);
  set(Opcode::Gather, gatherSchedule, gatherTask);
  set(Opcode::ScatterAdd, scatterAddSchedule, scatterAddTask);
  set(Opcode::Copy, copySchedule, copyTask);
  set(Opcode::Fill, fillSchedule, fillTask);
  set(Opcode::Argsort, argsortSchedule, argsortTask);
  set(Opcode::Cumulate, cumulateSchedule, cumulateTask);
  return table;
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
