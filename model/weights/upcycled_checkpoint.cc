#include "model/weights/upcycled_checkpoint.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "model/weights/tensor_view.h"

namespace vffn {
namespace {

constexpr double kDeviation = 0.02;  // OLMo's init_std
constexpr double kCut = 3;           // OLMo's init_cutoff_factor

class UpcycledCheckpoint : public Checkpoint {
 public:
  UpcycledCheckpoint(std::unique_ptr<Checkpoint> dense, ModelConfig config, uint64_t seed)
      : dense_(std::move(dense)), config_(std::move(config)), seed_(seed) {
    for (const ParameterSpec& spec : ParameterSpecs(dense_->config())) {
      copied_.insert(spec.name);
    }
    for (ParameterSpec& spec : ParameterSpecs(config_)) {
      if (!copied_.contains(spec.name)) {
        fresh_.emplace(std::move(spec.name), std::move(spec.shape));
      }
    }
  }

  const ModelConfig& config() const override { return config_; }
  std::string format() const override { return "upcycled"; }
  const std::vector<std::filesystem::path>& files() const override { return dense_->files(); }

  void Read(const std::string& parameter, std::span<float> out) const override {
    if (copied_.contains(parameter)) {
      dense_->Read(parameter, out);
      return;
    }
    const auto fresh = fresh_.find(parameter);
    VFFN_CHECK(fresh != fresh_.end(), "the upcycled model has no parameter ", parameter);
    const std::vector<int64_t>& shape = fresh->second;
    const size_t elements = static_cast<size_t>(shape[0] * (shape.size() == 1 ? 1 : shape[1]));
    VFFN_CHECK(out.size() == elements, "parameter ", parameter, " is ", ShapeText(shape),
               ", cannot be read into ", out.size(), " elements");
    if (shape.size() == 1) {  // only norms are vectors
      std::ranges::fill(out, 1.0f);
      return;
    }
    Random random(seed_, parameter);
    for (float& value : out) {
      value = static_cast<float>(kDeviation * random.TruncatedNormal(kCut));
    }
  }

 private:
  std::unique_ptr<Checkpoint> dense_;
  ModelConfig config_;
  uint64_t seed_;
  std::set<std::string> copied_;
  std::map<std::string, std::vector<int64_t>> fresh_;
};

}  // namespace

std::unique_ptr<Checkpoint> Upcycle(std::unique_ptr<Checkpoint> dense, FfnConfig ffn, uint64_t seed) {
  ModelConfig config = dense->config();
  VFFN_CHECK(config.ffn.kind == FfnKind::kDense,
             "upcycling: only a dense model is upcycled, this one's FFN is ", NameOf(config.ffn.kind));
  VFFN_CHECK(ffn.kind != FfnKind::kDense, "upcycling: the new FFN is dense, too");
  if (ffn.n_experts > 0 && ffn.expert_hidden_size == 0) {
    ffn.expert_hidden_size = config.ffn_hidden_size / ffn.n_experts;
    VFFN_CHECK(ffn.expert_hidden_size > 0, "upcycling: ", ffn.n_experts, " experts of an FFN with ",
               config.ffn_hidden_size, " hidden units");
  }
  config.ffn = ffn;
  Validate(config, "upcycling");
  return std::make_unique<UpcycledCheckpoint>(std::move(dense), std::move(config), seed);
}

}  // namespace vffn
