#include "model/decoder_options.h"

#include <cmath>

#include "base/enum_names.h"
#include "base/error.h"

namespace vffn {
namespace {

constexpr EnumNames<NormKind, 2> kNormKinds = {{{NormKind::kRms, "rms"}, {NormKind::kLayer, "layer"}}};
constexpr EnumNames<NormPlacement, 3> kPlacements = {{{NormPlacement::kBefore, "before"},
                                                      {NormPlacement::kAfter, "after"},
                                                      {NormPlacement::kAround, "around"}}};
constexpr EnumNames<Residual, 3> kResiduals = {{{Residual::kSequential, "sequential"},
                                                {Residual::kParallel, "parallel"},
                                                {Residual::kParallelOneNorm, "parallel_one_norm"}}};
constexpr EnumNames<QkNorm, 4> kQkNorms = {
    {{QkNorm::kNone, "none"}, {QkNorm::kHead, "head"}, {QkNorm::kHeads, "heads"}, {QkNorm::kWhole, "whole"}}};
constexpr EnumNames<Positions, 2> kPositions = {
    {{Positions::kRotary, "rotary"}, {Positions::kLearned, "learned"}}};
constexpr EnumNames<Activation, 4> kActivations = {{{Activation::kSilu, "silu"},
                                                    {Activation::kGelu, "gelu"},
                                                    {Activation::kGeluTanh, "gelu_tanh"},
                                                    {Activation::kRelu, "relu"}}};
constexpr EnumNames<RopeScalingKind, 7> kRopeScalings = {{{RopeScalingKind::kNone, "none"},
                                                          {RopeScalingKind::kLinear, "linear"},
                                                          {RopeScalingKind::kDynamic, "dynamic"},
                                                          {RopeScalingKind::kYarn, "yarn"},
                                                          {RopeScalingKind::kLongRope, "longrope"},
                                                          {RopeScalingKind::kLlama3, "llama3"},
                                                          {RopeScalingKind::kFactors, "factors"}}};

void CheckPositive(double value, const char* field, const std::string& origin) {
  VFFN_CHECK(std::isfinite(value) && value > 0, origin, ": ", field, " is ", value, ", should be positive");
}

void CheckFactors(const std::vector<double>& factors, int64_t count, const char* field,
                  const std::string& origin) {
  VFFN_CHECK(std::cmp_equal(factors.size(), count), origin, ": ", field, " has ", factors.size(),
             " numbers, should have one for each of ", count, " frequencies");
  for (const double factor : factors) {
    CheckPositive(factor, field, origin);
  }
}

}  // namespace

std::string_view NameOf(NormKind kind) { return NameIn(kNormKinds, kind); }
std::string_view NameOf(NormPlacement placement) { return NameIn(kPlacements, placement); }
std::string_view NameOf(Residual residual) { return NameIn(kResiduals, residual); }
std::string_view NameOf(QkNorm norm) { return NameIn(kQkNorms, norm); }
std::string_view NameOf(Positions positions) { return NameIn(kPositions, positions); }
std::string_view NameOf(Activation activation) { return NameIn(kActivations, activation); }
std::string_view NameOf(RopeScalingKind kind) { return NameIn(kRopeScalings, kind); }

void Parse(std::string_view name, const std::string& origin, NormKind& kind) {
  ParseIn(kNormKinds, name, origin, kind);
}
void Parse(std::string_view name, const std::string& origin, NormPlacement& placement) {
  ParseIn(kPlacements, name, origin, placement);
}
void Parse(std::string_view name, const std::string& origin, Residual& residual) {
  ParseIn(kResiduals, name, origin, residual);
}
void Parse(std::string_view name, const std::string& origin, QkNorm& norm) {
  ParseIn(kQkNorms, name, origin, norm);
}
void Parse(std::string_view name, const std::string& origin, Positions& positions) {
  ParseIn(kPositions, name, origin, positions);
}
void Parse(std::string_view name, const std::string& origin, Activation& activation) {
  ParseIn(kActivations, name, origin, activation);
}
void Parse(std::string_view name, const std::string& origin, RopeScalingKind& kind) {
  ParseIn(kRopeScalings, name, origin, kind);
}

void Validate(const RopeScaling& scaling, int64_t frequencies, const std::string& origin) {
  using enum RopeScalingKind;
  const RopeScalingKind kind = scaling.kind;
  CheckPositive(scaling.factor, "rope_factor", origin);
  CheckPositive(scaling.attention_factor, "rope_attention_factor", origin);
  if (kind == kYarn || kind == kLlama3 || kind == kLongRope) {
    VFFN_CHECK(scaling.original_max_sequence_length >= 1, origin, ": original_max_sequence_length is ",
               scaling.original_max_sequence_length, ", should be positive");
  }
  if (kind == kLlama3) {
    CheckPositive(scaling.low_freq_factor, "low_freq_factor", origin);
    VFFN_CHECK(scaling.high_freq_factor > scaling.low_freq_factor, origin, ": high_freq_factor (",
               scaling.high_freq_factor, ") should be above low_freq_factor (", scaling.low_freq_factor, ")");
  }
  if (kind == kYarn) {
    CheckPositive(scaling.beta_fast, "beta_fast", origin);
    CheckPositive(scaling.beta_slow, "beta_slow", origin);
  }
  if (kind == kLongRope || kind == kFactors) {
    CheckFactors(scaling.short_factors, frequencies, "rope_short_factors", origin);
  }
  if (kind == kLongRope) {
    CheckFactors(scaling.long_factors, frequencies, "rope_long_factors", origin);
  }
}

}  // namespace vffn
