#include "model/ffn/dense.h"

namespace vffn {
namespace {

at::Tensor SwiGlu(const at::Tensor& up_gate, const kernels::Kernels* kernels) {
  const int64_t f = up_gate.size(1) / 2;
  if (!kernels) {
    return up_gate.slice(1, 0, f) * at::silu(up_gate.slice(1, f));
  }
  at::Tensor out = at::empty({up_gate.size(0), f}, up_gate.options());  // [T, F]
  kernels->swiglu(up_gate.const_data_ptr<float>(), up_gate.size(0), f, out.mutable_data_ptr<float>());
  return out;
}

}  // namespace

DenseFfn::DenseFfn(RmsNorm norm, const at::Tensor& in, const at::Tensor& out, const ComputeContext& context)
    : kernels_(context.kernels), norm_(std::move(norm)), in_(in, context), out_(out, context) {}

at::Tensor DenseFfn::forward(const at::Tensor& x) const {
  return out_.forward(SwiGlu(in_.forward(norm_.forward(x)), kernels_), x);
}

}  // namespace vffn
