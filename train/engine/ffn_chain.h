// The dense FFN of a layer, applied once or several times: H^(l) = F(H^(l-1)) (Eq. 2, Eq. 9).
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/config.h"
#include "train/engine/layer_pass.h"

namespace vffn {

/// The first `live[l - 1]` rows take part in step l with all that their backward pass needs; the other rows'
/// state is computed, and nothing of it but the state is kept (up to RoundedRows). The counts do not increase
/// from step to step.
class FfnChain {
 public:
  FfnChain(const ModelConfig& config, int64_t layer);

  /// Runs live.size() steps on h [T, d]. With `keep_hidden`, keeps HiddenOfStep1.
  void Forward(const LayerPass& pass, const at::Tensor& h, std::vector<int64_t> live, bool keep_hidden);

  /// Only norm and hidden units of step 1, which are kept, for a layer without a depth branch.
  void ForwardHidden(const LayerPass& pass, const at::Tensor& h);

  /// States H^(0), H^(1), ... , each [T, d].
  const std::vector<at::Tensor>& states() const { return states_; }

  /// The last state, for a caller whose backward pass does not need it: the chain keeps it no longer.
  at::Tensor TakeLastState();

  /// Hidden units of step 1, after the activation: [T, F].
  const at::Tensor& HiddenOfStep1() const { return hidden_of_step1_; }

  /// A token's output through the down-projection: [T, F] to [T, d].
  at::Tensor Out(const LayerPass& pass, const at::Tensor& hidden) const;

  /// Another gradient of the hidden units of step 1.
  struct HiddenGradient {
    at::Tensor values;      // [T - first_row, F]; undefined: none
    int64_t first_row = 0;  // rows before it have none
  };

  /// Runs the steps backward. `g` [T, d] is the gradient of the last state and becomes that of H^(0); before
  /// step l < L is run backward, `before_step(l)` may add to g, which is then the gradient of H^(l).
  void Backward(const LayerPass& pass, at::Tensor g, const std::function<void(int64_t step)>& before_step,
                const HiddenGradient& dhidden);

  /// The gradient of the masked hidden units of rows from `begin`, given dy [T - begin, d] of Out; adds that
  /// of the down-projection, whose input was `masked`.
  at::Tensor OutBackward(const LayerPass& pass, const at::Tensor& dy, const at::Tensor& masked) const;

  void Clear();

 private:
  struct Step {
    at::Tensor scale;   // [live] of the norm
    at::Tensor hidden;  // [live, 2F] before the activation
  };
  at::Tensor Activate(const LayerPass& pass, const at::Tensor& x, Step* keep) const;
  void StepBackward(const LayerPass& pass, int64_t step, const at::Tensor& g, const HiddenGradient& dhidden);
  at::Tensor HiddenBackward(const LayerPass& pass, const Step& kept, const at::Tensor& g,
                            const HiddenGradient& dhidden);

  double epsilon_;
  std::string norm_, in_, out_;
  std::vector<int64_t> live_;
  std::vector<at::Tensor> states_;
  std::vector<Step> steps_;
  at::Tensor hidden_of_step1_;
};

}  // namespace vffn
