// What the matmul and convolution kernels compute on: the payloads of program.h with pointers in place of buffers. The loader fills
// them; they are the same for every instruction set.
#pragma once
#include "kernel.h"

namespace rappel {

struct Matrix {
  const float* data;
  long rowStride, columnStride;
  long batchStrides[kMaxRank];  // 0 repeats the matrix
};

struct MatmulArguments {
  int batchRank;
  int batchDims[kMaxRank];
  long m, n, k;
  Precision precision;
  Matrix a, b;
};

struct ConvolutionArguments {
  ConvolutionKind kind;
  int batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, kernelWidth;
  int strideHeight, strideWidth, padTop, padLeft, dilationHeight, dilationWidth, groups;
  const float *a, *b;
};

// Where a finished part of a result goes: straight to memory, or through a fused elementwise body while it is in the core's cache.
struct Tail {
  const Body* body;
  RunBody run;
  float* plain;             // not null: the body is the identity, and the result lies here, contiguous and row-major
  size_type scratchOffset;  // where the body's slots begin in a worker's scratch: after the kernel's own scratchBytes
};

}  // namespace rappel
