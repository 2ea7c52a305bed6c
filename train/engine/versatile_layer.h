// VersatileFFN in training (paper, section 3; the release's model.py:1066-1124 and 1206).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "train/engine/expert_routing.h"
#include "train/engine/ffn_chain.h"
#include "train/engine/ffn_layer.h"
#include "train/engine/loop_choice.h"

namespace vffn {

/// The forward pass computes all L_max states of every token, because the gradients of the loop head need
/// them. With the hard choice the gradient of a state that was not chosen is exactly zero, so the backward
/// pass runs the first l(t) loops of token t only, and only their activations are kept: tokens are sorted by
/// descending loop count, so that these are the first rows of each step. The width branch masks the hidden
/// units of loop 1: it costs one down-projection. Its backward pass leaves out tokens of lambda 0.
/// With the soft mixture (Eq. 11) every loop of every token has a gradient.
class VersatileLayer : public FfnLayer {
 public:
  VersatileLayer(const ModelConfig& config, int64_t layer);

  at::Tensor Forward(const LayerPass& pass, const at::Tensor& h) override;
  at::Tensor Backward(const LayerPass& pass, const at::Tensor& dy) override;
  void Clear() override;

 private:
  bool has_depth() const { return fixed_lambda_ != 1.0; }
  bool has_width() const { return fixed_lambda_ != 0.0; }

  void ChooseLoops(const LayerPass& pass, const at::Tensor& h);
  void SortByLoops(const LayerPass& pass);
  at::Tensor DepthOutput() const;
  void RunWidth(const LayerPass& pass);
  at::Tensor Fuse(const at::Tensor& depth) const;

  /// Gradients of the hidden units of loop 1 and of the gate weights.
  struct WidthGradient {
    at::Tensor dhidden;  // [T - first_width_row, F]
    at::Tensor dgates;   // [T, k]
  };
  WidthGradient WidthBackward(const LayerPass& pass, const at::Tensor& dy);
  at::Tensor DepthBackward(const LayerPass& pass, const at::Tensor& dy, const at::Tensor& dhidden);
  at::Tensor LoopHeadBackward(const LayerPass& pass, const at::Tensor& dy);

  FfnConfig config_;
  int64_t layer_, n_layers_;
  std::optional<double> fixed_lambda_;
  std::string loop_head_;
  FfnChain chain_;
  ExpertRouting routing_;
  at::Tensor begins_;  // [N] first hidden unit of each expert

  /// Rows are in the order `order`.
  struct Activations {
    at::Tensor order, inverse;  // [T] int64: sorted row to row of the batch, and back; undefined: equal
    LoopDraw draw;
    at::Tensor loop_shares;       // [L_max] share of tokens by drawn count
    std::vector<int64_t> live;    // tokens with at least 1, 2, ... L_max loops
    int64_t first_width_row = 0;  // rows before it have lambda 0
    HiddenMask mask;
    at::Tensor width;     // [T, d] output of the experts, without the residual
    at::Tensor gate_sum;  // [T] sum of the gate weights; undefined: 1
  };
  Activations kept_;
};

}  // namespace vffn
