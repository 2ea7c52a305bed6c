#include "model/ffn/swiglu.h"

namespace vffn {

at::Tensor SiluProduct(const at::Tensor& linear, const at::Tensor& activated,
                       const kernels::Kernels* kernels) {
  if (!kernels) {
    return linear * at::silu(activated);
  }
  at::Tensor out = at::empty(linear.sizes(), linear.options());  // [rows, f]
  kernels->swiglu(linear.const_data_ptr<float>(), activated.const_data_ptr<float>(), linear.stride(0),
                  linear.size(0), linear.size(1), out.mutable_data_ptr<float>());
  return out;
}

SwiGlu::SwiGlu(Linear in, Linear out, const ComputeContext& context)
    : kernels_(context.kernels), in_(std::move(in)), out_(std::move(out)) {}

at::Tensor SwiGlu::forward(const at::Tensor& x) const {
  const at::Tensor both = in_.forward(x);  // [rows, 2F]
  const int64_t f = hidden_size();
  return out_.forward(SiluProduct(both.slice(1, 0, f), both.slice(1, f, 2 * f), kernels_));
}

}  // namespace vffn
