#include "model/norm.h"

namespace vffn {
namespace {

const float* ValuesOrNull(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr;
}

at::Tensor OnDevice(const at::Tensor& tensor, const at::Device& device) {
  return tensor.defined() ? tensor.to(device) : tensor;
}

}  // namespace

Norm::Norm(const ModelConfig& config, const NormParameters& parameters, const ComputeContext& context)
    : kernels_(context.kernels),
      kind_(config.norm),
      weight_(OnDevice(parameters.weight, context.device)),
      bias_(OnDevice(parameters.bias, context.device)),
      epsilon_(config.norm_epsilon) {}

at::Tensor Norm::forward(const at::Tensor& x) const {
  if (kernels_) {
    at::Tensor y = at::empty(x.sizes(), x.options());  // [rows, d]
    Run(x.contiguous(), 1, x.size(1), y);
    return y;
  }
  if (kind_ == NormKind::kLayer) {
    return at::layer_norm(x, x.size(1), weight_, bias_, epsilon_);
  }
  const at::Tensor y = at::rms_norm(x, x.size(1), weight_, epsilon_);
  return bias_.defined() ? y + bias_ : y;
}

void Norm::ForwardGroups(at::Tensor x, int64_t groups, int64_t d) const {
  if (kernels_) {
    Run(x, groups, d, x);
    return;
  }
  at::Tensor columns = x.slice(1, 0, groups * d);
  at::Tensor y = Normalised(columns.unflatten(1, {groups, d}).to(at::kFloat));  // [rows, groups, d]
  if (weight_.defined()) {
    y = y * weight_.view({-1, d});
  }
  if (bias_.defined()) {
    y = y + bias_.view({-1, d});
  }
  columns.copy_(y.flatten(1));
}

at::Tensor Norm::Normalised(const at::Tensor& x) const {
  const at::Tensor centred = kind_ == NormKind::kLayer ? x - x.mean(-1, /*keepdim=*/true) : x;
  return centred * (centred.square().mean(-1, /*keepdim=*/true) + epsilon_).rsqrt();
}

void Norm::Run(const at::Tensor& x, int64_t groups, int64_t d, at::Tensor out) const {
  const bool own_weights = weight_.defined() && weight_.numel() > d;
  kernels_->norm({.x = x.const_data_ptr<float>(),
                  .out = out.mutable_data_ptr<float>(),
                  .rows = x.size(0),
                  .stride = x.stride(0),
                  .groups = groups,
                  .d = d,
                  .norm = ForRows(),
                  .weight_step = own_weights ? d : 0});
}

kernels::RowNorm Norm::ForRows() const {
  return {.weight = ValuesOrNull(weight_),
          .bias = ValuesOrNull(bias_),
          .epsilon = static_cast<float>(epsilon_),
          .centred = kind_ == NormKind::kLayer};
}

}  // namespace vffn
