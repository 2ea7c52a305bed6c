// Top-k routed experts that are slices of one gated FFN. VersatileFFN's width branch slices the dense FFN
// (Eq. 4 to 6); MoE and sparse MoE slice an FFN of their own.
#pragma once

#include <vector>

#include "model/ffn/ffn_config.h"
#include "model/ffn/ffn_output.h"
#include "model/ffn/mlp.h"
#include "model/ffn/token_orders.h"

namespace vffn {

/// The experts of each token, by descending gating logit (ties: the lower index first).
struct Routing {
  at::Tensor logits;   // [T, N] gating logits
  at::Tensor indices;  // [T, k] int64
  at::Tensor weights;  // [T, k] gate weights g
};

/// The hidden values of the whole FFN for the rows that experts read: experts that are slices of it find
/// their own among them.
struct KeptHidden {
  at::Tensor values;              // [n, F]
  std::span<const int64_t> rows;  // [T] the row of `values` of each token
};

/// What experts read with kernels, and what becomes of the outputs.
struct ExpertStep {
  const at::Tensor& x;                        // [T, d]
  const Norm* norm = nullptr;                 // normalises the rows first; null: none
  const ResidualConnection* joins = nullptr;  // each output joins its row of x (Eq. 8); null: it does not
  const KeptHidden* kept = nullptr;           // null: hidden values are computed
};

class RoutedExperts {
 public:
  /// `router` is [N, d]. Expert e has the hidden units ExpertBegin(config, F, e) ... + s - 1 of `mlp`, which
  /// must be gated and have no bias (see Linear::Slice).
  RoutedExperts(Linear router, const Mlp& mlp, const FfnConfig& config, WorkCounter::Cell& flops);

  /// The same experts and router, with FLOPs added to another cell.
  RoutedExperts CountedBy(WorkCounter::Cell& flops) const;

  /// Routes by the gating logits G(H) = W_g H. VersatileFFN and MoE give the stream itself, not normalised,
  /// as in the release (model.py:1089); sparse MoE gives the normalised input. The gate weights are the
  /// softmax over the k selected logits (release; norm_topk_prob), or their share of the softmax over all N
  /// logits (paper, after Eq. 7).
  Routing Route(const at::Tensor& h) const;

  /// With kernels: the routing of some rows of h.
  Routing RouteRows(const at::Tensor& h, std::span<const int64_t> rows) const;

  /// The routing of no tokens.
  Routing Nowhere(const at::TensorOptions& options) const;

  /// W_out^(e) phi(W_proj^(e) x) of Eq. 8 for each of a token's experts, best first: k tensors [T, d]. `x` is
  /// the normalised input, [T, d].
  std::vector<at::Tensor> Outputs(const at::Tensor& x, const Routing& routing) const;

  /// With kernels: pairs of tokens in the given rows.
  ExpertPairs Sort(std::span<const int64_t> rows, const Routing& routing) const;

  /// With kernels: the outputs of all pairs, [pairs, d] in their order. One kernel call per expert.
  at::Tensor PairOutputs(const ExpertStep& step, const ExpertPairs& pairs) const;

  /// With kernels: Eq. 7 of all rows of x, plus `addend` [T, d] (undefined: none), joins `stream` [T, d].
  at::Tensor Join(const ExpertStep& step, const Routing& routing, const at::Tensor& addend,
                  const ResidualConnection& connection, const at::Tensor& stream) const;

  /// With kernels: Eq. 7 of all rows of x, [T, d].
  at::Tensor Mixed(const ExpertStep& step, const Routing& routing) const;

  const kernels::Kernels* kernels() const { return kernels_; }  ///< null: LibTorch's operators

 private:
  struct Expert {
    Linear linear, activated, out;
  };

  Routing Decide(at::Tensor logits) const;
  void Mix(const ExpertStep& step, const Routing& routing, const at::Tensor& addend,
           const kernels::OutputArgs& output) const;
  // Of tokens in `rows`, into the rows of y.
  void RunExpert(const Expert& expert, const ExpertStep& step, std::span<const int64_t> rows,
                 at::Tensor y) const;
  void RunKept(const Expert& expert, const KeptHidden& kept, std::span<const int64_t> rows,
               const kernels::OutputArgs& output) const;

  FfnConfig config_;
  const kernels::Kernels* kernels_;
  ActivationFunction activation_;
  Linear router_;
  std::vector<Expert> experts_;
};

/// What a trace records of a routing.
FfnDecisions DecisionsOf(const Routing& routing);

/// Eq. 7: sum_k g_k Y_k, added up best expert first, so that a token's sum does not depend on other tokens.
/// `outputs` are k tensors [T, d], `weights` is [T, k].
at::Tensor WeightedSum(const std::vector<at::Tensor>& outputs, const at::Tensor& weights);

}  // namespace vffn
