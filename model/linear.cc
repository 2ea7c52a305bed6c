#include "model/linear.h"

#include "base/error.h"

namespace vffn {
Linear::Linear(const LinearParameters& parameters, const ComputeContext& context, WorkCounter::Cell& flops,
               int64_t parts)
    : kernels_(context.kernels),
      type_(context.linear_type),
      inner_type_(context.inner_type),
      outputs_{0, parameters.weight.size(0)},
      inputs_{0, parameters.weight.size(1)},
      flops_(&flops) {
  if (parameters.bias.defined()) {
    VFFN_CHECK(parameters.bias.numel() == outputs(), "a bias of ", parameters.bias.numel(),
               " values for a layer of ", outputs(), " outputs");
    bias_ = parameters.bias.to(context.device);
  }
  if (kernels_) {
    packed_ = parameters.weight.Pack(*kernels_, context.precision, parts);
  } else {
    weight_ = parameters.weight.Read().to(context.device, type_);
  }
}

Linear Linear::Slice(Range outputs, Range inputs, WorkCounter::Cell& flops) const {
  VFFN_CHECK(
      !bias_.defined() || inputs.size() == inputs_.size(),
      "a linear layer with a bias cannot be sliced along its inputs: the bias belongs to their whole sum");
  Linear slice = *this;
  slice.outputs_ = {outputs_.begin + outputs.begin, outputs_.begin + outputs.end};
  slice.inputs_ = {inputs_.begin + inputs.begin, inputs_.begin + inputs.end};
  slice.flops_ = &flops;
  return slice;
}

Linear Linear::CountedBy(WorkCounter::Cell& flops) const {
  Linear same = *this;
  same.flops_ = &flops;
  return same;
}

void Linear::Count(int64_t rows) const {
  flops_->fetch_add(2 * rows * outputs() * inputs(), std::memory_order_relaxed);
}

void Linear::Run(const at::Tensor& x, const Norm* before, const kernels::OutputArgs& output) const {
  const std::optional<kernels::RowNorm> norm = before ? std::optional(before->ForRows()) : std::nullopt;
  kernels_->gemm(
      {.input = {.x = x.const_data_ptr<float>(), .stride = x.stride(0), .norm = norm ? &*norm : nullptr},
       .m = x.size(0),
       .w = view(),
       .output = output});
}

at::Tensor Linear::Product(const at::Tensor& x, const Norm* before, at::ScalarType result) const {
  Count(x.size(0));
  const at::Tensor weight =
      weight_.slice(0, outputs_.begin, outputs_.end).slice(1, inputs_.begin, inputs_.end);
  const at::Tensor operand = (before ? before->forward(x) : x).to(type_);
  // On a GPU the float32 sums of bfloat16 products can be had as they are; on a CPU LibTorch rounds them
  // first.
  at::Tensor y = operand.is_cuda() && result != type_
                     ? at::mm(operand, weight.t(), result)
                     : at::linear(operand, weight).to(result);  // [rows, out]
  if (bias_.defined()) {
    y.add_(bias_.slice(0, outputs_.begin, outputs_.end));
  }
  return y;
}

at::Tensor Linear::ForwardInner(const at::Tensor& x, const Norm* before) const {
  return kernels_ ? forward(x, before) : Product(x, before, inner_type_);
}

at::Tensor Linear::forward(const at::Tensor& x, const Norm* before) const {
  if (!kernels_) {
    return Product(x, before, at::kFloat);
  }
  Count(x.size(0));
  at::Tensor y = at::empty({x.size(0), outputs()}, x.options());  // [rows, out]
  Run(x, before, {.y = y.mutable_data_ptr<float>(), .stride = outputs(), .bias = bias()});
  return y;
}

at::Tensor Linear::Join(const at::Tensor& x, const ResidualConnection& connection,
                        const at::Tensor& stream) const {
  if (!kernels_ || connection.after()) {
    return connection.Add(stream, forward(x));
  }
  Count(x.size(0));
  at::Tensor y = at::empty({x.size(0), outputs()}, x.options());  // [rows, out]
  Run(x, /*before=*/nullptr, connection.Output(y, stream, bias()));
  return y;
}

}  // namespace vffn
