#include "train/engine/ffn_chain.h"

#include <utility>

namespace vffn {

FfnChain::FfnChain(const ModelConfig& config, int64_t layer) : epsilon_(config.norm_epsilon) {
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  norm_ = prefix + "ffn_norm.weight";
  in_ = prefix + "ffn_in";
  out_ = prefix + "ffn_out";
}

/// Hidden units of some rows after the activation, [rows, F].
at::Tensor FfnChain::Activate(const LayerPass& pass, const at::Tensor& x, Step* keep) const {
  const auto normed = pass.ops().Norm(x, pass.linear->parameters().master(norm_), epsilon_);
  const at::Tensor u = pass.linear->Forward(in_, normed.out);  // [rows, 2F]
  if (keep) {
    *keep = {normed.scale, u};
  }
  return pass.ops().SwiGlu(u);
}

void FfnChain::Forward(const LayerPass& pass, const at::Tensor& h, std::vector<int64_t> live,
                       bool keep_hidden) {
  live_ = std::move(live);
  states_ = {h};
  steps_.resize(live_.size());
  for (size_t step = 0; step < live_.size(); ++step) {
    const at::Tensor x = states_.back();
    const at::Tensor next = at::empty_like(x);
    const int64_t kept = RoundedRows(live_[step], x.size(0)), rest = x.size(0) - kept;
    if (kept > 0) {
      const at::Tensor rows = x.narrow(0, 0, kept);
      const at::Tensor hidden = Activate(pass, rows, &steps_[step]);
      pass.ops().AddTo(rows, Out(pass, hidden), next.narrow(0, 0, kept));
      if (step == 0 && keep_hidden) {
        hidden_of_step1_ = hidden;
      }
    }
    if (rest > 0) {
      const at::Tensor rows = x.narrow(0, kept, rest);
      pass.ops().AddTo(rows, Out(pass, Activate(pass, rows, nullptr)), next.narrow(0, kept, rest));
    }
    states_.push_back(next);
  }
}

void FfnChain::ForwardHidden(const LayerPass& pass, const at::Tensor& h) {
  live_.clear();
  states_ = {h};
  steps_.resize(1);
  hidden_of_step1_ = Activate(pass, h, &steps_.front());
}

at::Tensor FfnChain::TakeLastState() {
  const at::Tensor last = states_.back();
  states_.pop_back();
  return last;
}

at::Tensor FfnChain::Out(const LayerPass& pass, const at::Tensor& hidden) const {
  return pass.linear->Forward(out_, hidden);
}

at::Tensor FfnChain::OutBackward(const LayerPass& pass, const at::Tensor& dy,
                                 const at::Tensor& masked) const {
  return pass.linear->Backward(out_, dy, masked);
}

void FfnChain::Backward(const LayerPass& pass, at::Tensor g,
                        const std::function<void(int64_t step)>& before_step, const HiddenGradient& dhidden) {
  const auto last = static_cast<int64_t>(steps_.size());
  for (int64_t step = last; step >= 1; --step) {
    if (step < last) {
      before_step(step);
    }
    StepBackward(pass, step, g, step == 1 ? dhidden : HiddenGradient());
  }
}

/// The gradient of a step's values before the activation, [rows, 2F]; `g` is that of its state in the rows
/// that take part.
at::Tensor FfnChain::HiddenBackward(const LayerPass& pass, const Step& kept, const at::Tensor& g,
                                    const HiddenGradient& dhidden) {
  const Ops& ops = pass.ops();
  if (live_.empty()) {  // no output: there is no other gradient
    return ops.SwiGluBackward(dhidden.values, kept.hidden).du;
  }
  ParameterStore& parameters = pass.linear->parameters();
  const at::Tensor dy = ops.Cast(g, kept.hidden.size(0));      // [rows, d]
  const at::Tensor da = pass.linear->InputGradient(out_, dy);  // [rows, F]
  if (dhidden.values.defined()) {
    da.narrow(0, dhidden.first_row, dhidden.values.size(0)).add_(dhidden.values);
  }
  const auto gradient = ops.SwiGluBackward(da, kept.hidden);
  pass.linear->WeightGradient(parameters.gradient(out_ + ".weight"), dy, gradient.hidden);
  if (parameters.Has(out_ + ".bias")) {
    parameters.gradient(out_ + ".bias").add_(g.sum(0));
  }
  return gradient.du;
}

/// The rows of g that take part in the step become the gradient of the state before it.
void FfnChain::StepBackward(const LayerPass& pass, int64_t step, const at::Tensor& g,
                            const HiddenGradient& dhidden) {
  const Step kept = std::exchange(steps_[step - 1], {});
  if (!kept.hidden.defined()) {
    return;  // no row takes part
  }
  const Ops& ops = pass.ops();
  const int64_t live = live_.empty() ? g.size(0) : live_[step - 1];
  const at::Tensor rows = g.narrow(0, 0, live);
  const at::Tensor du = HiddenBackward(pass, kept, rows, dhidden);
  const at::Tensor x = states_[step - 1].narrow(0, 0, du.size(0));
  const at::Tensor weight = pass.linear->parameters().master(norm_);
  const at::Tensor dnormed = pass.linear->Backward(in_, du, ops.Normalise(x, weight, kept.scale));
  ops.NormBackward(dnormed.narrow(0, 0, live), x.narrow(0, 0, live), weight, kept.scale.narrow(0, 0, live),
                   rows, pass.linear->parameters().gradient(norm_));
}

void FfnChain::Clear() {
  states_.clear();
  steps_.clear();
  live_.clear();
  hidden_of_step1_.reset();
}

}  // namespace vffn
