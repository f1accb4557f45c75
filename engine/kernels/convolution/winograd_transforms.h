// The transforms of Winograd's minimal filtering F(2 x 2, 3 x 3), vectorised over the channels: a row of tiles of an image at a time, whose patches
// of 4 x 4 places overlap by two columns. Transformed patches and products lie place by place, `plane` floats apart, a tile's channels adjacent.
//   B^T d B of a patch     A^T M A of a tile's products     A e A^T of the gradient of a tile's results
#pragma once
#include "../product/packing.h"

namespace rappel {
namespace RAPPEL_ISA {

constexpr long kPatch = 4, kPatchPlaces = kPatch * kPatch;

// An image [height, width, channels], beyond which there are zeros.
struct Image {
  const float* data;
  long height, width, channels;
};

// Four rows of an image for one vector of channels, read column by column.
struct PatchRows {
  const float* rows[kPatch];
  long steps[kPatch];  // from a column to the next: none in a row beyond the image, which is one vector of zeros
  long column, width;

  RAPPEL_INLINE PatchRows(const Image& image, long top, long left, long channel) : column(left), width(image.width) {
    static constexpr float zeros[kLanes] = {};
#pragma GCC unroll 4
    for (long i = 0; i < kPatch; i++) {
      const bool inside = top + i >= 0 && top + i < image.height;
      rows[i] = inside ? image.data + ((top + i) * image.width + left) * image.channels + channel : zeros;
      steps[i] = inside ? image.channels : 0;
    }
  }
  // The vertical half of the transform, B^T d, of the next column.
  RAPPEL_INLINE void next(Floats (&to)[kPatch]) {
    Floats d[kPatch] = {};
#pragma GCC unroll 4
    for (int i = 0; i < kPatch; i++) {
      if (column >= 0 && column < width) d[i] = load(rows[i]);
      rows[i] += steps[i];
    }
    column++;
    to[0] = d[0] - d[2], to[1] = d[1] + d[2], to[2] = d[2] - d[1], to[3] = d[1] - d[3];
  }
};

// B^T d B of the patches of a row of tiles, the first of which begins at (top, left) of the image. Two columns of B^T d are handed on to the next patch.
RAPPEL_OUT_OF_LINE void transformPatches(const Image& image, long top, long left, long tiles, float* target, long plane) {
  for (long channel = 0; channel < image.channels; channel += kLanes) {
    PatchRows rows(image, top, left, channel);
    Floats first[kPatch], second[kPatch], third[kPatch], fourth[kPatch];
    rows.next(first);
    rows.next(second);
    float* to = target + channel;
    for (long tile = 0; tile < tiles; tile++, to += image.channels) {
      rows.next(third);
      rows.next(fourth);
#pragma GCC unroll 4
      for (int i = 0; i < kPatch; i++) {
        float* const place = to + i * kPatch * plane;
        store(place, first[i] - third[i]);
        store(place + plane, second[i] + third[i]);
        store(place + 2 * plane, third[i] - second[i]);
        store(place + 3 * plane, second[i] - fourth[i]);
        first[i] = third[i], second[i] = fourth[i];
      }
    }
  }
}

// A^T M A of a row of tiles: `rows` rows of results of that width, 2 or fewer.
inline void transformProducts(const float* products, long plane, long channels, float* result, long rows, long width) {
  const long rowStride = width * channels;
  for (long column = 0; column < width; column += 2, products += channels, result += 2 * channels) {
    for (long channel = 0; channel < channels; channel += kLanes) {
      Floats sums[2][kPatch];
#pragma GCC unroll 4
      for (int i = 0; i < kPatch; i++) {
        const float* from = products + i * plane + channel;
        const Floats m0 = load(from), m1 = load(from + kPatch * plane), m2 = load(from + 2 * kPatch * plane), m3 = load(from + 3 * kPatch * plane);
        sums[0][i] = m0 + m1 + m2, sums[1][i] = m1 - m2 - m3;
      }
#pragma GCC unroll 2
      for (int row = 0; row < 2; row++) {
        if (row == rows) break;
        const Floats* s = sums[row];
        float* const to = result + row * rowStride + channel;
        store(to, s[0] + s[1] + s[2]);
        if (column + 1 < width) store(to + channels, s[1] - s[2] - s[3]);
      }
    }
  }
}

// A e A^T of a row of tiles, from `rows` rows of the results' gradient of that width, 2 or fewer.
inline void transformResultGradients(const float* gradient, long channels, long rows, long width, float* target, long plane) {
  const long rowStride = width * channels;
  for (long column = 0; column < width; column += 2, gradient += 2 * channels, target += channels) {
    for (long channel = 0; channel < channels; channel += kLanes) {
      Floats sums[kPatch][2];
#pragma GCC unroll 2
      for (int i = 0; i < 2; i++) {
        const float* from = gradient + i * channels + channel;
        const Floats e0 = column + i < width ? load(from) : Floats{};
        const Floats e1 = column + i < width && rows > 1 ? load(from + rowStride) : Floats{};
        sums[0][i] = e0, sums[1][i] = e0 + e1, sums[2][i] = e0 - e1, sums[3][i] = -e1;
      }
#pragma GCC unroll 4
      for (int row = 0; row < kPatch; row++) {
        const Floats* s = sums[row];
        float* const to = target + row * kPatch * plane + channel;
        store(to, s[0]);
        store(to + plane, s[0] + s[1]);
        store(to + 2 * plane, s[0] - s[1]);
        store(to + 3 * plane, -s[1]);
      }
    }
  }
}

}  // namespace RAPPEL_ISA
}  // namespace rappel
