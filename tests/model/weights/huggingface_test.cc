#include <algorithm>
#include <limits>

#include "base/json.h"
#include "base/mapped_file.h"
#include "model/weights/huggingface_checkpoint.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/safetensors_writer.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The fixture, to be changed and written out.
class HuggingFaceFolder : public testing::Test {
 protected:
  HuggingFaceFolder()
      : weights_(TestData("weights/huggingface/model.safetensors")),
        config_(ReadJsonFile(TestData("weights/huggingface/config.json"))),
        tensors_(ReadSafetensors(weights_.bytes(), "fixture")) {}

  const std::filesystem::path& path() const { return folder_.path(); }

  void WriteConfig() const { WriteFile(path() / "config.json", config_.dump()); }

  std::unique_ptr<Checkpoint> Open() {
    WriteConfig();
    WriteSafetensors(path() / "model.safetensors", tensors_);
    return OpenCheckpoint(path());
  }

  std::string OpenError() {
    return ErrorOf([this] { Open(); });
  }

  std::string ConfigError(const char* key, const Json& value) const {
    Json changed = config_;
    changed[key] = value;
    return ErrorOf([&] { ReadHuggingFaceConfig(changed, "config.json"); });
  }

  TensorView& Tensor(const std::string& name) {
    return *std::ranges::find(tensors_, name, &TensorView::name);
  }

  void Remove(const std::string& name) {
    std::erase_if(tensors_, [&](const TensorView& tensor) { return tensor.name == name; });
  }

  TemporaryFolder folder_;
  MappedFile weights_;
  Json config_;
  std::vector<TensorView> tensors_;
};

TEST_F(HuggingFaceFolder, StacksQueriesKeysValuesAndUpGate) {
  const auto checkpoint = Open();
  EXPECT_EQ(checkpoint->format(), "safetensors");
  EXPECT_EQ(checkpoint->files(),
            (std::vector<std::filesystem::path>{path() / "config.json", path() / "model.safetensors"}));
  const auto stacked = [&](std::initializer_list<const char*> names) {
    std::vector<float> all;
    for (const char* name : names) {
      const std::vector<float> values = Values(Tensor(std::string("model.layers.1.") + name + ".weight"));
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  };
  EXPECT_EQ(ReadParameter(*checkpoint, {"layers.1.qkv.weight", {64, 32}}),
            stacked({"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}));
  EXPECT_EQ(ReadParameter(*checkpoint, {"layers.1.ffn_in.weight", {128, 32}}),
            stacked({"mlp.up_proj", "mlp.gate_proj"}));
  EXPECT_EQ(ReadParameter(*checkpoint, {"head.weight", {48, 32}}), Values(Tensor("lm_head.weight")));
  std::vector<float> wrong(3);
  EXPECT_THAT(ErrorOf([&] { checkpoint->Read("head.weight", wrong); }),
              HasSubstr("cannot be read into 3 elements"));
  EXPECT_THAT(ErrorOf([&] { checkpoint->Read("tail.weight", wrong); }),
              HasSubstr("no parameter tail.weight"));
}

TEST_F(HuggingFaceFolder, ListsEveryMisfitAtOnce) {
  Remove("model.layers.0.mlp.up_proj.weight");
  Remove("model.norm.weight");
  Tensor("model.layers.1.self_attn.k_proj.weight").shape = {32, 16};
  const std::vector<float> bias(32);
  tensors_.push_back(TensorOf("model.layers.0.self_attn.q_proj.bias", {32}, std::span<const float>(bias)));
  Tensor("model.layers.0.input_layernorm.weight").type = ElementType::kI32;
  EXPECT_THAT(
      OpenError(),
      AllOf(
          HasSubstr("\n  missing: model.layers.0.mlp.up_proj.weight [64, 32]"),
          HasSubstr("\n  missing: model.norm.weight [32]"),
          HasSubstr("\n  misshapen: model.layers.1.self_attn.k_proj.weight is [32, 16], should be [16, 32]"),
          HasSubstr("\n  unknown: model.layers.0.self_attn.q_proj.bias [32]"),
          HasSubstr("\n  not real numbers: model.layers.0.input_layernorm.weight is I32"),
          Not(HasSubstr("lm_head"))));
}

TEST_F(HuggingFaceFolder, NamesTensorAndIndexOfANaN) {
  std::vector<float> values = Values(Tensor("model.layers.0.mlp.gate_proj.weight"));
  values[5 * 32 + 7] = std::numeric_limits<float>::quiet_NaN();
  values[6 * 32] = std::numeric_limits<float>::infinity();
  Tensor("model.layers.0.mlp.gate_proj.weight") =
      TensorOf("model.layers.0.mlp.gate_proj.weight", {64, 32}, std::span<const float>(values));
  const auto checkpoint = Open();
  EXPECT_THAT(ErrorOf([&] {
                ReadParameter(*checkpoint, {"layers.0.ffn_in.weight", {128, 32}});
              }),
              HasSubstr("tensor model.layers.0.mlp.gate_proj.weight holds nan at [5, 7] (parameter "
                        "layers.0.ffn_in.weight)"));
  EXPECT_EQ(ErrorOf([&] { ReadParameter(*checkpoint, {"layers.1.ffn_in.weight", {128, 32}}); }), "");
}

TEST_F(HuggingFaceFolder, ReadsShards) {
  const auto whole = Open();
  const auto middle = tensors_.begin() + 7;
  WriteSafetensors(path() / "b.safetensors", std::vector(tensors_.begin(), middle));
  WriteSafetensors(path() / "a.safetensors", std::vector(middle, tensors_.end()));
  Json index = {{"metadata", {{"total_size", 1}}}};
  for (auto tensor = tensors_.begin(); tensor != tensors_.end(); ++tensor) {
    index["weight_map"][tensor->name] = tensor < middle ? "b.safetensors" : "a.safetensors";
  }
  const std::filesystem::path index_path = path() / "model.safetensors.index.json";
  WriteFile(index_path, index.dump());
  std::filesystem::rename(path() / "model.safetensors", path() / "whole");
  const auto sharded = OpenCheckpoint(path());
  EXPECT_EQ(sharded->files(),
            (std::vector<std::filesystem::path>{path() / "config.json", index_path, path() / "a.safetensors",
                                                path() / "b.safetensors"}));
  ExpectSameWeights(*whole, *sharded);

  const auto error = [&](const char* tensor, const Json& file) {
    Json changed = index;
    changed["weight_map"][tensor] = file;
    WriteFile(index_path, changed.dump());
    return ErrorOf([&] { OpenCheckpoint(path()); });
  };
  EXPECT_THAT(error("more.weight", "a.safetensors"),
              HasSubstr("a.safetensors holds more.weight, but it does not"));
  EXPECT_THAT(
      error("model.norm.weight", "../a.safetensors"),
      HasSubstr("weight_map.model.norm.weight is \"../a.safetensors\", should be the name of a file in "
                "this folder"));
  EXPECT_THAT(error("model.norm.weight", 1),
              HasSubstr("weight_map.model.norm.weight is 1, should be a string"));
  EXPECT_THAT(error("model.norm.weight", "c.safetensors"),
              HasSubstr("c.safetensors: this file is missing; "));
  EXPECT_THAT(
      error("model.norm.weight",
            index["weight_map"]["model.norm.weight"] == "a.safetensors" ? "b.safetensors" : "a.safetensors"),
      HasSubstr("does not say that"));
  std::filesystem::remove(index_path);
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(path()); }),
              HasSubstr("has config.json, but none of model.safetensors"));
}

TEST_F(HuggingFaceFolder, TiedHead) {
  config_["tie_word_embeddings"] = true;
  EXPECT_THAT(OpenError(), HasSubstr("lm_head.weight differs from model.embed_tokens.weight"));
  TensorView head = Tensor("model.embed_tokens.weight");
  head.name = "lm_head.weight";
  Tensor("lm_head.weight") = head;
  EXPECT_TRUE(Open()->config().tied_head);
  Remove("lm_head.weight");
  EXPECT_TRUE(Open()->config().tied_head);
  config_["tie_word_embeddings"] = false;
  EXPECT_THAT(OpenError(), HasSubstr("missing: lm_head.weight"));
}

TEST_F(HuggingFaceFolder, PassesOverRotaryTables) {
  const std::vector<float> table(4);
  tensors_.push_back(
      TensorOf("model.layers.0.self_attn.rotary_emb.inv_freq", {4}, std::span<const float>(table)));
  EXPECT_EQ(OpenError(), "");
}

TEST_F(HuggingFaceFolder, ConfigDefaultsAreThoseOfLlamaConfig) {
  config_.erase("num_key_value_heads");
  config_.erase("rms_norm_eps");
  config_.erase("rope_theta");
  config_.erase("tie_word_embeddings");
  config_["head_dim"] = nullptr;
  const ModelConfig config = ReadHuggingFaceConfig(config_, "config.json");
  EXPECT_EQ(config.n_kv_heads, 4);
  EXPECT_EQ(config.head_size, 8);
  EXPECT_EQ(config.norm_epsilon, 1e-6);
  EXPECT_EQ(config.rope_theta, 10000.0);
  EXPECT_FALSE(config.tied_head);
  config_["head_dim"] = 16;
  EXPECT_EQ(ReadHuggingFaceConfig(config_, "config.json").head_size, 16);
  config_.erase("hidden_size");
  EXPECT_EQ(ReadHuggingFaceConfig(config_, "config.json").d_model, 4096);
}

// Of several, transformers takes rope_scaling before rope_parameters, and a section before the top level.
TEST_F(HuggingFaceFolder, RotaryBaseStandsInEitherPlace) {
  const auto theta = [&] { return ReadHuggingFaceConfig(config_, "x").rope_theta; };
  EXPECT_EQ(theta(), 50000.0);
  config_["rope_parameters"] = {{"rope_type", "default"}, {"rope_theta", 7.0}};
  EXPECT_EQ(theta(), 7.0);
  config_["rope_scaling"] = {{"type", "linear"}, {"factor", 2.0}};
  EXPECT_EQ(theta(), 50000.0);
  config_["rope_scaling"] = Json::object();
  EXPECT_EQ(theta(), 7.0);
  config_["rope_parameters"].erase("rope_theta");
  EXPECT_EQ(theta(), 50000.0);
}

TEST_F(HuggingFaceFolder, RefusesUnsupportedArithmeticByName) {
  EXPECT_THAT(ConfigError("hidden_act", "relu2"),
              HasSubstr("hidden_act = \"relu2\" is not supported; supported: silu, "));
  EXPECT_THAT(ConfigError("attention_bias", "yes"), HasSubstr("attention_bias is \"yes\""));
  EXPECT_THAT(ConfigError("mlp_bias", 1), HasSubstr("mlp_bias is 1, should be true or false"));
  EXPECT_THAT(ConfigError("rope_scaling", {{"rope_type", "llama3"}, {"factor", 8.0}}),
              HasSubstr("rope_scaling.low_freq_factor is missing"));
  EXPECT_THAT(ConfigError("rope_scaling", {{"type", "proportional"}, {"factor", 2.0}}),
              HasSubstr("rope_scaling: rope_type = \"proportional\" is not supported; supported: default"));
  EXPECT_THAT(ConfigError("quantization_config", Json::object()), HasSubstr("quantization_config"));
  EXPECT_THAT(ConfigError("hidden_size", "32"), HasSubstr("hidden_size is \"32\", should be a whole number"));
  EXPECT_THAT(ConfigError("rms_norm_eps", "1e-5"), HasSubstr("rms_norm_eps is \"1e-5\", should be a number"));
  EXPECT_THAT(ConfigError("tie_word_embeddings", 1),
              HasSubstr("tie_word_embeddings is 1, should be true or false"));
  EXPECT_THAT(ConfigError("num_attention_heads", 0), HasSubstr("num_attention_heads is 0"));
}

TEST_F(HuggingFaceFolder, RefusesAbsurdSizesBeforeLookingAtTensors) {
  config_["num_hidden_layers"] = int64_t{1} << 60;
  EXPECT_THAT(OpenError(), HasSubstr("n_layers is 1152921504606846976"));
}

TEST(OpenCheckpoint, NamesWhatIsNoCheckpoint) {
  const TemporaryFolder folder;
  EXPECT_THAT(
      ErrorOf([&] { OpenCheckpoint(folder.path()); }),
      HasSubstr("none of model.json (vffn), config.yaml (OLMo), config.json (Hugging Face, OLMo-core)"));
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path() / "x"); }),
              HasSubstr("there is no such checkpoint"));
  WriteFile(folder.path() / "model.safetensors", "abc\1");
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path() / "model.safetensors"); }),
              HasSubstr("not a GGUF file"));
}

// Expected: cat config.json model.safetensors | sha256sum
TEST(Fingerprint, IsOfConfigThenWeights) {
  EXPECT_EQ(Fingerprint(*OpenCheckpoint(TestData("weights/huggingface"))),
            "c84b7408debbda0f1339ed391eaa35f57f1cd84ae60e735c7120ad02f5f52c7e");
}

}  // namespace
}  // namespace vffn
