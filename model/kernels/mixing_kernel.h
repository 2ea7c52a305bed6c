// Sums of experts' outputs, weighted, and how they join the stream.
#pragma once

#include "model/kernels/vector_rows.h"

namespace {

using vffn::kernels::MixArgs;

/// One token's part of the mixture.
struct MixedRow {
  const int64_t* places;  // [k]
  const float* weights;   // [k]
  const float* addend;    // null: none
  const float* stream;    // null: none
  float* y;
};

inline MixedRow MixedRowOf(const MixArgs& args, int64_t i) {
  const vffn::kernels::OutputArgs& output = args.output;
  const int64_t stream = output.stream_rows ? output.stream_rows[i] : i;
  return {.places = args.places + i * args.k,
          .weights = args.weights + i * args.k,
          .addend = args.addend ? args.addend + i * args.d : nullptr,
          .stream = output.stream ? output.stream + stream * output.stream_stride : nullptr,
          .y = output.y + (args.y_rows ? args.y_rows[i] : i) * output.stride};
}

/// Calls join(sum, stream) for the vectors of each row. Every operation is rounded by itself.
template <class Join>
void MixRows(const MixArgs& args, Join&& join) {
  for (int64_t i = 0; i < args.rows; ++i) {
    const MixedRow row = MixedRowOf(args, i);
    for (int64_t column = 0; column < args.d; column += kWidth) {
      const int64_t count = args.d - column;
      Floats sum = {};
      for (int64_t j = 0; j < args.k; ++j) {
        const Floats output = LoadPart(args.outputs + row.places[j] * args.d + column, count);
        const Floats weighted = Vector::Set(row.weights[j]) * output;
        sum = j == 0 ? weighted : sum + weighted;
      }
      if (row.addend) {
        sum = sum + LoadPart(row.addend + column, count);
      }
      const Floats stream = row.stream ? LoadPart(row.stream + column, count) : Floats{};
      StorePart(row.y + column, join(i, sum, stream), count);
    }
  }
}

void Mix(const MixArgs& args) {
  if (args.lambda) {
    MixRows(args, [&](int64_t i, Floats sum, Floats stream) {
      const Floats lambda = Vector::Set(args.lambda[i]);
      return stream * (Vector::Set(1.0f) - lambda) + sum * lambda;
    });
    return;
  }
  const float multiplier = args.output.multiplier;
  const bool joins = args.output.stream != nullptr;
  MixRows(args, [&](int64_t, Floats sum, Floats stream) {
    const Floats output = multiplier != 1.0f ? sum * Vector::Set(multiplier) : sum;
    return joins ? output + stream : output;
  });
}

}  // namespace
