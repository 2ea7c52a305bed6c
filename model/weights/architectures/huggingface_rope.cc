#include "model/weights/architectures/huggingface_rope.h"

#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/json.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

/// The rotary positions that one section describes.
struct Rope {
  double theta = 0;
  RopeScaling scaling;

  bool operator==(const Rope&) const = default;
};

/// "rope_type" (from 4.43 on) or "type".
std::string RopeType(const Fields& section) {
  return section.Get<std::string>("rope_type", section.Get<std::string>("type", "default"));
}

/// A number that is not 0: as in Python, 0 and null count as absent.
double NumberOr(const Fields& section, std::string_view key, double otherwise) {
  const double value = section.Get(key, otherwise);
  return value == 0 ? otherwise : value;
}

double YarnAttentionFactor(const Fields& section, double factor) {
  const auto scale = [&](double mscale) { return factor <= 1 ? 1.0 : 0.1 * mscale * std::log(factor) + 1.0; };
  const double numerator = section.Get("mscale", 0.0);
  const double denominator = section.Get("mscale_all_dim", 0.0);
  const double otherwise =
      numerator != 0 && denominator != 0 ? scale(numerator) / scale(denominator) : scale(1.0);
  return section.Get("attention_factor", otherwise);
}

void ReadYarn(const Fields& section, const ModelConfig& model, RopeScaling& scaling) {
  scaling.factor = section.Get("factor", static_cast<double>(model.max_sequence_length) /
                                             static_cast<double>(scaling.original_max_sequence_length));
  scaling.attention_factor = YarnAttentionFactor(section, scaling.factor);
  scaling.beta_fast = NumberOr(section, "beta_fast", scaling.beta_fast);
  scaling.beta_slow = NumberOr(section, "beta_slow", scaling.beta_slow);
}

void ReadLongRope(const Fields& section, const ModelConfig& model, RopeScaling& scaling) {
  const auto original = static_cast<double>(scaling.original_max_sequence_length);
  scaling.factor = section.Get("factor", static_cast<double>(model.max_sequence_length) / original);
  const double otherwise =
      scaling.factor <= 1 ? 1.0 : std::sqrt(1 + std::log(scaling.factor) / std::log(original));
  scaling.attention_factor = section.Get("attention_factor", otherwise);
  scaling.short_factors = section.Get<std::vector<double>>("short_factor");
  scaling.long_factors = section.Get<std::vector<double>>("long_factor");
}

RopeScalingKind KindOf(const Fields& section, bool all_longrope) {
  using enum RopeScalingKind;
  const std::string type = RopeType(section);
  if (all_longrope) {
    VFFN_CHECK(type == "default" || type == "longrope" || type == "su" || type == "yarn", section.Where(),
               ": rope_type = \"", type, "\" is not supported here; default and longrope are");
    return type == "default" ? kNone : kLongRope;
  }
  constexpr std::pair<std::string_view, RopeScalingKind> kTypes[] = {
      {"default", kNone}, {"linear", kLinear},     {"dynamic", kDynamic},
      {"yarn", kYarn},    {"longrope", kLongRope}, {"llama3", kLlama3}};
  for (const auto& [name, kind] : kTypes) {
    if (name == type) {
      return kind;
    }
  }
  Fail(section.Where(), ": rope_type = \"", type,
       "\" is not supported; supported: default, linear, dynamic, yarn, longrope, llama3");
}

/// The scaling of a section. `original` is the length of the first training where the section has none.
RopeScaling ScalingOf(const Fields& section, int64_t original, bool all_longrope, const ModelConfig& model) {
  using enum RopeScalingKind;
  RopeScaling scaling;
  scaling.kind = KindOf(section, all_longrope);
  const RopeScalingKind kind = scaling.kind;
  if (kind == kYarn || kind == kLongRope || kind == kLlama3) {
    scaling.original_max_sequence_length = original;
    VFFN_CHECK(original >= 1, section.Where("original_max_position_embeddings"), " is ", original,
               ", should be positive");
  }
  if (kind == kLinear) {
    scaling.factor = section.Get<double>("factor");
  } else if (kind == kYarn) {
    ReadYarn(section, model, scaling);
  } else if (kind == kLongRope) {
    ReadLongRope(section, model, scaling);
  } else if (kind == kLlama3) {
    scaling.factor = section.Get<double>("factor");
    scaling.low_freq_factor = section.Get<double>("low_freq_factor");
    scaling.high_freq_factor = section.Get<double>("high_freq_factor");
  }
  return scaling;
}

/// rope_scaling if it is there, else rope_parameters, else nothing: an empty object counts as absent.
std::optional<Fields> RopeSection(const Fields& config) {
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    std::optional<Fields> section = config.OptionalObject(name);
    if (section && !section->Names().empty()) {
      return section;
    }
  }
  return std::nullopt;
}

void RefuseSections(const Fields& section) {
  for (const std::string& name : section.Names()) {
    const Json* value = section.Find(name);
    VFFN_CHECK(value == nullptr || !value->is_object(), section.Where(name),
               ": this architecture has the same rotary positions in all layers");
  }
}

void SetPartial(double factor, const std::string& where, bool can_be_partial, ModelConfig& model) {
  VFFN_CHECK(factor > 0 && factor <= 1, where, " is ", factor, ", should be above 0 and at most 1");
  VFFN_CHECK(can_be_partial || factor == 1, where, " = ", factor,
             " is not supported, 1.0 is: transformers rotates whole heads in this architecture");
  const auto size = static_cast<int64_t>(static_cast<double>(model.head_size) * factor);
  VFFN_CHECK(size >= 2 && size % 2 == 0, where, " = ", factor, " rotates ", size, " of ", model.head_size,
             " dimensions of a head, which should be an even number");
  model.rotary_size = size == model.head_size ? 0 : size;
}

/// The rotary positions of one type of layer.
Rope LayerRope(const std::optional<Fields>& section, double theta, const ModelConfig& model) {
  if (!section) {
    return {theta, {}};
  }
  Rope rope;
  rope.theta = section->Get("rope_theta", theta);
  const int64_t original = section->Get("original_max_position_embeddings", model.max_sequence_length);
  rope.scaling = ScalingOf(*section, original, false, model);
  RequireValue(*section, "partial_rotary_factor", 1.0);
  return rope;
}

}  // namespace

void ReadRope(const Fields& config, const RopeDefaults& defaults, ModelConfig& model) {
  model.rope_theta = config.Get(defaults.theta_key, defaults.theta);
  double partial = config.Get(defaults.partial_key, defaults.partial_rotary_factor);
  std::string partial_where = config.Where(defaults.partial_key);
  if (const std::optional<Fields> section = RopeSection(config)) {
    RefuseSections(*section);
    model.rope_theta = section->Get("rope_theta", model.rope_theta);
    if (section->Has("partial_rotary_factor")) {
      partial = section->Get<double>("partial_rotary_factor");
      partial_where = section->Where("partial_rotary_factor");
    }
    int64_t original = section->Get("original_max_position_embeddings", model.max_sequence_length);
    if (defaults.original_max_position_embeddings != 0 || config.Has("original_max_position_embeddings")) {
      original = config.Get("original_max_position_embeddings", defaults.original_max_position_embeddings);
    }
    model.rope_scaling = ScalingOf(*section, original, defaults.all_longrope, model);
    if (model.rope_scaling.kind == RopeScalingKind::kYarn) {
      model.rope_scaling.truncate = section->Get("truncate", true);
    }
  }
  SetPartial(partial, partial_where, defaults.can_be_partial, model);
}

void ReadLayerRope(const Fields& config, const LayerRopeDefaults& defaults, ModelConfig& model) {
  const std::optional<Fields> parameters = config.OptionalObject("rope_parameters");
  const auto nested = [&](const char* type) {
    return parameters ? parameters->OptionalObject(type) : std::nullopt;
  };
  const std::optional<Fields> nested_full = nested("full_attention");
  // transformers 5.24 gives a top-level rope_theta to the layers without window alone.
  double full_theta = config.Get("rope_theta", defaults.full_theta);
  full_theta = nested_full ? nested_full->Get("rope_theta", full_theta) : full_theta;
  const double sliding_theta = defaults.sliding_theta_key.empty()
                                   ? defaults.sliding_theta
                                   : config.Get(defaults.sliding_theta_key, defaults.sliding_theta);
  const std::optional<Fields> scaling = config.OptionalObject("rope_scaling");
  const Rope full = LayerRope(scaling ? scaling : nested_full, full_theta, model);
  const Rope sliding = LayerRope(nested("sliding_attention"), sliding_theta, model);
  model.rope_theta = full.theta;
  model.rope_scaling = full.scaling;
  if (model.window > 0 && sliding != full) {
    VFFN_CHECK(sliding.scaling.kind == RopeScalingKind::kNone, config.Where("rope_parameters"),
               ": sliding_attention has a rope_type of its own, ", NameOf(sliding.scaling.kind),
               ", which is not supported; default is");
    model.window_rope_theta = sliding.theta;
  }
}

OrderedJson WriteRopeScaling(const RopeScaling& scaling) {
  using enum RopeScalingKind;
  VFFN_CHECK(scaling.kind != kNone && scaling.kind != kFactors, "config.json has no rope_type ",
             NameOf(scaling.kind));
  OrderedJson rope = {{"rope_type", NameOf(scaling.kind)}, {"factor", scaling.factor}};
  if (scaling.kind == kYarn || scaling.kind == kLongRope || scaling.kind == kLlama3) {
    rope["original_max_position_embeddings"] = scaling.original_max_sequence_length;
  }
  if (scaling.kind == kYarn || scaling.kind == kLongRope) {
    rope["attention_factor"] = scaling.attention_factor;
  }
  if (scaling.kind == kYarn) {
    rope["beta_fast"] = scaling.beta_fast;
    rope["beta_slow"] = scaling.beta_slow;
    rope["truncate"] = scaling.truncate;
  }
  if (scaling.kind == kLlama3) {
    rope["low_freq_factor"] = scaling.low_freq_factor;
    rope["high_freq_factor"] = scaling.high_freq_factor;
  }
  if (scaling.kind == kLongRope) {
    rope["short_factor"] = scaling.short_factors;
    rope["long_factor"] = scaling.long_factors;
  }
  return rope;
}

}  // namespace vffn
