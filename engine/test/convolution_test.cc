// Convolution against plain loops in double: all three kinds, odd sizes, padding, strides, dilation, groups, tails, threads.
#include "../kernels/convolution/convolution.h"
#include "harness.h"

using namespace rappel;
using namespace rappel::RAPPEL_ISA;
using namespace rappel::test;

namespace {

struct Case {
  int batch, inHeight, inWidth, inChannels, outChannels, kernelHeight, kernelWidth;
  int stride = 1, padTop = 0, padLeft = 0, padBottom = 0, padRight = 0, dilation = 1, groups = 1;
  int strideWidth = 0;  // 0: as stride
};

int outSize(int in, int padding, int kernel, int stride, int dilation) {
  const int room = in + padding - (kernel - 1) * dilation - 1;
  return room < 0 ? 0 : room / stride + 1;
}

void check(Failures& failures, const Case& test) {
  ConvolutionArguments c{};
  c.batch = test.batch, c.inHeight = test.inHeight, c.inWidth = test.inWidth, c.inChannels = test.inChannels, c.outChannels = test.outChannels;
  c.kernelHeight = test.kernelHeight, c.kernelWidth = test.kernelWidth;
  c.strideHeight = test.stride, c.strideWidth = test.strideWidth ? test.strideWidth : test.stride;
  c.padTop = test.padTop, c.padLeft = test.padLeft, c.dilationHeight = c.dilationWidth = test.dilation, c.groups = test.groups;
  c.outHeight = outSize(c.inHeight, test.padTop + test.padBottom, c.kernelHeight, c.strideHeight, test.dilation);
  c.outWidth = outSize(c.inWidth, test.padLeft + test.padRight, c.kernelWidth, c.strideWidth, test.dilation);
  const long inPerGroup = c.inChannels / c.groups, outPerGroup = c.outChannels / c.groups;
  Floats32 in(long(c.batch) * c.inHeight * c.inWidth * c.inChannels), out(long(c.batch) * c.outHeight * c.outWidth * c.outChannels);
  Floats32 filter(long(c.kernelHeight) * c.kernelWidth * inPerGroup * c.outChannels);
  in.randomize(1), out.randomize(2), filter.randomize(3);
  std::vector<double> outExpected(out.size()), inExpected(in.size()), filterExpected(filter.size());
  for (int b = 0; b < c.batch; b++)
    for (int y = 0; y < c.outHeight; y++)
      for (int x = 0; x < c.outWidth; x++)
        for (int ky = 0; ky < c.kernelHeight; ky++)
          for (int kx = 0; kx < c.kernelWidth; kx++) {
            const int sy = y * c.strideHeight - c.padTop + ky * c.dilationHeight, sx = x * c.strideWidth - c.padLeft + kx * c.dilationWidth;
            if (sy < 0 || sy >= c.inHeight || sx < 0 || sx >= c.inWidth) continue;
            for (int o = 0; o < c.outChannels; o++)
              for (long i = 0; i < inPerGroup; i++) {
                const long inIndex = ((long(b) * c.inHeight + sy) * c.inWidth + sx) * c.inChannels + o / outPerGroup * inPerGroup + i;
                const long outIndex = ((long(b) * c.outHeight + y) * c.outWidth + x) * c.outChannels + o;
                const long filterIndex = ((long(ky) * c.kernelWidth + kx) * inPerGroup + i) * c.outChannels + o;
                outExpected[outIndex] += double(in[inIndex]) * filter[filterIndex];
                inExpected[inIndex] += double(out[outIndex]) * filter[filterIndex];
                filterExpected[filterIndex] += double(in[inIndex]) * out[outIndex];
              }
          }
  const std::vector<double>* expected[] = {&outExpected, &inExpected, &filterExpected};
  const float* operands[][2] = {{in.data(), filter.data()}, {out.data(), filter.data()}, {in.data(), out.data()}};
  const long terms[] = {c.kernelHeight * c.kernelWidth * inPerGroup, c.kernelHeight * c.kernelWidth * outPerGroup, long(c.batch) * c.outHeight * c.outWidth};
  const char* names[] = {"output", "input gradient", "filter gradient"};
  for (int kind = 0; kind < 3; kind++) {
    c.kind = static_cast<ConvolutionKind>(kind);
    c.a = c.b = nullptr;
    Schedule schedule;
    convolutionSchedule(c, schedule);
    c.a = operands[kind][0], c.b = operands[kind][1];
    char name[300];
    std::snprintf(name, sizeof name, "%s of %dx%dx%dx%d -> %dx%dx%d, kernel %dx%d, stride %dx%d, pad %d,%d, dilation %d, groups %d", names[kind], c.batch,
                  c.inHeight, c.inWidth, c.inChannels, c.outHeight, c.outWidth, c.outChannels, c.kernelHeight, c.kernelWidth, c.strideHeight,
                  c.strideWidth, c.padTop, c.padLeft, test.dilation, c.groups);
    checkKernel(failures, name, schedule, *expected[kind], terms[kind], [&](float* plain, const Body* body) -> RunTask {
      const Tail tail{body, recordingTail, plain, schedule.scratchBytes};
      return [&c, tail](int phase, int task, Worker& worker, char* workspace) { convolutionTask(c, tail, phase, task, worker, workspace); };
    });
  }
}

}  // namespace

int main() {
  Failures failures;
  for (int channels : {1, 3, 5, 16, 32, 33}) {
    for (int stride : {1, 2, 3}) {
      for (int pad : {0, 1}) check(failures, {3, 9, 11, channels, 20, 3, 3, stride, pad, pad, pad, pad});
      check(failures, {2, 10, 7, 4, channels, 4, 2, stride, 1, 0, 2, 1});
      check(failures, {2, 12, 13, channels, 18, 3, 2, stride, 2, 1, 1, 2, 2});
      check(failures, {2, 12, 13, channels, 7, 2, 3, stride, 0, 0, 0, 0, 3});
    }
  }
  for (int groups : {1, 2, 3, 12}) {
    for (int stride : {1, 2}) {
      check(failures, {3, 8, 9, 12, 12, 3, 3, stride, 1, 1, 1, 1, 1, groups});
      check(failures, {3, 8, 9, 12, 24, 2, 3, stride, 0, 1, 1, 0, 2, groups});
    }
  }
  for (int channels : {1, 3, 8, 16, 40, 64}) {  // depthwise
    for (int stride : {1, 2}) {
      check(failures, {3, 9, 8, channels, channels, 3, 3, stride, 1, 1, 1, 1, 1, channels});
      check(failures, {2, 11, 12, channels, channels, 5, 3, stride, 0, 2, 1, 0, 2, channels});
    }
  }
  for (int channels : {4, 8, 16, 32, 48, 64}) {  // Winograd: whole and half tiles, bands over several images and within one
    check(failures, {5, 8, 8, channels, channels, 3, 3, 1, 1, 1, 1, 1});
    check(failures, {7, 5, 6, channels, 16, 3, 3, 1, 1, 1, 1, 1});
    check(failures, {2, 9, 34, 16, channels, 3, 3, 1, 4, 5, 4, 5});  // patches all of which lie beside the image, above and below
    for (int pad : {0, 1, 2}) check(failures, {5, 8, 8, channels, 32, 3, 3, 1, pad, pad, pad, pad});
    check(failures, {3, 9, 11, 32, channels, 3, 3, 1, 1, 0, 1, 2});
    check(failures, {2, 40, 38, channels, 48, 3, 3});
    check(failures, {2, 13, 12, channels, 32, 3, 3, 1, -1, 1, 1, -2});
  }
  check(failures, {2, 7, 7, 288, 320, 3, 3, 1, 1, 1, 1, 1});  // more channels than one part of the reduction takes
  check(failures, {1, 70, 66, 32, 32, 3, 3, 1, 1, 1, 1, 1});
  check(failures, {0, 6, 6, 32, 32, 3, 3, 1, 1, 1, 1, 1});
  check(failures, {4, 8, 8, 24, 40, 1, 1});              // pointwise
  check(failures, {4, 8, 8, 24, 40, 1, 1, 2});           // pointwise with a stride: taps for one phase in four
  check(failures, {2, 9, 9, 6, 5, 2, 2, 4});             // stride beyond the kernel: places without a gradient
  check(failures, {2, 30, 6, 8, 8, 7, 1, 2, 3, 0, 3, 0, 1, 1, 1});
  check(failures, {1, 6, 40, 400, 10, 1, 3, 1, 0, 1, 0, 1});  // segments longer than a panel
  check(failures, {1, 5, 5, 500, 33, 3, 3, 1, 1, 1, 1, 1, 2});
  check(failures, {9, 3, 3, 8, 8, 3, 3});
  check(failures, {2, 2, 2, 3, 4, 3, 3, 1, 2, 2, 2, 2});  // padding wider than the image
  check(failures, {2, 9, 9, 3, 4, 3, 3, 2, -1, -2, 0, -1});  // a cropped image
  check(failures, {2, 2, 2, 3, 4, 5, 5});                 // no output
  check(failures, {0, 5, 5, 3, 4, 3, 3});
  check(failures, {1, 60, 60, 3, 64, 3, 3, 1, 1, 1, 1, 1});  // one image in several tasks
  check(failures, {2, 61, 30, 2, 64, 5, 4, 2, 2, 1, 2, 2});
  check(failures, {1, 60, 500, 3, 8, 3, 3, 1, 1, 1, 1, 1});
  check(failures, {40, 12, 12, 32, 64, 3, 3});
  check(failures, {33, 14, 14, 20, 36, 4, 4, 2, 1, 1, 1, 1});
  std::printf("convolution: %d checks, %d failed\n", failures.checks, failures.failed);
  return failures.failed != 0;
}
