#include <algorithm>
#include <limits>
#include <set>

#include "base/json.h"
#include "base/mapped_file.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/checkpoint_writer.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/safetensors_writer.h"
#include "tests/model/weights/fixture.h"
#include "tests/model/weights/gguf_builder.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Architectures, EveryFormIsComplete) {
  std::set<std::string> names;
  for (const Architecture& architecture : Architectures()) {
    EXPECT_TRUE(architecture.hugging_face || architecture.gguf || architecture.olmo);
    if (const auto& form = architecture.hugging_face) {
      EXPECT_TRUE(names.insert(form->class_name).second) << form->class_name;
      EXPECT_NE(form->model_type, "");
      EXPECT_NE(form->read_config, nullptr);
      EXPECT_EQ(form->write_config == nullptr, form->misfit == nullptr);
    }
    if (const auto& form = architecture.gguf) {
      EXPECT_TRUE(names.insert("gguf " + form->name).second) << form->name;
    }
    if (const auto& form = architecture.olmo) {
      ASSERT_FALSE(form->block_types.empty());
      for (const std::string& type : form->block_types) {
        EXPECT_TRUE(names.insert("olmo " + type).second) << type;
      }
      EXPECT_NE(form->read_config, nullptr);
    }
  }
}

/// The fixture of the Hugging Face tests (2 layers, d 32, 4 heads of 8, 2 for keys and values, F 64) with
/// tensors added to it.
class TinyCheckpoint {
 public:
  TinyCheckpoint()
      : config(ReadJsonFile(TestData("weights/huggingface/config.json"))),
        file_(TestData("weights/huggingface/model.safetensors")),
        tensors_(ReadSafetensors(file_.bytes(), "fixture")) {}

  /// Adds a vector of random values to every layer; "{}" stands for the layer.
  void AddVectors(const std::string& pattern, int64_t size) {
    for (const char* layer : {"0", "1"}) {
      std::string name = pattern;
      name.replace(name.find("{}"), 2, layer);
      std::vector<float>& values = added_[name];
      for (int64_t i = 0; i < size; ++i) {
        values.push_back(static_cast<float>(std::hash<std::string>()(name) % 1000) +
                         static_cast<float>(i) / 128);
      }
      tensors_.push_back(TensorOf(name, {size}, std::span<const float>(values)));
    }
  }

  std::vector<float>& Added(const std::string& name) { return added_.at(name); }

  std::vector<float> Concatenated(std::initializer_list<const char*> names) const {
    std::vector<float> all;
    for (const char* name : names) {
      all.insert(all.end(), added_.at(name).begin(), added_.at(name).end());
    }
    return all;
  }

  void Write(const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    WriteFile(folder / "config.json", config.dump());
    WriteSafetensors(folder / "model.safetensors", tensors_);
  }

  Json config;

 private:
  MappedFile file_;
  std::vector<TensorView> tensors_;
  std::map<std::string, std::vector<float>> added_;
};

/// All biases that Llama may have.
class LlamaBiases : public testing::Test {
 protected:
  LlamaBiases() {
    for (const auto& [name, size] : {std::pair("self_attn.q_proj", 32), std::pair("self_attn.k_proj", 16),
                                     std::pair("self_attn.v_proj", 16), std::pair("self_attn.o_proj", 32)}) {
      tiny_.AddVectors(std::string("model.layers.{}.") + name + ".bias", size);
    }
    for (const auto& [name, size] :
         {std::pair("mlp.gate_proj", 64), std::pair("mlp.up_proj", 64), std::pair("mlp.down_proj", 32)}) {
      tiny_.AddVectors(std::string("model.layers.{}.") + name + ".bias", size);
    }
    tiny_.config["attention_bias"] = true;
    tiny_.config["mlp_bias"] = true;
  }

  std::unique_ptr<Checkpoint> Open() {
    tiny_.Write(folder_ / "hf");
    return OpenCheckpoint(folder_ / "hf");
  }

  std::string OpenError() {
    return ErrorOf([&] { Open(); });
  }

  TemporaryFolder folder_;
  TinyCheckpoint tiny_;
};

TEST_F(LlamaBiases, AreStackedAsTheirWeights) {
  const auto checkpoint = Open();
  const ModelConfig& config = checkpoint->config();
  EXPECT_TRUE(config.qkv_bias && config.attention_out_bias && config.ffn_bias);
  EXPECT_EQ(
      ReadParameter(*checkpoint, {"layers.1.qkv.bias", {64}}),
      tiny_.Concatenated({"model.layers.1.self_attn.q_proj.bias", "model.layers.1.self_attn.k_proj.bias",
                          "model.layers.1.self_attn.v_proj.bias"}));
  EXPECT_EQ(ReadParameter(*checkpoint, {"layers.0.attention_out.bias", {32}}),
            tiny_.Added("model.layers.0.self_attn.o_proj.bias"));
  EXPECT_EQ(ReadParameter(*checkpoint, {"layers.0.ffn_in.bias", {128}}),
            tiny_.Concatenated({"model.layers.0.mlp.up_proj.bias", "model.layers.0.mlp.gate_proj.bias"}));
  EXPECT_EQ(ReadParameter(*checkpoint, {"layers.1.ffn_out.bias", {32}}),
            tiny_.Added("model.layers.1.mlp.down_proj.bias"));
}

TEST_F(LlamaBiases, MustBeThereExactlyIfTheConfigurationSaysSo) {
  tiny_.config["mlp_bias"] = false;
  EXPECT_THAT(OpenError(), AllOf(HasSubstr("unknown: model.layers.0.mlp.gate_proj.bias [64]"),
                                 HasSubstr("unknown: model.layers.1.mlp.down_proj.bias [32]")));
  TinyCheckpoint without;
  without.config["attention_bias"] = true;
  without.Write(folder_ / "without");
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder_ / "without"); }),
              AllOf(HasSubstr("missing: model.layers.0.self_attn.k_proj.bias [16]"),
                    HasSubstr("missing: model.layers.1.self_attn.o_proj.bias [32]")));
}

TEST_F(LlamaBiases, ANaNIsNamedWithItsIndex) {
  tiny_.Added("model.layers.1.self_attn.v_proj.bias")[5] = std::numeric_limits<float>::quiet_NaN();
  const auto checkpoint = Open();
  EXPECT_THAT(ErrorOf([&] {
                ReadParameter(*checkpoint, {"layers.1.qkv.bias", {64}});
              }),
              HasSubstr("tensor model.layers.1.self_attn.v_proj.bias holds nan at [5] (parameter "
                        "layers.1.qkv.bias)"));
}

TEST_F(LlamaBiases, ATruncatedFileIsRefusedInEveryLayout) {
  const auto checkpoint = Open();
  ASSERT_TRUE(WriteCheckpoint(*checkpoint, CheckpointFormat::kVffn, folder_ / "ours"));
  for (const char* name : {"hf", "ours"}) {
    const std::filesystem::path weights = folder_ / name / "model.safetensors";
    const std::string bytes = ReadFile(weights);
    WriteFile(weights, bytes.substr(0, bytes.size() - 4));
    EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder_ / name); }), HasSubstr("truncated: tensor "));
  }
}

TEST_F(LlamaBiases, AreTheSameInOurLayout) {
  const auto checkpoint = Open();
  ASSERT_TRUE(WriteCheckpoint(*checkpoint, CheckpointFormat::kVffn, folder_ / "ours"));
  const auto ours = OpenCheckpoint(folder_ / "ours");
  EXPECT_EQ(ours->config(), checkpoint->config());
  ExpectSameWeights(*checkpoint, *ours);
  ASSERT_TRUE(WriteCheckpoint(*ours, CheckpointFormat::kHuggingFace, folder_ / "again"));
  EXPECT_EQ(OpenCheckpoint(folder_ / "again")->config(), checkpoint->config());
  ExpectSameWeights(*checkpoint, *OpenCheckpoint(folder_ / "again"));
}

/// As convert_hf_to_gguf.py orders the rows of a vector for q and k with heads of 8: [heads, 2, 4] -> [heads,
/// 4, 2].
std::vector<float> Interleaved(const std::vector<float>& half_split) {
  std::vector<float> stored;
  for (size_t head = 0; head < half_split.size(); head += 8) {
    for (size_t j = 0; j < 4; ++j) {
      stored.push_back(half_split[head + j]);
      stored.push_back(half_split[head + 4 + j]);
    }
  }
  return stored;
}

/// The GGUF fixture, which has the weights of the Hugging Face fixture, with biases added.
GgufBuilder WithBiases(const GgufFile& fixture, TinyCheckpoint& tiny) {
  GgufBuilder builder;
  for (const auto& [key, value] : fixture.metadata()) {
    builder.Value(key, value);
  }
  for (const TensorView& tensor : fixture.tensors()) {
    builder.Tensor(tensor.name, tensor.shape, Values(tensor));
  }
  for (const std::string layer : {"0", "1"}) {
    const auto add = [&](const std::string& theirs, const std::string& ours, bool rotary = false) {
      const std::vector<float>& values = tiny.Added("model.layers." + layer + "." + ours + ".bias");
      builder.Tensor("blk." + layer + "." + theirs + ".bias", {static_cast<int64_t>(values.size())},
                     rotary ? Interleaved(values) : values);
    };
    add("attn_q", "self_attn.q_proj", true);
    add("attn_k", "self_attn.k_proj", true);
    add("attn_v", "self_attn.v_proj");
    add("attn_output", "self_attn.o_proj");
    add("ffn_up", "mlp.up_proj");
    add("ffn_gate", "mlp.gate_proj");
    add("ffn_down", "mlp.down_proj");
  }
  return builder;
}

TEST_F(LlamaBiases, OfGgufEqualThoseOfHuggingFace) {
  const MappedFile file(TestData("weights/llama.gguf"));
  WriteFile(folder_ / "biased.gguf", WithBiases(GgufFile(file.bytes(), "fixture"), tiny_).Bytes());
  const auto gguf = OpenCheckpoint(folder_ / "biased.gguf");
  const auto huggingface = Open();
  EXPECT_TRUE(gguf->config().qkv_bias && gguf->config().attention_out_bias && gguf->config().ffn_bias);
  ExpectSameWeights(*huggingface, *gguf);
}

TEST_F(LlamaBiases, OfGgufMayBeStoredInBlocks) {
  const MappedFile file(TestData("weights/llama.gguf"));
  const GgufFile fixture(file.bytes(), "fixture");
  std::string block = Little<uint16_t>(0x3c00);  // Q8_0: scale 1, then 32 integers
  std::vector<float> expected;
  for (int8_t i = 0; i < 32; ++i) {
    block += static_cast<char>(i - 9);
    expected.push_back(static_cast<float>(i - 9));
  }
  constexpr uint32_t kQ8_0 = 8;
  GgufBuilder builder;
  for (const auto& [key, value] : fixture.metadata()) {
    builder.Value(key, value);
  }
  for (const TensorView& tensor : fixture.tensors()) {
    builder.Tensor(tensor.name, tensor.shape, Values(tensor));
  }
  for (const char* name : {"blk.0.attn_output.bias", "blk.1.attn_output.bias"}) {
    builder.TensorWithData(name, {32}, kQ8_0, block);
  }
  WriteFile(folder_ / "blocks.gguf", builder.Bytes());
  const auto gguf = OpenCheckpoint(folder_ / "blocks.gguf");
  EXPECT_FALSE(gguf->config().qkv_bias);
  EXPECT_EQ(ReadParameter(*gguf, {"layers.1.attention_out.bias", {32}}), expected);
}

TEST_F(LlamaBiases, OfGgufMustBeComplete) {
  const MappedFile file(TestData("weights/llama.gguf"));
  const GgufFile fixture(file.bytes(), "fixture");
  GgufBuilder builder = WithBiases(fixture, tiny_);
  const size_t at = builder.table.find("blk.1.attn_k.bias");
  builder.table.replace(at, 17, "blk.1.attn_x.bias");
  WriteFile(folder_ / "biased.gguf", builder.Bytes());
  EXPECT_THAT(
      ErrorOf([&] { OpenCheckpoint(folder_ / "biased.gguf"); }),
      AllOf(HasSubstr("missing: blk.1.attn_k.bias [16]"), HasSubstr("unknown: blk.1.attn_x.bias [16]")));
}

}  // namespace
}  // namespace vffn
