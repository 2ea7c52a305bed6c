#include "model/ffn/loop_head.h"

#include "model/ffn/loop_shuffle.h"

namespace vffn {
namespace {

/// Eq. 12: sum_l l p_l.
at::Tensor Expectation(const at::Tensor& probabilities) {
  const at::Tensor loops = at::arange(1, probabilities.size(1) + 1, probabilities.options());  // [L_max]
  return (probabilities * loops).sum(1);
}

}  // namespace

LoopChoice LoopHead::forward(const at::Tensor& h, const ForwardPass& pass) const {
  LoopChoice choice;
  const std::optional<double> fixed_lambda = FixedLambda(config_.probes);
  if (fixed_lambda != 1.0) {
    Predict(h, pass, choice);
  }
  if (fixed_lambda) {
    choice.lambda = at::full({h.size(0)}, *fixed_lambda, h.options());
  } else {
    const auto most = static_cast<double>(config_.max_loops);
    choice.lambda = (most - choice.expected) / most;  // [T] Eq. 13
  }
  return choice;
}

void LoopHead::Predict(const at::Tensor& h, const ForwardPass& pass, LoopChoice& choice) const {
  if (config_.probes.loops > 0) {
    choice.counts = at::full({h.size(0)}, config_.probes.loops, h.options().dtype(at::kLong));
    choice.expected = choice.counts.to(at::kFloat);
    return;
  }
  choice.logits = projection_.forward(h);  // [T, L_max]
  Decide(pass, choice);
}

at::Tensor LoopHead::Sample(const ForwardPass& pass, const at::Tensor& logits) const {
  const at::Tensor numbers =
      at::tensor(UniformRows(*pass.batch, *config_.probes.sample_loops, layer_)).to(logits.device());  // [T]
  const at::Tensor cumulated = at::softmax(logits.to(at::kFloat), 1).cumsum(1);  // [T, L_max]
  const at::Tensor below = (cumulated <= numbers.unsqueeze(1)).sum(1);           // [T] int64
  return below.clamp_max(config_.max_loops - 1) + 1;  // rounding may leave the last sum below 1
}

void LoopHead::Decide(const ForwardPass& pass, LoopChoice& choice) const {
  choice.counts = config_.probes.sample_loops ? Sample(pass, choice.logits) : choice.logits.argmax(1) + 1;
  choice.expected = config_.expected_loops == Reading::kRelease
                        ? choice.counts.to(at::kFloat)
                        : Expectation(at::softmax(choice.logits / config_.tau, 1));
  if (config_.probes.shuffle_loops) {
    const at::Tensor from =
        at::tensor(ShuffledRows(*pass.batch, *config_.probes.shuffle_loops, layer_), at::kLong)
            .to(choice.counts.device());  // [T]
    choice.counts = choice.counts.index_select(0, from);
    choice.expected = choice.expected.index_select(0, from);
  }
}

}  // namespace vffn
