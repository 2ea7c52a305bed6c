#include "base/mapped_file.h"
#include "model/weights/architectures/olmo_config.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/safetensors_writer.h"
#include "tests/model/weights/fixture.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string Sequential() { return ReadFile(TestData("oracles/dense_sequential/checkpoint/config.yaml")); }

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

ModelConfig Read(const std::string& yaml) {
  return ReadOlmoConfig(ReadOlmoYaml(yaml, "config.yaml"), FfnKind::kDense).model;
}

std::string ErrorIn(const std::string& yaml) {
  return ErrorOf([&] { Read(yaml); });
}

std::string ErrorWith(const std::string& from, const std::string& to) {
  return ErrorIn(Replace(Sequential(), from, to));
}

TEST(OlmoConfig, ReadsTheOracles) {
  EXPECT_EQ(BlockTypeOf(ReadOlmoYaml(Sequential(), "x")), "sequential");
  EXPECT_EQ(Read(Sequential()), (ModelConfig{.d_model = 64,
                                             .n_layers = 3,
                                             .n_heads = 4,
                                             .n_kv_heads = 4,
                                             .head_size = 16,
                                             .ffn_hidden_size = 128,
                                             .vocab_size = 256,
                                             .max_sequence_length = 128,
                                             .rope_theta = 10000,
                                             .norm_epsilon = 1e-6,
                                             .tied_head = false}));
  const std::string llama = ReadFile(TestData("oracles/dense_llama/checkpoint/config.yaml"));
  EXPECT_EQ(BlockTypeOf(ReadOlmoYaml(llama, "x")), "llama");
  EXPECT_EQ(Read(llama).vocab_size, 128);  // embedding_size is null
}

TEST(OlmoConfig, FollowsOlmosDerivedSizes) {
  EXPECT_EQ(Read(Replace(Sequential(), "mlp_hidden_size: 256", "mlp_hidden_size: null")).ffn_hidden_size,
            128);
  EXPECT_EQ(Read(Replace(Sequential(), "mlp_hidden_size: 256", "mlp_hidden_size: ~")).ffn_hidden_size, 128);
  EXPECT_EQ(Read(Replace(Sequential(), "  mlp_hidden_size: 256\n", "")).ffn_hidden_size, 128);
  EXPECT_EQ(Read(Replace(Sequential(), "n_kv_heads: null", "n_kv_heads: 2")).n_kv_heads, 2);
  EXPECT_EQ(
      Read(Replace(Sequential(), "multi_query_attention: null", "multi_query_attention: true")).n_kv_heads,
      1);
  EXPECT_EQ(
      Read(Replace(Sequential(), "multi_query_attention: null", "multi_query_attention: false")).n_kv_heads,
      4);
  EXPECT_EQ(Read(Replace(Sequential(), "embedding_size: 256", "embedding_size: null")).vocab_size, 230);
  EXPECT_EQ(Read(Replace(Sequential(), "  embedding_size: 256\n", "")).vocab_size, 50304);  // OLMo's default
  EXPECT_TRUE(Read(Replace(Sequential(), "  weight_tying: false\n", "")).tied_head);        // OLMo's default
  const std::string both = Replace(Sequential(), "n_kv_heads: null", "n_kv_heads: 2");
  EXPECT_THAT(ErrorIn(Replace(both, "multi_query_attention: null", "multi_query_attention: true")),
              HasSubstr("model.n_kv_heads is 2, but model.multi_query_attention asks for 1"));
}

// YAML 1.1, which PyYAML follows, takes a number without a decimal point for a string.
TEST(OlmoConfig, TakesNumbersYaml11WouldNot) {
  EXPECT_EQ(Read(Replace(Sequential(), "layer_norm_eps: 1.0e-06", "layer_norm_eps: 5e-4")).norm_epsilon,
            5e-4);
  EXPECT_EQ(Read(Replace(Sequential(), "rope_theta: 10000", "rope_theta: \"500000\"")).rope_theta, 500000);
  EXPECT_THAT(ErrorWith("d_model: 64", "d_model: 0100"),
              HasSubstr("model.d_model: 0100 would be octal in YAML 1.1"));
  EXPECT_THAT(ErrorWith("d_model: 64", "d_model: 64.5"),
              HasSubstr("model.d_model should be a whole number, is 64.5"));
  EXPECT_THAT(ErrorWith("d_model: 64", "d_model: [64]"), HasSubstr("model.d_model should be a whole number"));
  EXPECT_THAT(ErrorWith("d_model: 64", "d_model: null"), HasSubstr("model.d_model is null"));
}

TEST(OlmoConfig, ReadsTheArithmeticOfOlmo1AndOlmo2) {
  const auto with = [](std::initializer_list<std::pair<const char*, const char*>> changes) {
    std::string yaml = Sequential();
    for (const auto& [from, to] : changes) {
      yaml = Replace(yaml, std::string("  ") + from, std::string("  ") + to);
    }
    return Peculiarities(Read(yaml));
  };
  EXPECT_EQ(with({}), "");
  EXPECT_EQ(with({{"layer_norm_type: rms", "layer_norm_type: default"},
                  {"layer_norm_with_affine: true", "layer_norm_with_affine: false"},
                  {"clip_qkv: null", "clip_qkv: 8.0"}}),
            "norm layer, norm_weight false, qkv_clip 8.0");
  EXPECT_EQ(with({{"norm_after: false", "norm_after: true"},
                  {"attention_layer_norm: false", "attention_layer_norm: true"}}),
            "norm_placement after, qk_norm whole, qk_norm_weight false");
  EXPECT_EQ(with({{"attention_layer_norm_with_affine: false", "attention_layer_norm_with_affine: true"},
                  {"attention_layer_norm: false", "attention_layer_norm: true"}}),
            "qk_norm whole");
  EXPECT_EQ(with({{"layer_norm_type: rms", "layer_norm_type: low_precision"},
                  {"bias_for_layer_norm: false", "bias_for_layer_norm: true"},
                  {"attention_layer_norm: false", "attention_layer_norm: true"}}),
            "norm layer, norm_bias true, qk_norm whole, qk_norm_weight false");
  EXPECT_EQ(with({{"layer_norm_type: rms", "layer_norm_type: default"},
                  {"layer_norm_with_affine: true", "layer_norm_with_affine: false"},
                  {"bias_for_layer_norm: false", "bias_for_layer_norm: true"},
                  {"attention_layer_norm_with_affine: false", "attention_layer_norm_with_affine: true"},
                  {"attention_layer_norm: false", "attention_layer_norm: true"}}),
            "norm layer, norm_weight false, qk_norm whole, qk_norm_bias true");
  EXPECT_EQ(with({{"activation_type: swiglu", "activation_type: gelu"}}), "activation gelu, gated false");
  EXPECT_EQ(with({{"activation_type: swiglu", "activation_type: relu"}}), "activation relu, gated false");
  EXPECT_EQ(
      with({{"rope: true", "rope: false"}, {"rope_full_precision: true", "rope_full_precision: false"}}),
      "positions learned");
  EXPECT_EQ(with({{"scale_logits: false", "scale_logits: true"}}), "logit_multiplier 0.125");

  const ModelConfig biased = Read(Replace(Sequential(), "include_bias: false", "include_bias: true"));
  EXPECT_TRUE(biased.qkv_bias && biased.attention_out_bias && biased.ffn_bias && biased.head_bias);
  EXPECT_FALSE(biased.norm_bias);
  const ModelConfig gelu = Read(Replace(Sequential(), "activation_type: swiglu", "activation_type: gelu"));
  EXPECT_EQ(gelu.ffn_hidden_size, 256);
}

TEST(OlmoConfig, RefusesUnsupportedArithmeticByNameAndValue) {
  const std::pair<const char*, const char*> changes[] = {
      {"activation_type: swiglu", "activation_type: geglu"},
      {"block_group_size: 1", "block_group_size: 2"},
      {"alibi: false", "alibi: true"},
      {"embedding_layer_norm: false", "embedding_layer_norm: true"},
      {"layer_norm_type: rms", "layer_norm_type: amd_compatible"},
      {"bias_for_layer_norm: false", "bias_for_layer_norm: true"},
  };
  for (const auto& [from, to] : changes) {
    EXPECT_THAT(ErrorWith(std::string("  ") + from, std::string("  ") + to),
                HasSubstr(std::string("\n  ") + to))
        << to;
  }
  EXPECT_THAT(ErrorWith("  alibi: false\n", "  alibi: yes\n  mup: true\n"),
              AllOf(HasSubstr("\n  alibi: true"), HasSubstr("\n  mup: true (unknown option)"),
                    Not(HasSubstr("n_heads"))));
  EXPECT_THAT(ErrorIn(Replace(Replace(Sequential(), "norm_after: false", "norm_after: true"),
                              "block_type: sequential", "block_type: llama")),
              HasSubstr("norm_after: true, supported is false with block_type: llama"));
}

TEST(OlmoConfig, RefusesToClipQueriesBeforeTheirNorm) {
  const std::string clipped = Replace(Sequential(), "clip_qkv: null", "clip_qkv: 8.0");
  EXPECT_EQ(ErrorIn(clipped), "");
  EXPECT_THAT(ErrorIn(Replace(clipped, "attention_layer_norm: false", "attention_layer_norm: true")),
              HasSubstr("clip_qkv: 8.0, supported is null with attention_layer_norm: true"));
}

// The release has the block of VersatileFFN in one form.
TEST(OlmoConfig, RefusesOtherFormsOfAVersatileFfn) {
  const std::string versatile = Replace(Sequential(), "block_type: sequential", "block_type: versatilevffn");
  const std::pair<const char*, const char*> changes[] = {
      {"clip_qkv: null", "clip_qkv: 8.0"},
      {"activation_type: swiglu", "activation_type: gelu"},
      {"attention_layer_norm: false", "attention_layer_norm: true"},
      {"layer_norm_type: rms", "layer_norm_type: low_precision"},
      {"include_bias: false", "include_bias: true"},
      {"norm_after: false", "norm_after: true"},
  };
  for (const auto& [from, to] : changes) {
    EXPECT_THAT(ErrorOf([&] {
                  ReadOlmoConfig(
                      ReadOlmoYaml(Replace(versatile, std::string("  ") + from, std::string("  ") + to),
                                   "config.yaml"),
                      FfnKind::kVersatile);
                }),
                HasSubstr(std::string("\n  ") + to))
        << to;
  }
}

TEST(OlmoConfig, RefusesMalformedYaml) {
  EXPECT_THAT(ErrorIn("model: [1"), HasSubstr("config.yaml: line 1: not valid YAML: ] is missing"));
  EXPECT_THAT(ErrorIn("- model"), HasSubstr("should be a YAML mapping"));
  EXPECT_THAT(ErrorIn("a: 1"), HasSubstr("no mapping called model"));
  EXPECT_THAT(ErrorIn("model: 3"), HasSubstr("config.yaml: model should be a mapping"));
  EXPECT_THAT(ErrorIn(""), HasSubstr("should be a YAML mapping"));
  EXPECT_THAT(ErrorWith("  n_layers: 3\n", "  n_layers: 3\n  n_layers: 4\n"),
              HasSubstr("duplicate key n_layers"));
  EXPECT_THAT(ErrorIn(Sequential() + "model: {}\n"), HasSubstr("duplicate key model"));
  EXPECT_THAT(ErrorIn(std::string(100000, '[')), HasSubstr("not valid YAML"));
}

class Oracle : public testing::TestWithParam<const char*> {};

TEST_P(Oracle, PickleAndSafetensorsAreTheSame) {
  const std::filesystem::path folder = TestData(std::string("oracles/") + GetParam() + "/checkpoint");
  const TemporaryFolder pickled;
  for (const char* name : {"config.yaml", "model.pt"}) {
    std::filesystem::copy_file(folder / name, pickled.path() / name);
  }
  const auto safetensors = OpenCheckpoint(folder);
  const auto torch = OpenCheckpoint(pickled.path());
  EXPECT_EQ(torch->format(), "olmo");
  EXPECT_EQ(torch->files()[1].filename(), "model.pt");
  EXPECT_EQ(safetensors->files()[1].filename(), "model.safetensors");
  ExpectSameWeights(*safetensors, *torch);
}

INSTANTIATE_TEST_SUITE_P(All, Oracle, testing::Values("dense_sequential", "dense_llama"),
                         [](const auto& info) { return std::string(info.param); });

TEST(OlmoCheckpoint, KeepsFusedWeightsAndStacksSeparateOnes) {
  const std::filesystem::path path = TestData("oracles/dense_llama/checkpoint");
  const MappedFile file(path / "model.safetensors");
  std::vector<float> expected;
  for (const char* name : {"q_proj", "k_proj", "v_proj"}) {
    for (const TensorView& tensor : ReadSafetensors(file.bytes(), "x")) {
      if (tensor.name == std::string("transformer.blocks.1.") + name + ".weight") {
        const std::vector<float> values = Values(tensor);
        expected.insert(expected.end(), values.begin(), values.end());
      }
    }
  }
  EXPECT_EQ(ReadParameter(*OpenCheckpoint(path), {"layers.1.qkv.weight", {192, 64}}), expected);
}

TEST(OlmoCheckpoint, TakesNamesWithoutPrefix) {
  const std::filesystem::path path = TestData("oracles/dense_sequential/checkpoint");
  const MappedFile file(path / "model.safetensors");
  std::vector<TensorView> tensors = ReadSafetensors(file.bytes(), "x");
  for (TensorView& tensor : tensors) {
    tensor.name = tensor.name.substr(std::string("transformer.").size());
  }
  const TemporaryFolder bare;
  std::filesystem::copy_file(path / "config.yaml", bare.path() / "config.yaml");
  WriteSafetensors(bare.path() / "model.safetensors", tensors);
  ExpectSameWeights(*OpenCheckpoint(path), *OpenCheckpoint(bare.path()));
}

TEST(OlmoCheckpoint, BlockTypeDecidesTheNames) {
  const TemporaryFolder folder;
  WriteFile(folder.path() / "config.yaml",
            Replace(Sequential(), "block_type: sequential", "block_type: parallel"));
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path()); }),
              HasSubstr("model.block_type parallel is not supported; supported: sequential, llama, "
                        "versatilevffn"));
  WriteFile(folder.path() / "config.yaml",
            Replace(Sequential(), "block_type: sequential", "block_type: llama"));
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path()); }),
              HasSubstr("neither model.safetensors nor model.pt"));
  std::filesystem::copy_file(TestData("oracles/dense_sequential/checkpoint/model.pt"),
                             folder.path() / "model.pt");
  EXPECT_THAT(ErrorOf([&] { OpenCheckpoint(folder.path()); }),
              AllOf(HasSubstr("missing: transformer.blocks.0.q_proj.weight [64, 64]"),
                    HasSubstr("unknown: transformer.blocks.2.att_proj.weight [192, 64]")));
}

}  // namespace
}  // namespace vffn
