#include "model/rope_frequencies.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vffn {
namespace {

/// theta^(2j / size) for every pair j.
std::vector<float> Wavelengths(double theta, int64_t size) {
  std::vector<float> powers;
  for (int64_t j = 0; j < size / 2; ++j) {
    const float exponent = static_cast<float>(2 * j) / static_cast<float>(size);
    powers.push_back(std::pow(static_cast<float>(theta), exponent));
  }
  return powers;
}

std::vector<float> Inverse(std::vector<float> powers) {
  for (float& power : powers) {
    power = 1.0f / power;
  }
  return powers;
}

/// Frequencies whose wavelength exceeds the first training's length are divided by the factor, short ones
/// stay; between them the two are mixed.
void ScaleLlama3(const RopeScaling& scaling, std::vector<float>& radians) {
  const auto factor = static_cast<float>(scaling.factor);
  const auto length = static_cast<double>(scaling.original_max_sequence_length);
  const auto longest = static_cast<float>(length / scaling.low_freq_factor);
  const auto shortest = static_cast<float>(length / scaling.high_freq_factor);
  for (float& frequency : radians) {
    const float wavelength = 1.0f / frequency * static_cast<float>(2 * std::numbers::pi);
    if (wavelength > longest) {
      frequency /= factor;
    } else if (wavelength >= shortest) {
      const float smooth =
          (1.0f / wavelength * static_cast<float>(length) - static_cast<float>(scaling.low_freq_factor)) /
          static_cast<float>(scaling.high_freq_factor - scaling.low_freq_factor);
      frequency = (1.0f - smooth) * frequency / factor + smooth * frequency;
    }
  }
}

/// The pair that turns `rotations` times in the first training's length.
double YarnPair(const ModelConfig& config, double rotations) {
  const auto length = static_cast<double>(config.rope_scaling.original_max_sequence_length);
  return static_cast<double>(config.RotarySize()) * std::log(length / (rotations * 2 * std::numbers::pi)) /
         (2 * std::log(config.rope_theta));
}

/// Pairs up to the first correction pair keep their frequency, those from the second on have it divided by
/// the factor, with a linear ramp between them.
std::vector<float> YarnRadians(const ModelConfig& config) {
  const RopeScaling& scaling = config.rope_scaling;
  double low = YarnPair(config, scaling.beta_fast);
  double high = YarnPair(config, scaling.beta_slow);
  if (scaling.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, static_cast<double>(config.RotarySize() - 1));
  if (low == high) {
    high += 0.001;  // no division by zero
  }
  const std::vector<float> powers = Wavelengths(config.rope_theta, config.RotarySize());
  std::vector<float> radians;
  for (size_t j = 0; j < powers.size(); ++j) {
    const float ramp = std::clamp(
        (static_cast<float>(j) - static_cast<float>(low)) / static_cast<float>(high - low), 0.0f, 1.0f);
    const float kept = 1.0f - ramp;
    const float extrapolated = 1.0f / powers[j];
    const float interpolated = 1.0f / (static_cast<float>(scaling.factor) * powers[j]);
    radians.push_back(interpolated * (1.0f - kept) + extrapolated * kept);
  }
  return radians;
}

std::vector<float> LongRopeRadians(const ModelConfig& config, const std::vector<double>& factors) {
  std::vector<float> powers = Wavelengths(config.rope_theta, config.RotarySize());
  for (size_t j = 0; j < powers.size(); ++j) {
    powers[j] *= static_cast<float>(factors[j]);
  }
  return Inverse(powers);
}

}  // namespace

RopeFrequencies FullFrequencies(const ModelConfig& config) {
  const RopeScaling& scaling = config.rope_scaling;
  RopeFrequencies frequencies{.amplitude = static_cast<float>(scaling.attention_factor)};
  std::vector<float>& radians = frequencies.radians;
  radians = Inverse(Wavelengths(config.rope_theta, config.RotarySize()));
  switch (scaling.kind) {
    case RopeScalingKind::kNone:
    case RopeScalingKind::kDynamic:
      break;
    case RopeScalingKind::kLinear:
      for (float& frequency : radians) {
        frequency /= static_cast<float>(scaling.factor);
      }
      break;
    case RopeScalingKind::kFactors:
      for (size_t j = 0; j < radians.size(); ++j) {
        radians[j] /= static_cast<float>(scaling.short_factors[j]);
      }
      break;
    case RopeScalingKind::kLlama3:
      ScaleLlama3(scaling, radians);
      break;
    case RopeScalingKind::kYarn:
      radians = YarnRadians(config);
      break;
    case RopeScalingKind::kLongRope:
      radians = LongRopeRadians(config, scaling.short_factors);
      break;
  }
  return frequencies;
}

RopeFrequencies LongFrequencies(const ModelConfig& config) {
  RopeFrequencies frequencies = FullFrequencies(config);
  if (config.rope_scaling.kind == RopeScalingKind::kLongRope) {
    frequencies.radians = LongRopeRadians(config, config.rope_scaling.long_factors);
  }
  return frequencies;
}

int64_t LongestWithFullFrequencies(const ModelConfig& config) {
  return config.rope_scaling.kind == RopeScalingKind::kLongRope
             ? config.rope_scaling.original_max_sequence_length
             : 0;
}

RopeFrequencies WindowFrequencies(const ModelConfig& config) {
  if (!config.window_rope_theta) {
    return FullFrequencies(config);
  }
  return {.radians = Inverse(Wavelengths(*config.window_rope_theta, config.RotarySize()))};
}

}  // namespace vffn
