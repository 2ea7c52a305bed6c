// The parameters of a model in training: master weights, their casts, gradients and optimiser state.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/parameters.h"
#include "model/weights/checkpoint.h"

namespace vffn {

/// Each kind of value of all parameters is one flat vector, so that optimiser, clipping, all-reduce and
/// checkpoints handle one tensor. Parameters are views of it, in the order of ParameterSpecs, with zeros in
/// the gaps that alignment leaves. All tensors are on the model's device.
class ParameterStore {
 public:
  /// `type` is that of the casts; kDouble makes every vector float64 (otherwise masters are float32).
  ParameterStore(const Checkpoint& checkpoint, at::Device device, at::ScalarType type);

  const std::vector<ParameterSpec>& specs() const { return specs_; }

  at::Tensor& masters() { return masters_; }        // [P]
  at::Tensor& gradients() { return gradients_; }    // [P], of the loss, summed over micro-batches
  at::Tensor& first_moments() { return first_; }    // [P] AdamW
  at::Tensor& second_moments() { return second_; }  // [P]
  const at::Tensor& masters() const { return masters_; }
  const at::Tensor& gradients() const { return gradients_; }
  const at::Tensor& first_moments() const { return first_; }
  const at::Tensor& second_moments() const { return second_; }

  // Views by name. Linear weights are [out, in], vectors [n].
  at::Tensor master(const std::string& name) const { return View(masters_, name); }
  at::Tensor gradient(const std::string& name) const { return View(gradients_, name); }
  at::Tensor cast(const std::string& name) const { return View(casts_, name); }  ///< of the linear type
  bool Has(const std::string& name) const { return places_.contains(name); }

  /// View of any flat vector [P].
  at::Tensor View(const at::Tensor& flat, const std::string& name) const;

  /// Refreshes the casts from the masters: once a step.
  void CastWeights();
  void ZeroGradients();

  /// Where parameters of one treatment stand: offsets into the flat vectors.
  struct Range {
    int64_t begin = 0, end = 0;
  };
  Range RangeOf(const std::string& name) const;

 private:
  struct Place {
    int64_t offset = 0;
    std::vector<int64_t> shape;
  };
  const Place& PlaceOf(const std::string& name) const;

  std::vector<ParameterSpec> specs_;
  std::map<std::string, Place> places_;
  at::Tensor masters_, casts_, gradients_, first_, second_;
};

}  // namespace vffn
