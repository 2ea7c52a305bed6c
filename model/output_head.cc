#include "model/output_head.h"

#include <algorithm>
#include <vector>

namespace vffn {
namespace {

constexpr int64_t kHeadRows = 1024;  // rows of logits held at once by the LibTorch path

/// The targets of a part of the rows, whose first row is `begin`.
void LogSoftmaxOf(const at::Tensor& logits, int64_t begin, std::span<const Target> targets, float* log_probs,
                  uint8_t* greedy) {
  std::vector<int64_t> rows, tokens;
  for (const Target& target : targets) {
    rows.push_back(target.row - begin);
    tokens.push_back(target.token);
  }
  const at::Tensor row_index = at::tensor(rows, at::kLong).to(logits.device());
  const at::Tensor token_index = at::tensor(tokens, at::kLong).to(logits.device());
  const at::Tensor chosen = logits.index({row_index, token_index}) - logits.logsumexp(1).index({row_index});
  const at::Tensor is_best = logits.argmax(1).index({row_index}).eq(token_index);
  const at::Tensor chosen_cpu = chosen.to(at::kCPU).contiguous();
  const at::Tensor is_best_cpu = is_best.to(at::kCPU, at::kByte).contiguous();
  std::copy_n(chosen_cpu.const_data_ptr<float>(), rows.size(), log_probs);
  std::copy_n(is_best_cpu.const_data_ptr<uint8_t>(), rows.size(), greedy);
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
  size_t first = 0;
  for (int64_t begin = 0; begin < hidden.size(0); begin += kHeadRows) {
    const int64_t end = std::min(begin + kHeadRows, hidden.size(0));
    size_t next = first;
    while (next < targets.size() && targets[next].row < end) {
      ++next;
    }
    LogSoftmaxOf(Logits(hidden.slice(0, begin, end)), begin, targets.subspan(first, next - first),
                 log_probs.data() + first, greedy.data() + first);
    first = next;
  }
}

}  // namespace vffn
