#include "model/weights/architectures/gguf_rope.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.h"

namespace vffn {
namespace {

constexpr std::string_view kFactors = "rope_freqs.weight";
constexpr std::string_view kShortFactors = "rope_factors_short.weight";
constexpr std::string_view kLongFactors = "rope_factors_long.weight";

/// The divisors of the frequencies in a tensor; empty if there is none.
std::vector<double> FactorsIn(const GgufKeys& keys, std::string_view name) {
  const TensorView* tensor = keys.file().FindTensor(name);
  if (tensor == nullptr) {
    return {};
  }
  VFFN_CHECK(tensor->shape.size() == 1 && FormatOf(tensor->type).real, keys.file().origin(), ": tensor ",
             name, " is ", ShapeText(tensor->shape), ", should be a vector of numbers");
  std::vector<float> factors(static_cast<size_t>(tensor->shape[0]));
  ReadRow(*tensor, 0, factors);
  return {factors.begin(), factors.end()};
}

/// `rope.scaling.factor`, or the key of old files.
double Factor(const GgufKeys& keys) {
  const std::optional<double> old = keys.Float("rope.scale_linear");
  const double factor = keys.Float("rope.scaling.factor").value_or(old.value_or(1.0));
  return factor == 0 ? 1.0 : factor;  // llama.cpp: 0 stands for none
}

RopeScaling LongRope(const GgufKeys& keys, const ModelConfig& model, int64_t original) {
  RopeScaling scaling{
      .kind = RopeScalingKind::kLongRope,
      .factor = std::max(1.0, static_cast<double>(model.max_sequence_length) / static_cast<double>(original)),
      .original_max_sequence_length = original,
      .attention_factor = keys.Float("rope.scaling.attn_factor").value_or(1.0),
      .short_factors = FactorsIn(keys, kShortFactors),
      .long_factors = FactorsIn(keys, kLongFactors)};
  VFFN_CHECK(!scaling.short_factors.empty() && !scaling.long_factors.empty(), keys.file().origin(),
             ": of longrope, the tensors ", kShortFactors, " and ", kLongFactors, " are not both there");
  return scaling;
}

RopeScaling Yarn(const GgufKeys& keys, double factor, int64_t original) {
  const double correction = keys.Float("rope.scaling.yarn_attn_factor")
                                .value_or(keys.Float("rope.scaling.attn_factor").value_or(1.0));
  return {.kind = RopeScalingKind::kYarn,
          .factor = factor,
          .original_max_sequence_length = original,
          .beta_fast = keys.Float("rope.scaling.yarn_beta_fast").value_or(32.0),
          .beta_slow = keys.Float("rope.scaling.yarn_beta_slow").value_or(1.0),
          .attention_factor = correction * (1.0 + 0.1 * std::log(factor))};
}

RopeScaling ReadScaling(const GgufKeys& keys, const ModelConfig& model) {
  const double factor = Factor(keys);
  const std::string type = keys.String("rope.scaling.type").value_or("linear");
  const int64_t original =
      keys.Integer("rope.scaling.original_context_length").value_or(model.max_sequence_length);
  keys.Ignore("rope.scaling.finetuned");
  if (type == "longrope" || keys.file().FindTensor(kLongFactors) != nullptr) {
    return LongRope(keys, model, original);
  }
  if (type == "yarn") {
    keys.RequireValue("rope.scaling.yarn_ext_factor", "1");
    keys.RequireValue("rope.scaling.yarn_log_multiplier", "0");
    return Yarn(keys, factor, original);
  }
  VFFN_CHECK(type == "none" || type == "linear", keys.file().origin(), ": ",
             keys.FullName("rope.scaling.type"), " = ", type,
             " is not supported; supported: none, linear, yarn, longrope");
  keys.RequireValue("rope.scaling.attn_factor", "1");
  std::vector<double> factors = FactorsIn(keys, kFactors);
  const bool divides = std::ranges::any_of(factors, [](double x) { return x != 1.0; });
  const bool scales = type == "linear" && factor != 1.0;
  VFFN_CHECK(!divides || !scales, keys.file().origin(), ": tensor ", kFactors, " and ",
             keys.FullName("rope.scaling.factor"), " are not supported together");
  if (divides) {
    return {.kind = RopeScalingKind::kFactors, .short_factors = std::move(factors)};
  }
  return scales ? RopeScaling{.kind = RopeScalingKind::kLinear, .factor = factor} : RopeScaling{};
}

}  // namespace

void ReadGgufRope(const GgufKeys& keys, ModelConfig& model) {
  if (model.positions != Positions::kRotary) {
    return;
  }
  const int64_t rotary_size = keys.Integer("rope.dimension_count").value_or(model.head_size);
  const int64_t of_window = keys.Integer("rope.dimension_count_swa").value_or(rotary_size);
  VFFN_CHECK(of_window == rotary_size, keys.file().origin(), ": ", keys.FullName("rope.dimension_count_swa"),
             " is ", of_window, ", but ", keys.FullName("rope.dimension_count"), " is ", rotary_size,
             ": not supported");
  model.rotary_size = rotary_size == model.head_size ? 0 : rotary_size;
  model.rope_theta = keys.Float("rope.freq_base").value_or(10000.0);
  model.rope_scaling = ReadScaling(keys, model);
  const std::optional<double> window_theta = keys.Float("rope.freq_base_swa");
  if (model.window == 0) {
    model.window_rope_theta.reset();
  } else if (window_theta) {
    model.window_rope_theta = window_theta;
  }
}

bool IsGgufRopeTensor(std::string_view name) {
  return name == kFactors || name == kShortFactors || name == kLongFactors ||
         name.ends_with(".attn_rot_embd");
}

}  // namespace vffn
