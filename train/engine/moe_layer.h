// MoE in training: F(h) + sum_k g_k E_k(norm'(h)), with experts that have weights of their own.
#pragma once

#include <string>
#include <vector>

#include "train/engine/expert_routing.h"
#include "train/engine/ffn_layer.h"
#include "train/engine/looped_layer.h"

namespace vffn {

/// Tokens are gathered by expert, so that an expert costs about as many rows as it has tokens. The experts
/// are slices of experts_in and experts_out.
class MoeLayer : public FfnLayer {
 public:
  MoeLayer(const ModelConfig& config, int64_t layer);

  at::Tensor Forward(const LayerPass& pass, const at::Tensor& h) override;
  at::Tensor Backward(const LayerPass& pass, const at::Tensor& dy) override;
  void Clear() override;

 private:
  void GroupByExpert();
  /// Weights of an expert, contiguous: [2s, d] and [d, s].
  at::Tensor InOf(const LayerPass& pass, int64_t expert) const;
  at::Tensor OutOf(const LayerPass& pass, int64_t expert) const;
  at::Tensor ExpertsBackward(const LayerPass& pass, const at::Tensor& dout);

  /// Values of pairs, [T k, ...] by expert, in the rows of the experts.
  at::Tensor ToRows(const at::Tensor& pairs) const;

  at::Tensor GatesByRow() const;  // [rows]; 0 in rows of zeros

  /// Sum over a token's k experts of rows [rows, d]: [T, d].
  at::Tensor SumOverExperts(const at::Tensor& rows) const;

  FfnConfig config_;
  int64_t n_layers_;
  double epsilon_;
  std::string norm_, in_, out_;
  LoopedLayer dense_;
  ExpertRouting routing_;

  /// A pair is a token and one of its experts. The rows of an expert are its pairs, and rows of zeros up to
  /// RoundedRows.
  struct Activations {
    at::Tensor h, scale;          // [T, d], [T]
    at::Tensor tokens;            // [T k] token of each pair, by expert
    at::Tensor pair_rows;         // [T k] row of each pair, by expert
    at::Tensor places;            // [T, k] row of each of a token's pairs
    std::vector<int64_t> counts;  // [N] rows of each expert
    at::Tensor x, hidden, y;      // [rows, d] input, [rows, 2s], [rows, d] output of the experts
  };
  Activations kept_;
};

}  // namespace vffn
