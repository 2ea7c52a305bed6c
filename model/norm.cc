#include "model/norm.h"

namespace vffn {

RmsNorm::RmsNorm(const at::Tensor& weight, double epsilon, const ComputeContext& context)
    : kernels_(context.kernels), weight_(weight.to(context.device)), epsilon_(epsilon) {}

at::Tensor RmsNorm::forward(const at::Tensor& x) const {
  if (!kernels_) {
    return x * (x.square().mean(-1, /*keepdim=*/true) + epsilon_).rsqrt() * weight_;
  }
  at::Tensor y = at::empty_like(x);  // [rows, d]
  kernels_->rms_norm(x.const_data_ptr<float>(), weight_.const_data_ptr<float>(), static_cast<float>(epsilon_),
                     x.size(0), x.size(1), y.mutable_data_ptr<float>());
  return y;
}

}  // namespace vffn
