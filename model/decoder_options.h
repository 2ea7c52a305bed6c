// In what the decoders of different families differ, beside sizes: norms, residual connections, positions,
// attention, activation. Does not use torch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/activation.h"

namespace vffn {

enum class NormKind {
  kRms,    ///< "rms": x / sqrt(mean(x^2) + epsilon)
  kLayer,  ///< "layer": (x - mean(x)) / sqrt(var(x) + epsilon), with the biased variance
};

/// Where the norms of a sublayer f stand.
enum class NormPlacement {
  kBefore,  ///< "before": x + f(norm(x))
  kAfter,   ///< "after": x + norm(f(x)) (OLMo 2)
  kAround,  ///< "around": x + norm'(f(norm(x))) (Gemma 2)
};

/// How attention and FFN join the residual stream.
enum class Residual {
  kSequential,       ///< "sequential": h = x + attention(norm(x)); h + ffn(norm'(h))
  kParallel,         ///< "parallel": x + attention(norm(x)) + ffn(norm'(x)) (GPT-NeoX)
  kParallelOneNorm,  ///< "parallel_one_norm": the same with one norm for both (Phi, Cohere)
};

/// The norm of queries and keys after their projection, before the rotation. It is of the model's NormKind.
enum class QkNorm {
  kNone,
  kHead,   ///< "head": over each head; all heads share one weight [head_size] (Qwen 3, Gemma 3)
  kHeads,  ///< "heads": over each head; every head has its own weight (Cohere, StableLM)
  kWhole,  ///< "whole": over all heads together (OLMo 2)
};

enum class Positions {
  kRotary,   ///< "rotary"
  kLearned,  ///< "learned": an embedding of the position is added to that of the token (GPT-2)
};

enum class RopeScalingKind {
  kNone,
  kLinear,    ///< "linear": positions are divided by `factor`
  kDynamic,   ///< "dynamic": the base grows with sequences longer than max_sequence_length, of which there
              ///< are none here: no effect
  kYarn,      ///< "yarn": arXiv 2309.00071
  kLongRope,  ///< "longrope": arXiv 2402.13753
  kLlama3,    ///< "llama3": low frequencies are divided by `factor`
  kFactors,   ///< "factors": each frequency is divided by its own number, `short_factors`
};

/// Scaling of the rotary frequencies, with the parameters of transformers' rope_parameters. Fields that the
/// kind does not use have their defaults.
struct RopeScaling {
  RopeScalingKind kind = RopeScalingKind::kNone;
  double factor = 1.0;                       ///< linear, yarn, llama3, longrope
  int64_t original_max_sequence_length = 0;  ///< yarn, llama3, longrope: length of the first training
  double low_freq_factor = 1.0;              ///< llama3
  double high_freq_factor = 4.0;             ///< llama3
  double beta_fast = 32.0;                   ///< yarn
  double beta_slow = 1.0;                    ///< yarn
  bool truncate = true;                      ///< yarn: the correction range is rounded to whole dimensions
  /// yarn, longrope: cosine and sine are multiplied by it. Readers of checkpoints compute it where a
  /// configuration leaves it to a formula.
  double attention_factor = 1.0;
  std::vector<double> short_factors;  ///< longrope, factors: divisor of each frequency [rotary_size / 2]
  std::vector<double> long_factors;   ///< longrope: in sequences longer than original_max_sequence_length

  /// Calls visit(name, field) for every field that the kind uses; the kind comes first.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    using enum RopeScalingKind;
    visit("rope_scaling", self.kind);
    const auto kind = self.kind;
    if (kind == kLinear || kind == kYarn || kind == kLlama3 || kind == kLongRope) {
      visit("rope_factor", self.factor);
    }
    if (kind == kYarn || kind == kLlama3 || kind == kLongRope) {
      visit("original_max_sequence_length", self.original_max_sequence_length);
    }
    if (kind == kLlama3) {
      visit("low_freq_factor", self.low_freq_factor);
      visit("high_freq_factor", self.high_freq_factor);
    }
    if (kind == kYarn) {
      visit("beta_fast", self.beta_fast);
      visit("beta_slow", self.beta_slow);
      visit("yarn_truncate", self.truncate);
    }
    if (kind == kYarn || kind == kLongRope) {
      visit("rope_attention_factor", self.attention_factor);
    }
    if (kind == kLongRope || kind == kFactors) {
      visit("rope_short_factors", self.short_factors);
    }
    if (kind == kLongRope) {
      visit("rope_long_factors", self.long_factors);
    }
  }

  bool operator==(const RopeScaling&) const = default;
};

std::string_view NameOf(NormKind kind);
std::string_view NameOf(NormPlacement placement);
std::string_view NameOf(Residual residual);
std::string_view NameOf(QkNorm norm);
std::string_view NameOf(Positions positions);
std::string_view NameOf(Activation activation);
std::string_view NameOf(RopeScalingKind kind);

/// Sets the last argument to the value of that name. For other names throws Error, beginning with `origin`,
/// that lists the names.
void Parse(std::string_view name, const std::string& origin, NormKind& kind);
void Parse(std::string_view name, const std::string& origin, NormPlacement& placement);
void Parse(std::string_view name, const std::string& origin, Residual& residual);
void Parse(std::string_view name, const std::string& origin, QkNorm& norm);
void Parse(std::string_view name, const std::string& origin, Positions& positions);
void Parse(std::string_view name, const std::string& origin, Activation& activation);
void Parse(std::string_view name, const std::string& origin, RopeScalingKind& kind);

/// Throws Error, beginning with `origin` and naming the field, if a value is out of range. `frequencies` is
/// rotary_size / 2.
void Validate(const RopeScaling& scaling, int64_t frequencies, const std::string& origin);

}  // namespace vffn
