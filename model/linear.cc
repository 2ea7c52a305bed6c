#include "model/linear.h"

namespace vffn {
namespace {

constexpr int64_t kHeadRows = 1024;  // rows of logits held at once by the LibTorch path

}  // namespace

Linear::Linear(const at::Tensor& weight, const ComputeContext& context) : kernels_(context.kernels) {
  if (kernels_) {
    packed_ =
        kernels_->pack(weight.const_data_ptr<float>(), weight.size(0), weight.size(1), context.precision);
  } else {
    weight_ = weight.to(context.device, context.linear_type);
  }
}

at::Tensor Linear::forward(const at::Tensor& x, const at::Tensor& residual) const {
  if (!kernels_) {
    const at::Tensor y = at::linear(x.to(weight_.scalar_type()), weight_).to(at::kFloat);  // [rows, out]
    return residual.defined() ? y + residual : y;
  }
  at::Tensor y = at::empty({x.size(0), packed_.n}, x.options());  // [rows, out]
  kernels_->gemm({.a = x.const_data_ptr<float>(),
                  .a_stride = x.stride(0),
                  .m = x.size(0),
                  .w = &packed_,
                  .c = y.mutable_data_ptr<float>(),
                  .c_stride = packed_.n,
                  .residual = residual.defined() ? residual.const_data_ptr<float>() : nullptr});
  return y;
}

void Linear::LogSoftmax(const at::Tensor& x, std::span<const kernels::Target> targets,
                        std::span<float> log_probs, std::span<uint8_t> greedy) const {
  if (kernels_) {
    kernels_->head({.hidden = x.const_data_ptr<float>(),
                    .rows = x.size(0),
                    .w = &packed_,
                    .targets = targets,
                    .log_probs = log_probs.data(),
                    .greedy = greedy.data()});
    return;
  }
  size_t next = 0;
  for (int64_t begin = 0; begin < x.size(0); begin += kHeadRows) {
    const int64_t end = std::min(begin + kHeadRows, x.size(0));
    const size_t first = next;
    std::vector<int64_t> rows, tokens;
    for (; next < targets.size() && targets[next].row < end; ++next) {
      rows.push_back(targets[next].row - begin);
      tokens.push_back(targets[next].token);
    }
    const at::Tensor logits = forward(x.slice(0, begin, end));  // [end - begin, V]
    const at::Tensor row_index = at::tensor(rows, at::kLong).to(x.device());
    const at::Tensor token_index = at::tensor(tokens, at::kLong).to(x.device());
    const at::Tensor chosen = logits.index({row_index, token_index}) - logits.logsumexp(1).index({row_index});
    const at::Tensor is_best = logits.argmax(1).index({row_index}).eq(token_index);
    const at::Tensor chosen_cpu = chosen.to(at::kCPU).contiguous();
    const at::Tensor is_best_cpu = is_best.to(at::kCPU, at::kByte).contiguous();
    std::copy_n(chosen_cpu.const_data_ptr<float>(), rows.size(), log_probs.data() + first);
    std::copy_n(is_best_cpu.const_data_ptr<uint8_t>(), rows.size(), greedy.data() + first);
  }
}

}  // namespace vffn
