#include "train/engine/head_loss.h"

#include <algorithm>

namespace vffn {
namespace {

// Rows of a block: few, so that its logits stay in a cache; and enough that adding to the head's gradient,
// which each block does, is a small part of the products.
constexpr int64_t kBlockElements = int64_t{4} << 20, kLeastRows = 1024;
const char kFinalNorm[] = "final_norm.weight";

}  // namespace

HeadLoss::HeadLoss(const ModelConfig& config)
    : epsilon_(config.norm_epsilon), head_(config.tied_head ? "embedding" : "head") {}

HeadLoss::Result HeadLoss::Run(const LayerPass& pass, const at::Tensor& x, const at::Tensor& labels,
                               bool gradients) const {
  const Ops& ops = pass.ops();
  ParameterStore& parameters = pass.linear->parameters();
  const at::Tensor weight = parameters.master(kFinalNorm);
  const auto normed = ops.Norm(x, weight, epsilon_);
  const int64_t v = parameters.cast(head_ + ".weight").size(0);
  const int64_t block = std::min(std::max(kBlockElements / v, kLeastRows), x.size(0));
  const double scale = 1 / pass.pass->loss_divisor;
  at::Tensor loss = at::zeros({}, x.options().dtype(at::kDouble));
  at::Tensor dnormed = gradients ? at::empty_like(normed.out) : at::Tensor();  // [B T, d]
  for (int64_t begin = 0; begin < x.size(0); begin += block) {
    const int64_t rows = std::min(block, x.size(0) - begin);
    const at::Tensor hidden = normed.out.narrow(0, begin, rows);
    at::Tensor logits = pass.linear->Forward(head_, hidden);  // [rows, V]
    loss.add_(ops.CrossEntropy(logits, labels.narrow(0, begin, rows), scale));
    if (gradients) {
      dnormed.narrow(0, begin, rows).copy_(pass.linear->Backward(head_, logits, hidden));
    }
  }
  Result result{.loss = loss * scale};
  if (gradients) {
    result.dx = at::zeros_like(x);
    ops.NormBackward(dnormed, x, weight, normed.scale, result.dx, parameters.gradient(kFinalNorm));
  }
  return result;
}

}  // namespace vffn
