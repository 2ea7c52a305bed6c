// A parameter of a layer, which is read when its layer knows in what form it needs the values.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <vector>

#include "model/kernels/kernels.h"
#include "model/parameters.h"
#include "model/weight_packing.h"
#include "model/weights/checkpoint.h"

namespace vffn {

class Parameter {
 public:
  /// Values in memory: float32, on the CPU.
  Parameter(at::Tensor values);

  /// A parameter of a checkpoint, which `packing` packs. All must outlive the parameter.
  Parameter(const Checkpoint& checkpoint, const ParameterSpec& spec, WeightPacking& packing);

  int64_t size(size_t dimension) const { return shape_[dimension]; }

  /// All values as a float32 tensor on the CPU.
  at::Tensor Read() const;

  /// A matrix, packed for kernels in so many parts; one of a checkpoint is filled when the packing runs.
  std::shared_ptr<const kernels::PackedMatrix> Pack(const kernels::Kernels& kernels,
                                                    kernels::GemmPrecision precision, int64_t parts) const;

 private:
  std::vector<int64_t> shape_;
  at::Tensor values_;  // or, if undefined:
  const Checkpoint* checkpoint_ = nullptr;
  const ParameterSpec* spec_ = nullptr;
  WeightPacking* packing_ = nullptr;
};

}  // namespace vffn
