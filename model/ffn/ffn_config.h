// The kind of feed-forward network a model has, and the options of its computation. Does not use torch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vffn {

enum class FfnKind {
  kDense,      ///< "dense": SwiGLU
  kMoe,        ///< "moe": the dense FFN plus routed experts that have weights of their own
  kSparseMoe,  ///< "sparse_moe": routed experts in place of the dense FFN (Mixtral, OLMoE), with or without a
               ///< shared expert, a dense FFN of ffn_hidden_size units (0: none)
  kKLoop,      ///< "k_loop": the dense FFN, applied max_loops times
  kVersatile,  ///< "versatile": VersatileFFN; width and depth branch share the dense FFN's weights
};

/// Whether tokens are routed to experts.
constexpr bool HasExperts(FfnKind kind) {
  return kind == FfnKind::kMoe || kind == FfnKind::kSparseMoe || kind == FfnKind::kVersatile;
}

/// Which source a step follows where the paper and the authors' release differ (docs/divergences.md).
enum class Reading {
  kRelease,  ///< "release"
  kPaper,    ///< "paper"
};

/// The branches that a VersatileFFN computes its output from (the ablations of Table 3).
enum class Branches {
  kBoth,   ///< "both"
  kWidth,  ///< "width": the width branch alone
  kDepth,  ///< "depth": the depth branch alone
};

/// Interventions on a trained model that show which of its parts matter. By default there are none.
struct Probes {
  Branches branches = Branches::kBoth;
  std::optional<double> lambda;  ///< replaces Eq. 13's weight of the width branch for every token; in [0, 1]
  int64_t loops = 0;             ///< replaces the predicted loop count of every token; 0: as predicted
  /// The shuffle control: each layer permutes the loop counts among the tokens of a sequence (the token trie
  /// of a doc), which keeps their histogram and the work. The value is the seed. Seed, layer and the tokens
  /// of the sequence alone determine the permutation.
  std::optional<uint64_t> shuffle_loops;
  /// Loop counts are drawn from softmax(logits), as in training, instead of the most probable one. The value
  /// is the seed; seed, layer and the tokens of the sequence alone determine what is drawn.
  std::optional<uint64_t> sample_loops;

  bool operator==(const Probes&) const = default;
};

/// Fields that the kind does not use are 0 or have their defaults.
struct FfnConfig {
  FfnKind kind = FfnKind::kDense;
  int64_t n_experts = 0;  ///< N (moe, sparse_moe, versatile)
  int64_t top_k = 0;      ///< k: experts that a token is routed to (moe, sparse_moe, versatile)
  /// s: hidden units of one expert; floor(F / N) in the paper (moe, sparse_moe, versatile)
  int64_t expert_hidden_size = 0;
  int64_t max_loops = 0;  ///< L_max (versatile), k (k_loop)
  /// Gate weights are the softmax over the k selected logits; otherwise over all N (sparse_moe). Its name in
  /// transformers.
  bool norm_topk_prob = true;
  /// The shared expert's output is multiplied by sigmoid of a linear function of its input (sparse_moe).
  bool shared_expert_gate = false;

  Reading expert_slices = Reading::kRelease;   ///< contiguous, or with the stride of Eq. 4 (versatile)
  Reading gate = Reading::kRelease;            ///< softmax over the k selected logits, or over all N
  Reading expected_loops = Reading::kRelease;  ///< E[L] of the hard choice, or of the distribution (Eq. 12)
  Reading loop_mixture = Reading::kRelease;    ///< Y_depth in training: the chosen state, or Eq. 11's mixture
  /// Temperature of Eq. 12's distribution at inference; used if expected_loops is the paper's.
  double tau = 1.0;
  Probes probes;

  /// Calls visit(name, field) for every field that the kind uses; the kind comes first.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("ffn", self.kind);
    const bool versatile = self.kind == FfnKind::kVersatile;
    if (HasExperts(self.kind)) {
      visit("n_experts", self.n_experts);
      visit("top_k", self.top_k);
      visit("expert_hidden_size", self.expert_hidden_size);
    }
    if (self.kind == FfnKind::kSparseMoe) {
      visit("norm_topk_prob", self.norm_topk_prob);
      visit("shared_expert_gate", self.shared_expert_gate);
    } else if (HasExperts(self.kind)) {
      visit("gate", self.gate);
    }
    if (versatile || self.kind == FfnKind::kKLoop) {
      visit("max_loops", self.max_loops);
      visit("loops", self.probes.loops);
    }
    if (versatile) {
      visit("expert_slices", self.expert_slices);
      visit("expected_loops", self.expected_loops);
      visit("loop_mixture", self.loop_mixture);
      visit("tau", self.tau);
      visit("branches", self.probes.branches);
      visit("lambda", self.probes.lambda);
      visit("shuffle_loops", self.probes.shuffle_loops);
      visit("sample_loops", self.probes.sample_loops);
    }
  }

  bool operator==(const FfnConfig&) const = default;
};

std::string_view NameOf(FfnKind kind);
std::string_view NameOf(Reading reading);
std::string_view NameOf(Branches branches);

/// Sets the last argument to the value of that name. For other names throws Error, beginning with `origin`,
/// that lists the names.
void Parse(std::string_view name, const std::string& origin, FfnKind& kind);
void Parse(std::string_view name, const std::string& origin, Reading& reading);
void Parse(std::string_view name, const std::string& origin, Branches& branches);

/// The weight of the width branch if the probes make it the same for every token: `lambda`, 1 for the width
/// branch alone, 0 for the depth branch alone. Otherwise nothing.
std::optional<double> FixedLambda(const Probes& probes);

/// First hidden unit of an expert: e * s in the release, e * floor((F - s) / (N - 1)) in Eq. 4.
int64_t ExpertBegin(const FfnConfig& config, int64_t ffn_hidden_size, int64_t expert);

/// Throws Error, beginning with `origin` and naming the field, if a value is out of range or contradicts
/// another, or if an expert exceeds the `ffn_hidden_size` hidden units.
void Validate(const FfnConfig& config, int64_t ffn_hidden_size, const std::string& origin);

}  // namespace vffn
