#include "model/ffn/swiglu.h"

namespace vffn {

at::Tensor Gate(const at::Tensor& up, const at::Tensor& gate, const kernels::Kernels* kernels) {
  if (!kernels) {
    return up * at::silu(gate);
  }
  at::Tensor out = at::empty(up.sizes(), up.options());  // [rows, f]
  kernels->swiglu(up.const_data_ptr<float>(), gate.const_data_ptr<float>(), up.stride(0), up.size(0),
                  up.size(1), out.mutable_data_ptr<float>());
  return out;
}

SwiGlu::SwiGlu(RmsNorm norm, Linear in, Linear out, const ComputeContext& context)
    : kernels_(context.kernels), norm_(std::move(norm)), in_(std::move(in)), out_(std::move(out)) {}

at::Tensor SwiGlu::forward(const at::Tensor& x) const {
  const at::Tensor up_gate = in_.forward(norm_.forward(x));  // [rows, 2F]
  const int64_t f = hidden_size();
  return out_.forward(Gate(up_gate.slice(1, 0, f), up_gate.slice(1, f, 2 * f), kernels_), x);
}

}  // namespace vffn
