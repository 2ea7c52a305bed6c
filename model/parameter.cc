#include "model/parameter.h"

#include <utility>

namespace vffn {

Parameter::Parameter(at::Tensor values) : shape_(values.sizes().vec()), values_(std::move(values)) {}

Parameter::Parameter(const Checkpoint& checkpoint, const ParameterSpec& spec, WeightPacking& packing)
    : shape_(spec.shape), checkpoint_(&checkpoint), spec_(&spec), packing_(&packing) {}

at::Tensor Parameter::Read() const {
  if (values_.defined()) {
    return values_;
  }
  at::Tensor values = at::empty(shape_, at::kFloat);
  checkpoint_->Read(spec_->name, {values.mutable_data_ptr<float>(), static_cast<size_t>(values.numel())});
  return values;
}

std::shared_ptr<const kernels::PackedMatrix> Parameter::Pack(const kernels::Kernels& kernels,
                                                             kernels::GemmPrecision precision,
                                                             int64_t parts) const {
  kernels::PackArgs args{.n = size(0), .k = size(1), .precision = precision, .parts = parts};
  if (values_.defined()) {
    args.weights = values_.const_data_ptr<float>();
    return std::make_shared<kernels::PackedMatrix>(kernels.pack(args));
  }
  return packing_->Add(kernels, args,
                       [checkpoint = checkpoint_, name = spec_->name] { return checkpoint->Rows(name); });
}

}  // namespace vffn
