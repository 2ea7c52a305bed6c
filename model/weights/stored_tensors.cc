#include "model/weights/stored_tensors.h"

#include <cstring>
#include <memory>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

/// The parameter that was read last.
class ParameterBuffer {
 public:
  explicit ParameterBuffer(const Checkpoint& source) : source_(source) {}

  std::span<const float> Read(const ParameterSpec& parameter) {
    if (name_ != parameter.name) {
      name_.clear();  // in case reading fails
      values_.resize(static_cast<size_t>(parameter.elements()));
      source_.Read(parameter.name, values_);
      name_ = parameter.name;
    }
    return values_;
  }

 private:
  const Checkpoint& source_;
  std::string name_;
  std::vector<float> values_;
};

/// The upper half of the float, rounded to nearest even. `x` is finite, and may become infinite.
uint16_t RoundToBfloat16(float x) {
  uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

void WriteBfloat16(std::span<const float> values, const std::string& name, const ByteSink& sink) {
  constexpr uint16_t kInfinity = 0x7f80;
  std::vector<uint16_t> rounded;
  rounded.reserve(values.size());
  for (const float value : values) {
    rounded.push_back(RoundToBfloat16(value));
    VFFN_CHECK((rounded.back() & kInfinity) != kInfinity, name, ": ", value,
               " is too large for bfloat16: write float32");
  }
  sink({reinterpret_cast<const char*>(rounded.data()), rounded.size() * sizeof(uint16_t)});
}

}  // namespace

std::vector<TensorSource> StoredTensors(const Checkpoint& source, const Recipe& recipe, ElementType type,
                                        const std::function<void()>& before_each) {
  VFFN_CHECK(type == ElementType::kF32 || type == ElementType::kBf16, "weights are not written as ",
             FormatOf(type).name);
  const auto buffer = std::make_shared<ParameterBuffer>(source);
  std::vector<TensorSource> tensors;
  for (const ParameterSpec& parameter : ParameterSpecs(source.config())) {
    int64_t begin = 0;
    for (StoredPart& part : PartsOf(parameter, recipe, source.config())) {
      VFFN_CHECK(part.is_plain(), part.name, ": a tensor in another order than ours is not written");
      const int64_t count = ElementCount(part.shape);
      const auto write = [buffer, before_each, parameter, begin, count, type](const ByteSink& sink) {
        before_each();
        const std::span<const float> values =
            buffer->Read(parameter).subspan(static_cast<size_t>(begin), static_cast<size_t>(count));
        if (type == ElementType::kBf16) {
          WriteBfloat16(values, parameter.name, sink);
        } else {
          sink({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
        }
      };
      tensors.push_back({std::move(part.name), type, std::move(part.shape), write});
      begin += count;
    }
  }
  return tensors;
}

}  // namespace vffn
