#include "model/ffn/ffn_config.h"

#include <cmath>
#include <string>

#include "base/enum_names.h"
#include "base/error.h"

namespace vffn {
namespace {

constexpr int64_t kMaxExperts = int64_t{1} << 12;
constexpr int64_t kMaxExpertHidden = int64_t{1} << 20;
constexpr int64_t kMaxLoops = int64_t{1} << 10;

constexpr EnumNames<FfnKind, 5> kKinds = {{{FfnKind::kDense, "dense"},
                                           {FfnKind::kMoe, "moe"},
                                           {FfnKind::kSparseMoe, "sparse_moe"},
                                           {FfnKind::kKLoop, "k_loop"},
                                           {FfnKind::kVersatile, "versatile"}}};
constexpr EnumNames<Reading, 2> kReadings = {{{Reading::kRelease, "release"}, {Reading::kPaper, "paper"}}};
constexpr EnumNames<Branches, 3> kBranches = {
    {{Branches::kBoth, "both"}, {Branches::kWidth, "width"}, {Branches::kDepth, "depth"}}};

void CheckRange(int64_t value, int64_t least, int64_t most, const char* field, const std::string& origin) {
  VFFN_CHECK(value >= least && value <= most, origin, ": ", field, " is ", value, ", should be ", least,
             " to ", most);
}

void ValidateExperts(const FfnConfig& config, int64_t ffn_hidden_size, const std::string& origin) {
  CheckRange(config.n_experts, 1, kMaxExperts, "n_experts", origin);
  CheckRange(config.top_k, 1, config.n_experts, "top_k", origin);
  const int64_t most = config.kind == FfnKind::kSparseMoe ? kMaxExpertHidden : ffn_hidden_size;
  CheckRange(config.expert_hidden_size, 1, most, "expert_hidden_size", origin);
  if (config.kind == FfnKind::kVersatile) {
    const int64_t end =
        ExpertBegin(config, ffn_hidden_size, config.n_experts - 1) + config.expert_hidden_size;
    VFFN_CHECK(end <= ffn_hidden_size, origin, ": ", config.n_experts, " experts of ",
               config.expert_hidden_size, " hidden units, one after the other, do not fit into an FFN of ",
               ffn_hidden_size);
  }
}

}  // namespace

std::string_view NameOf(FfnKind kind) { return NameIn(kKinds, kind); }
std::string_view NameOf(Reading reading) { return NameIn(kReadings, reading); }
std::string_view NameOf(Branches branches) { return NameIn(kBranches, branches); }

void Parse(std::string_view name, const std::string& origin, FfnKind& kind) {
  ParseIn(kKinds, name, origin, kind);
}
void Parse(std::string_view name, const std::string& origin, Reading& reading) {
  ParseIn(kReadings, name, origin, reading);
}
void Parse(std::string_view name, const std::string& origin, Branches& branches) {
  ParseIn(kBranches, name, origin, branches);
}

std::optional<double> FixedLambda(const Probes& probes) {
  switch (probes.branches) {
    case Branches::kWidth:
      return 1.0;
    case Branches::kDepth:
      return 0.0;
    case Branches::kBoth:
      break;
  }
  return probes.lambda;
}

int64_t ExpertBegin(const FfnConfig& config, int64_t ffn_hidden_size, int64_t expert) {
  if (config.expert_slices == Reading::kRelease) {
    return expert * config.expert_hidden_size;
  }
  return config.n_experts == 1
             ? 0
             : expert * ((ffn_hidden_size - config.expert_hidden_size) / (config.n_experts - 1));
}

void Validate(const FfnConfig& config, int64_t ffn_hidden_size, const std::string& origin) {
  const bool versatile = config.kind == FfnKind::kVersatile;
  if (HasExperts(config.kind)) {
    ValidateExperts(config, ffn_hidden_size, origin);
  }
  if (versatile || config.kind == FfnKind::kKLoop) {
    CheckRange(config.max_loops, 1, kMaxLoops, "max_loops", origin);
    CheckRange(config.probes.loops, 0, config.max_loops, "loops", origin);
  }
  if (versatile) {
    VFFN_CHECK(std::isfinite(config.tau) && config.tau > 0, origin, ": tau is ", config.tau,
               ", should be positive");
    const double lambda = config.probes.lambda.value_or(0.0);
    VFFN_CHECK(lambda >= 0 && lambda <= 1, origin, ": lambda is ", lambda, ", should be 0 to 1");
    VFFN_CHECK(config.probes.branches == Branches::kBoth || !config.probes.lambda, origin,
               ": lambda is given, but branches is ", NameOf(config.probes.branches),
               ": there is nothing to weigh");
    VFFN_CHECK(config.probes.loops == 0 || !config.probes.shuffle_loops, origin,
               ": shuffle_loops is given, but with loops given all tokens have the same count");
    VFFN_CHECK(config.probes.loops == 0 || !config.probes.sample_loops, origin,
               ": sample_loops is given, but with loops given there is nothing to draw");
  }
}

}  // namespace vffn
