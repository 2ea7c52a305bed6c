#include "train/engine/loop_choice.h"

#include <optional>

namespace vffn {
namespace {

at::Tensor OneHot(const at::Tensor& counts, int64_t max_loops, const at::TensorOptions& states) {
  return at::zeros({counts.size(0), max_loops}, states).scatter_(1, (counts - 1).unsqueeze(1), 1);
}

/// 1 .. L_max.
at::Tensor LoopNumbers(const at::Tensor& like) { return at::arange(1, like.size(1) + 1, like.options()); }

void SetLambda(const FfnConfig& config, const at::Tensor& weights, LoopDraw& draw) {
  if (const std::optional<double> fixed = FixedLambda(config.probes)) {
    draw.lambda = at::full({weights.size(0)}, *fixed, weights.options());
    return;
  }
  const auto most = static_cast<double>(config.max_loops);
  draw.lambda = (most - at::mv(weights, LoopNumbers(weights))) / most;  // Eq. 12, Eq. 13
  draw.lambda_depends_on_draw = draw.soft.defined();
}

}  // namespace

LoopDraw DrawLoops(const at::Tensor& logits, const at::Tensor& noise, double tau, const FfnConfig& config) {
  LoopDraw draw;
  draw.soft = at::softmax((logits + noise) / tau, 1);  // [T, L_max] Eq. 10
  draw.plain = at::softmax(logits, 1);
  draw.counts = draw.soft.argmax(1) + 1;
  const at::Tensor hard = OneHot(draw.counts, config.max_loops, logits.options());
  draw.mixture = config.loop_mixture == Reading::kRelease ? hard : draw.soft;
  SetLambda(config, config.expected_loops == Reading::kRelease ? hard : draw.soft, draw);
  return draw;
}

LoopDraw FixedLoops(int64_t tokens, const FfnConfig& config, const at::TensorOptions& states) {
  LoopDraw draw;
  draw.counts = at::full({tokens}, config.probes.loops, states.dtype(at::kLong));
  draw.mixture = OneHot(draw.counts, config.max_loops, states);
  SetLambda(config, draw.mixture, draw);
  return draw;
}

at::Tensor DrawBackward(const LoopDraw& draw, const at::Tensor& dmixture, const at::Tensor& dlambda,
                        double tau) {
  at::Tensor dsoft = dmixture;  // [T, L_max]
  if (draw.lambda_depends_on_draw) {
    const auto most = static_cast<double>(draw.soft.size(1));
    dsoft = dsoft - dlambda.unsqueeze(1) * (LoopNumbers(draw.soft) / most);
  }
  return draw.soft * (dsoft - (draw.soft * dsoft).sum(1, /*keepdim=*/true)) / tau;
}

at::Tensor LoopBalanceGradient(const LoopDraw& draw, const at::Tensor& shares, double coefficient) {
  const double factor =
      coefficient * static_cast<double>(shares.size(0)) / static_cast<double>(draw.plain.size(0));
  return draw.plain * (shares - at::mv(draw.plain, shares).unsqueeze(1)) * factor;
}

}  // namespace vffn
