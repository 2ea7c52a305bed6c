#include "train/run/start_weights.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/weights/upcycled_checkpoint.h"

namespace vffn {
namespace {

class NewModel : public Checkpoint {
 public:
  NewModel(ModelConfig config, uint64_t seed) : config_(std::move(config)), seed_(seed) {
    for (ParameterSpec& spec : ParameterSpecs(config_)) {
      const std::string name = spec.name;
      specs_.emplace(name, std::move(spec));
    }
  }

  const ModelConfig& config() const override { return config_; }
  std::string format() const override { return "new"; }
  const std::vector<std::filesystem::path>& files() const override { return files_; }

  void Read(const std::string& parameter, std::span<float> out) const override {
    const auto spec = specs_.find(parameter);
    VFFN_CHECK(spec != specs_.end(), "the new model has no parameter ", parameter);
    Initialise(spec->second, seed_, out);
  }

 private:
  ModelConfig config_;
  uint64_t seed_;
  std::map<std::string, ParameterSpec> specs_;
  std::vector<std::filesystem::path> files_;
};

}  // namespace

std::unique_ptr<Checkpoint> OpenStartWeights(const StartConfig& start, uint64_t seed) {
  if (start.model) {
    Validate(*start.model, "the new model");
    return std::make_unique<NewModel>(*start.model, seed);
  }
  std::unique_ptr<Checkpoint> checkpoint = OpenCheckpoint(start.from, start.model_args);
  return start.upcycle ? Upcycle(std::move(checkpoint), *start.upcycle, seed) : std::move(checkpoint);
}

std::filesystem::path FindStartTokenizer(const StartConfig& start) {
  if (!start.tokenizer.empty()) {
    VFFN_CHECK(std::filesystem::is_regular_file(start.tokenizer), start.tokenizer,
               ": no such tokenizer file");
    return start.tokenizer;
  }
  const std::filesystem::path beside = std::filesystem::path(start.from) / "tokenizer.json";
  return !start.from.empty() && std::filesystem::is_regular_file(beside) ? beside : std::filesystem::path();
}

}  // namespace vffn
