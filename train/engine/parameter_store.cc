#include "train/engine/parameter_store.h"

#include <span>

#include "base/error.h"

namespace vffn {
namespace {

constexpr int64_t kAlignment = 16;  // elements: each parameter begins on a cache line of float32

std::vector<int64_t> TensorShape(const ParameterSpec& spec) {
  return spec.shape[1] == 1 ? std::vector<int64_t>{spec.shape[0]} : spec.shape;
}

}  // namespace

ParameterStore::ParameterStore(const Checkpoint& checkpoint, at::Device device, at::ScalarType type)
    : specs_(ParameterSpecs(checkpoint.config())) {
  int64_t total = 0;
  for (const ParameterSpec& spec : specs_) {
    places_[spec.name] = {total, TensorShape(spec)};
    total += (spec.elements() + kAlignment - 1) / kAlignment * kAlignment;
  }
  at::Tensor values = at::zeros({total}, at::kFloat);  // [P] float32 on the CPU
  auto* data = values.mutable_data_ptr<float>();
  for (const ParameterSpec& spec : specs_) {
    checkpoint.Read(spec.name, std::span<float>(data + places_.at(spec.name).offset,
                                                static_cast<size_t>(spec.elements())));
  }
  masters_ = values.to(device, type == at::kDouble ? at::kDouble : at::kFloat);
  gradients_ = at::zeros_like(masters_);
  first_ = at::zeros_like(masters_);
  second_ = at::zeros_like(masters_);
  casts_ = type == masters_.scalar_type() ? masters_ : masters_.to(type);
}

const ParameterStore::Place& ParameterStore::PlaceOf(const std::string& name) const {
  const auto place = places_.find(name);
  VFFN_CHECK(place != places_.end(), "the model has no parameter ", name);
  return place->second;
}

at::Tensor ParameterStore::View(const at::Tensor& flat, const std::string& name) const {
  const Place& place = PlaceOf(name);
  int64_t elements = 1;
  for (const int64_t size : place.shape) {
    elements *= size;
  }
  return flat.narrow(0, place.offset, elements).view(place.shape);
}

ParameterStore::Range ParameterStore::RangeOf(const std::string& name) const {
  const Place& place = PlaceOf(name);
  int64_t elements = 1;
  for (const int64_t size : place.shape) {
    elements *= size;
  }
  return {place.offset, place.offset + elements};
}

void ParameterStore::CastWeights() {
  if (!casts_.is_same(masters_)) {
    casts_.copy_(masters_);
  }
}

void ParameterStore::ZeroGradients() { gradients_.zero_(); }

}  // namespace vffn
