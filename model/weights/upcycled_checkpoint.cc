#include "model/weights/upcycled_checkpoint.h"

#include <map>
#include <set>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

class UpcycledCheckpoint : public Checkpoint {
 public:
  UpcycledCheckpoint(std::unique_ptr<Checkpoint> dense, ModelConfig config, uint64_t seed)
      : dense_(std::move(dense)), config_(std::move(config)), seed_(seed) {
    for (const ParameterSpec& spec : ParameterSpecs(dense_->config())) {
      copied_.insert(spec.name);
    }
    for (const ParameterSpec& spec : ParameterSpecs(config_)) {
      if (!copied_.contains(spec.name)) {
        fresh_.emplace(spec.name, spec);
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
    Initialise(fresh->second, seed_, out);
  }

  std::shared_ptr<const MatrixRows> Rows(const std::string& parameter) const override {
    return copied_.contains(parameter) ? dense_->Rows(parameter) : Checkpoint::Rows(parameter);
  }

 private:
  std::unique_ptr<Checkpoint> dense_;
  ModelConfig config_;
  uint64_t seed_;
  std::set<std::string> copied_;
  std::map<std::string, ParameterSpec> fresh_;
};

}  // namespace

std::unique_ptr<Checkpoint> Upcycle(std::unique_ptr<Checkpoint> dense, FfnConfig ffn, uint64_t seed) {
  ModelConfig config = dense->config();
  VFFN_CHECK(config.ffn.kind == FfnKind::kDense,
             "upcycling: only a dense model is upcycled, this one's FFN is ", NameOf(config.ffn.kind));
  VFFN_CHECK(ffn.kind != FfnKind::kDense, "upcycling: the new FFN is dense, too");
  VFFN_CHECK(ffn.kind != FfnKind::kSparseMoe,
             "upcycling: an FFN of kind sparse_moe would replace the dense FFN by untrained experts; a dense "
             "model is upcycled to moe, k_loop or versatile");
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
