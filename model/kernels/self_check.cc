#include "model/kernels/self_check.h"

#include <cmath>
#include <vector>

#include "model/kernels/instruction_sets.h"

namespace vffn::kernels {
namespace {

// No multiples of a tile or a vector.
constexpr int64_t kRows = 19, kInputs = 45, kUnits = 37, kHeads = 2, kHeadSize = 20;

/// Numbers between -1 and 1, the same ones everywhere.
std::vector<float> Numbers(int64_t count) {
  std::vector<float> numbers(static_cast<size_t>(count));
  uint32_t state = 1;
  for (float& number : numbers) {
    state = state * 1664525u + 1013904223u;
    number = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
  }
  return numbers;
}

std::vector<float> Product(const Kernels& kernels, GemmPrecision precision) {
  const std::vector<float> x = Numbers(kRows * kInputs), w = Numbers(kUnits * kInputs);
  const PackedMatrix packed =
      kernels.pack({.weights = w.data(), .n = kUnits, .k = kInputs, .precision = precision});
  std::vector<float> y(kRows * kUnits);
  kernels.gemm({.input = {.x = x.data(), .stride = kInputs},
                .m = kRows,
                .w = packed,
                .output = {.y = y.data(), .stride = kUnits}});
  return y;
}

std::vector<float> Ffn(const Kernels& kernels, GemmPrecision precision) {
  const std::vector<float> x = Numbers(kRows * kInputs), in = Numbers(2 * kUnits * kInputs),
                           out = Numbers(kInputs * kUnits), weight = Numbers(kInputs);
  const PackedMatrix packed_in =
      kernels.pack({.weights = in.data(), .n = 2 * kUnits, .k = kInputs, .precision = precision, .parts = 2});
  const PackedMatrix packed_out =
      kernels.pack({.weights = out.data(), .n = kInputs, .k = kUnits, .precision = precision});
  const PackedView linear(packed_in, 0, kUnits, 0, kInputs);
  const RowNorm norm{.weight = weight.data(), .epsilon = 1e-5f};
  std::vector<float> y(kRows * kInputs);
  kernels.mlp({.input = {.x = x.data(), .stride = kInputs, .norm = &norm},
               .m = kRows,
               .activated = {packed_in, kUnits, 2 * kUnits, 0, kInputs},
               .linear = &linear,
               .out = packed_out,
               .output = {.y = y.data(), .stride = kInputs, .stream = x.data(), .stream_stride = kInputs}});
  return y;
}

std::vector<float> Mixed(const Kernels& kernels, GemmPrecision precision) {
  const std::vector<float> qkv = Numbers(kRows * 3 * kHeads * kHeadSize);
  const Segment segments[] = {{0, 9, -1}, {9, 14, 0}, {14, kRows, 0}};
  std::vector<float> out(kRows * kHeads * kHeadSize);
  kernels.attention({.qkv = qkv.data(),
                     .out = out.data(),
                     .segments = segments,
                     .n_heads = kHeads,
                     .n_kv_heads = kHeads,
                     .head_size = kHeadSize,
                     .scale = 0.5f,
                     .precision = precision});
  return out;
}

std::vector<float> LogProbabilities(const Kernels& kernels, GemmPrecision precision) {
  const std::vector<float> hidden = Numbers(kRows * kInputs), w = Numbers(7 * kUnits * kInputs);
  const PackedMatrix packed =
      kernels.pack({.weights = w.data(), .n = 7 * kUnits, .k = kInputs, .precision = precision});
  std::vector<Target> targets;
  for (int32_t row = 0; row < kRows; ++row) {
    targets.push_back({row, row * 13});
  }
  std::vector<float> log_probs(kRows);
  std::vector<uint8_t> greedy(kRows);
  kernels.head({.hidden = hidden.data(),
                .rows = kRows,
                .w = &packed,
                .targets = targets,
                .log_probs = log_probs.data(),
                .greedy = greedy.data()});
  return log_probs;
}

bool Near(const std::vector<float>& values, const std::vector<float>& expected, float tolerance) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (!(std::abs(values[i] - expected[i]) <= tolerance)) {  // NaN is not near
      return false;
    }
  }
  return true;
}

}  // namespace

std::string FaultOf(const Kernels& kernels) {
  struct Check {
    const char* name;
    std::vector<float> (*run)(const Kernels&, GemmPrecision);
    float tolerance;  // in bfloat16: sums in another order; attention and hidden units rounded to 8 bits
  };
  const Check checks[] = {{"product", &Product, 1e-4f},
                          {"FFN", &Ffn, 0.2f},
                          {"attention", &Mixed, 0.02f},
                          {"output head", &LogProbabilities, 1e-4f}};
  for (const Check& check : checks) {
    for (const GemmPrecision precision : {GemmPrecision::kFloat32, GemmPrecision::kBfloat16}) {
      const bool in_float = precision == GemmPrecision::kFloat32;
      if (!Near(check.run(kernels, precision), check.run(GenericKernels(), precision),
                in_float ? 1e-4f : check.tolerance)) {
        return std::string(check.name) + (in_float ? " in float32" : " in bfloat16");
      }
    }
  }
  return {};
}

}  // namespace vffn::kernels
