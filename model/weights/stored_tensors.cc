#include "model/weights/stored_tensors.h"

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

}  // namespace

std::vector<TensorSource> StoredTensors(const Checkpoint& source, const Recipe& recipe,
                                        const std::function<void()>& before_each) {
  const auto buffer = std::make_shared<ParameterBuffer>(source);
  std::vector<TensorSource> tensors;
  for (const ParameterSpec& parameter : ParameterSpecs(source.config())) {
    int64_t begin = 0;
    for (StoredPart& part : PartsOf(parameter, recipe, source.config())) {
      VFFN_CHECK(part.order == RowOrder::kAsOurs, part.name, ": interleaved rows are not written");
      const int64_t count = ElementCount(part.shape);
      const auto write = [buffer, before_each, parameter, begin, count](const ByteSink& sink) {
        before_each();
        const std::span<const float> values =
            buffer->Read(parameter).subspan(static_cast<size_t>(begin), static_cast<size_t>(count));
        sink({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
      };
      tensors.push_back({std::move(part.name), ElementType::kF32, std::move(part.shape), write});
      begin += count;
    }
  }
  return tensors;
}

}  // namespace vffn
