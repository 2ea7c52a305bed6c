#include "model/output_head.h"

#include <algorithm>
#include <vector>

namespace vffn {
namespace {

constexpr int64_t kLogits = int64_t{1} << 26;  // held at once by the LibTorch path

/// Where the targets are: int64, on a device.
struct TargetIndex {
  TargetIndex(std::span<const Target> targets, const at::Device& device) {
    const auto count = static_cast<int64_t>(targets.size());
    const at::Tensor both = at::empty({2, count}, at::kLong);
    for (int64_t i = 0; i < count; ++i) {
      both.mutable_data_ptr<int64_t>()[i] = targets[i].row;
      both.mutable_data_ptr<int64_t>()[count + i] = targets[i].token;
    }
    const at::Tensor there = both.to(device);
    rows = there[0];
    tokens = there[1];
  }

  at::Tensor rows, tokens;  // [targets]
};

/// The log-probabilities of targets [first, last), and whether they are the best, for logits of the rows from
/// `begin` on: [2, targets] float32.
at::Tensor LogSoftmaxOf(const at::Tensor& logits, int64_t begin, const TargetIndex& index, int64_t first,
                        int64_t last) {
  const at::Tensor rows = index.rows.slice(0, first, last) - begin,
                   tokens = index.tokens.slice(0, first, last);
  const at::Tensor log_probs = at::log_softmax(logits, 1).index({rows, tokens});
  return at::stack({log_probs, logits.argmax(1).index_select(0, rows).eq(tokens).to(at::kFloat)});
}

}  // namespace

OutputHead::OutputHead(const ModelConfig& config, const LinearParameters& parameters,
                       const ComputeContext& context)
    : kernels_(context.kernels),
      linear_(parameters, context, context.work->flops(0, Work::kOutputHead)),
      multiplier_(config.logit_multiplier),
      softcap_(config.logit_softcap) {}

at::Tensor OutputHead::Logits(const at::Tensor& hidden) const {
  at::Tensor logits = linear_.forward(hidden);
  if (multiplier_ != 1.0) {
    logits.mul_(multiplier_);
  }
  if (softcap_) {
    logits.div_(*softcap_).tanh_().mul_(*softcap_);
  }
  return logits;
}

void OutputHead::LogSoftmax(const at::Tensor& hidden, std::span<const Target> targets,
                            std::span<float> log_probs, std::span<uint8_t> greedy) const {
  if (kernels_) {
    linear_.Count(hidden.size(0));
    const kernels::PackedView w = linear_.view();
    kernels_->head({.hidden = hidden.const_data_ptr<float>(),
                    .rows = hidden.size(0),
                    .w = w.matrix,
                    .logits = {.bias = linear_.bias(),
                               .multiplier = static_cast<float>(multiplier_),
                               .softcap = static_cast<float>(softcap_.value_or(0))},
                    .targets = targets,
                    .log_probs = log_probs.data(),
                    .greedy = greedy.data()});
    return;
  }
  const TargetIndex index(targets, hidden.device());
  const int64_t step = std::max<int64_t>(1, kLogits / linear_.outputs());
  std::vector<at::Tensor> results;
  int64_t first = 0;
  for (int64_t begin = 0; begin < hidden.size(0); begin += step) {
    const int64_t end = std::min(begin + step, hidden.size(0));
    int64_t last = first;
    while (last < std::ssize(targets) && targets[last].row < end) {
      ++last;
    }
    results.push_back(LogSoftmaxOf(Logits(hidden.slice(0, begin, end)), begin, index, first, last));
    first = last;
  }
  const at::Tensor all = at::cat(results, 1).cpu().contiguous();  // [2, targets]: one copy
  std::copy_n(all.const_data_ptr<float>(), targets.size(), log_probs.data());
  std::transform(all.const_data_ptr<float>() + targets.size(),
                 all.const_data_ptr<float>() + 2 * targets.size(), greedy.data(),
                 [](float best) { return static_cast<uint8_t>(best != 0); });
}

}  // namespace vffn
