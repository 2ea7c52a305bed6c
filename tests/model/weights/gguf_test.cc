#include <cmath>

#include "model/weights/gguf_checkpoint.h"
#include "model/weights/gguf_file.h"
#include "model/weights/gguf_vocabulary.h"
#include "tests/model/weights/fixture.h"
#include "tests/model/weights/gguf_builder.h"

namespace vffn {
namespace {

using testing::HasSubstr;

std::string ErrorIn(const GgufBuilder& builder) {
  const std::string bytes = builder.Bytes();
  return ErrorOf([&] { GgufFile(bytes, "x.gguf"); });
}

void ParseModel(std::string_view bytes) {
  const GgufFile file(bytes, "x.gguf");
  ReadGgufConfig(file);
}

TEST(GgufFile, GivesTypedMetadata) {
  const std::string bytes =
      GgufBuilder()
          .Value("text", 8, Str("a\xff"))
          .Value("small", 0, Little<uint8_t>(200))
          .Value("negative", 5, Little<int32_t>(-7))
          .Value("real", 6, Little(0.5f))
          .Value("flag", 7, "\1")
          .Value("ints", 9, Little<uint32_t>(5) + Little<uint64_t>(2) + Little(1) + Little(2))
          .Value("words", 9, Little<uint32_t>(8) + Little<uint64_t>(2) + Str("u") + Str(""))
          .Bytes();
  const GgufFile file(bytes, "x.gguf");
  EXPECT_EQ(file.String("text"), "a\xff");
  EXPECT_EQ(file.Integer("small"), 200);
  EXPECT_EQ(file.Integer("negative"), -7);
  EXPECT_EQ(file.Float("real"), 0.5);
  EXPECT_EQ(file.Bool("flag"), true);
  EXPECT_EQ(file.Int32s("ints"), (std::vector<int32_t>{1, 2}));
  EXPECT_EQ(file.Strings("words"), (std::vector<std::string>{"u", ""}));
  EXPECT_EQ(file.String("absent"), std::nullopt);
  EXPECT_TRUE(file.Floats("absent").empty());
  EXPECT_THAT(ErrorOf([&] { file.Integer("real"); }),
              HasSubstr("metadata key real at byte 108 is of type float32, should be one integer"));
  EXPECT_THAT(ErrorOf([&] { file.Strings("ints"); }), HasSubstr("array of int32, should be string"));
}

TEST(GgufFile, RefusesOtherVersionsByName) {
  EXPECT_THAT(ErrorIn({.version = 1}), HasSubstr("GGUF version 1 is not supported"));
  EXPECT_THAT(ErrorIn({.version = 0x03000000}), HasSubstr("big-endian"));
  EXPECT_THAT(ErrorOf([] { GgufFile("ggjt1234567890123456789012345678", "x"); }),
              HasSubstr("not a GGUF file"));
}

TEST(GgufFile, RefusesSizesThatOverflow) {
  EXPECT_THAT(ErrorIn({.n_values = ~uint64_t{0}}), HasSubstr("metadata values cannot fit"));
  EXPECT_THAT(ErrorIn({.n_tensors = ~uint64_t{0}}), HasSubstr("tensors cannot fit"));
  EXPECT_THAT(ErrorIn(GgufBuilder().Value("s", 8, Little(~uint64_t{0}) + "abcdefgh")),
              HasSubstr("string at byte"));
  EXPECT_THAT(ErrorIn(GgufBuilder().Value("a", 9, Little<uint32_t>(10) + Little(uint64_t{1} << 61))),
              HasSubstr("values of type uint64"));
  EXPECT_THAT(ErrorIn(GgufBuilder().Value("a", 9, Little<uint32_t>(8) + Little(uint64_t{1} << 61))),
              HasSubstr("strings cannot fit"));
  EXPECT_THAT(ErrorIn(GgufBuilder().Value("a", 9, Little<uint32_t>(9) + Little(uint64_t{1}))),
              HasSubstr("unknown type 9"));
  EXPECT_THAT(ErrorIn(GgufBuilder().Tensor("t", {uint64_t{1} << 40, uint64_t{1} << 40}, 0, 0)),
              HasSubstr("overflows"));
  EXPECT_THAT(ErrorIn(GgufBuilder().Tensor("t", {~uint64_t{0}}, 0, 0)), HasSubstr("dimension 0 is"));
  EXPECT_THAT(ErrorIn(GgufBuilder().Tensor("t", {8}, 0, ~uint64_t{0} - 31)),
              HasSubstr("truncated or corrupt: tensor t"));
}

TEST(GgufFile, RefusesATableThatContradictsItself) {
  const std::string data(64, '\0');
  EXPECT_EQ(ErrorIn(GgufBuilder{.data = data}.Tensor("t", {8}, 0, 0).Tensor("u", {8}, 0, 32)), "");
  EXPECT_THAT(ErrorIn(GgufBuilder{.data = data}.Tensor("t", {8}, 0, 0).Tensor("t", {8}, 0, 32)),
              HasSubstr("t is there twice"));
  EXPECT_THAT(ErrorIn(GgufBuilder{.data = data}.Tensor("t", {16}, 0, 0).Tensor("u", {8}, 0, 32)),
              HasSubstr("t and u overlap"));
  EXPECT_THAT(ErrorIn(GgufBuilder{.data = data}.Tensor("t", {8}, 0, 8)),
              HasSubstr("not a multiple of the alignment 32"));
  EXPECT_THAT(ErrorIn(GgufBuilder{.data = data}.Tensor("t", {17}, 0, 0)),
              HasSubstr("takes 68 bytes from byte"));
  EXPECT_THAT(ErrorIn(GgufBuilder{.data = data}.Tensor("t", {8}, 2, 0)),
              HasSubstr("not whole blocks of Q4_0"));
  EXPECT_THAT(ErrorIn(GgufBuilder{.data = data}.Tensor("t", {}, 0, 0)), HasSubstr("has 0 dimensions"));
  EXPECT_THAT(ErrorIn(GgufBuilder{.data = data}.Value("k", 7, "\1").Value("k", 7, "\1")),
              HasSubstr("duplicate metadata key k"));
  EXPECT_THAT(
      ErrorIn(GgufBuilder{.data = data}.Value("general.alignment", 4, Little(48)).Tensor("t", {8}, 0, 0)),
      HasSubstr("general.alignment is 48"));
}

TEST(GgufFile, ListsUnsupportedTensorTypes) {
  const std::string message =
      ErrorIn(GgufBuilder().Tensor("a", {256}, 16, 0).Tensor("b", {256}, 29, 0).Tensor("c", {1}, 99, 0));
  EXPECT_THAT(message, HasSubstr("\n  a is IQ2_XXS\n  b is IQ1_M\n  c is of GGML type number 99"));
}

TEST(GgufFile, RefusesEveryTruncation) {
  const std::string bytes = ReadFile(TestData("weights/llama.gguf"));
  ExpectTruncationsRefused(bytes, 4096, ParseModel);
}

TEST(GgufFile, SurvivesFlippedBits) {
  const std::string bytes = ReadFile(TestData("weights/llama.gguf"));
  EXPECT_GT(FlipBits(bytes, 0, 3200, ParseModel), 10000);
}

// gguf-py and llama.cpp's permutation made the GGUF from the weights of the Hugging Face folder.
TEST(GgufCheckpoint, EqualsTheHuggingFaceFolderItWasConvertedFrom) {
  const auto gguf = OpenCheckpoint(TestData("weights/llama.gguf"));
  const auto huggingface = OpenCheckpoint(TestData("weights/huggingface"));
  EXPECT_EQ(gguf->format(), "gguf");
  EXPECT_EQ(gguf->config().norm_epsilon, 0x1p-17);
  ModelConfig expected = huggingface->config();
  expected.norm_epsilon = 0x1p-17;
  EXPECT_EQ(gguf->config(), expected);
  ExpectSameWeights(*gguf, *huggingface);
}

/// What reading the fixture's configuration throws with one more metadata value in front.
std::string ErrorWithValue(const std::string& key, uint32_t type, const std::string& value) {
  std::string bytes = ReadFile(TestData("weights/llama.gguf"));
  constexpr size_t kMetadataCount = 16;
  constexpr size_t kMetadata = 24;
  ++bytes[kMetadataCount];
  bytes.insert(kMetadata, Str(key) + Little(type) + value);
  bytes.append(32, '\0');  // the data may begin up to an alignment later than what was inserted
  return ErrorOf([&] { ParseModel(bytes); });
}

TEST(GgufCheckpoint, RefusesUnsupportedArithmeticByName) {
  EXPECT_THAT(ErrorWithValue("llama.rope.scaling.type", 8, Str("xpos")),
              HasSubstr("llama.rope.scaling.type = xpos is not supported; supported: none, linear, yarn"));
  EXPECT_THAT(ErrorWithValue("llama.attention.causal", 7, std::string(1, '\0')),
              HasSubstr("llama.attention.causal = false is not supported, true is"));
  EXPECT_THAT(ErrorWithValue("llama.use_parallel_residual", 7, "\1"),
              HasSubstr("llama.use_parallel_residual = true"));
  EXPECT_THAT(ErrorWithValue("llama.time_mix_extra_dim", 4, Little(8)),
              HasSubstr("llama.time_mix_extra_dim = 8 is not supported: it may change"));
  EXPECT_THAT(ErrorWithValue("llama.attention.value_length", 4, Little(16)),
              HasSubstr("llama.attention.value_length is 16, but the head size is 8"));
  EXPECT_THAT(ErrorWithValue("llama.attention.sliding_window_pattern", 9,
                             Little<uint32_t>(7) + Little<uint64_t>(3) + std::string(3, '\1')) +
                  ErrorWithValue("llama.rope.scaling.type", 8, Str("longrope")),
              HasSubstr("the tensors rope_factors_short.weight and rope_factors_long.weight are not both"));
  EXPECT_EQ(ErrorWithValue("general.note", 8, Str("yarn")), "");
}

TEST(GgufCheckpoint, PassesOverKeysThatChangeNothing) {
  const std::string layers = Little<uint32_t>(4) + Little<uint64_t>(2) + Little(8) + Little(8);
  EXPECT_EQ(ErrorWithValue("llama.expert_count", 4, Little(0)), "");
  EXPECT_EQ(ErrorWithValue("llama.expert_used_count", 4, Little(0)), "");
  EXPECT_EQ(ErrorWithValue("llama.rope.scaling.finetuned", 7, "\1"), "");
  EXPECT_EQ(ErrorWithValue("llama.rope.scaling.original_context_length", 4, Little(64)), "");
  EXPECT_EQ(ErrorWithValue("llama.rope.scale_linear", 6, Little(1.0f)), "");
  EXPECT_EQ(ErrorWithValue("llama.attention.layer_norm_epsilon", 6, Little(1e-5f)), "");
  EXPECT_EQ(ErrorWithValue("llama.attention.max_alibi_bias", 6, Little(0.0f)), "");
  EXPECT_EQ(ErrorWithValue("llama.tensor_data_layout", 8, Str("Meta AI original pth")), "");
  EXPECT_EQ(ErrorWithValue("llama.attention.clamp_kqv", 6, Little(0.0f)), "");
  EXPECT_THAT(ErrorWithValue("llama.expert_feed_forward_length", 9, layers), "");
}

TEST(GgufCheckpoint, RefusesOtherArchitectures) {
  const std::string bytes = GgufBuilder().Value("general.architecture", 8, Str("mamba")).Bytes();
  EXPECT_THAT(
      ErrorOf([&] { ParseModel(bytes); }),
      HasSubstr("architecture \"mamba\" (general.architecture) is not supported; supported: \"llama\""));
}

/// The metadata and the tensors of a file that matter for its configuration.
class FamilyFile {
 public:
  explicit FamilyFile(const std::string& name) : name_(name) {
    builder_.Value("general.architecture", 8, Str(name));
    Integer("embedding_length", 32).Integer("block_count", 4).Integer("attention.head_count", 4);
    Integer("feed_forward_length", 48).Integer("context_length", 64);
    Float("attention.layer_norm_rms_epsilon", 1e-6f).Float("attention.layer_norm_epsilon", 1e-5f);
    Tensor("token_embd.weight", {20, 32}).Tensor("output_norm.weight", {32});
    Tensor("blk.0.ffn_norm.weight", {32}).Tensor("blk.0.ffn_gate.weight", {48, 32});
  }

  FamilyFile& Integer(const std::string& key, uint32_t value) {
    builder_.Value(name_ + "." + key, 4, Little(value));
    return *this;
  }
  FamilyFile& Float(const std::string& key, float value) {
    builder_.Value(name_ + "." + key, 6, Little(value));
    return *this;
  }
  FamilyFile& Flags(const std::string& key, const std::string& flags) {
    builder_.Value(name_ + "." + key, 9, Little<uint32_t>(7) + Little<uint64_t>(flags.size()) + flags);
    return *this;
  }
  FamilyFile& Text(const std::string& key, const std::string& text) {
    builder_.Value(name_ + "." + key, 8, Str(text));
    return *this;
  }
  FamilyFile& Tensor(const std::string& name, const std::vector<int64_t>& shape, float value = 0) {
    builder_.Tensor(name, shape, std::vector<float>(static_cast<size_t>(ElementCount(shape)), value));
    return *this;
  }

  ModelConfig Config() const {
    const std::string bytes = builder_.Bytes();
    return ReadGgufConfig(GgufFile(bytes, "x.gguf"));
  }
  std::string Described() const { return Peculiarities(Config()); }

 private:
  std::string name_;
  GgufBuilder builder_;
};

TEST(GgufFamilies, AddWhatTheirFilesDoNotSay) {
  EXPECT_EQ(FamilyFile("llama").Described(), "");
  EXPECT_EQ(FamilyFile("qwen2").Tensor("blk.0.attn_q.bias", {32}).Described(), "");
  EXPECT_TRUE(FamilyFile("qwen2").Tensor("blk.0.attn_q.bias", {32}).Config().qkv_bias);
  EXPECT_EQ(FamilyFile("qwen3").Tensor("blk.0.attn_q_norm.weight", {8}).Described(), "qk_norm head");
  EXPECT_EQ(FamilyFile("smollm3").Described(), "no_rope_layers [3]");
  EXPECT_EQ(FamilyFile("olmo2")
                .Tensor("blk.0.attn_q_norm.weight", {32})
                .Integer("attention.sliding_window", 5)
                .Described(),
            "norm_placement after, qk_norm whole, window 5, full_attention_layers [3], "
            "window_rope_theta 10000.0");
  EXPECT_EQ(FamilyFile("gpt2").Tensor("output_norm.bias", {32}).Described(),
            "norm layer, norm_bias true, positions learned, activation gelu_tanh, gated false");
  EXPECT_EQ(FamilyFile("gemma2").Described(),
            "norm_placement around, attention_softcap 50.0, window 4096, full_attention_layers [1,3], "
            "activation gelu_tanh, embedding_multiplier 5.656854249492381, logit_softcap 30.0");
  EXPECT_EQ(FamilyFile("gemma3")
                .Tensor("blk.0.attn_q_norm.weight", {8})
                .Integer("attention.sliding_window", 6)
                .Integer("attention.sliding_window_pattern", 2)
                .Described(),
            "norm_placement around, qk_norm head, window 6, full_attention_layers [1,3], "
            "window_rope_theta 10000.0, activation gelu_tanh, embedding_multiplier 5.656854249492381");
  EXPECT_EQ(FamilyFile("command-r").Float("logit_scale", 0.0625f).Described(),
            "norm layer, residual parallel_one_norm, logit_multiplier 0.0625");
}

TEST(GgufFamilies, ReadNumbersAndLayersFromTheirKeys) {
  EXPECT_EQ(
      FamilyFile("granite")
          .Float("logit_scale", 8.0f)
          .Float("residual_scale", 0.25f)
          .Float("embedding_scale", 12.0f)
          .Float("attention.scale", 0.5f)
          .Described(),
      "residual_multiplier 0.25, attention_scale 0.5, embedding_multiplier 12.0, logit_multiplier 0.125");
  EXPECT_EQ(FamilyFile("olmo2")
                .Integer("attention.sliding_window", 5)
                .Flags("attention.sliding_window_pattern", std::string("\0\1\1\0", 4))
                .Float("rope.freq_base_swa", 500.0f)
                .Described(),
            "norm_placement after, window 5, full_attention_layers [0,3], window_rope_theta 500.0");
  EXPECT_EQ(FamilyFile("stablelm").Integer("rope.dimension_count", 2).Described(),
            "norm layer, rotary_size 2");
  EXPECT_EQ(
      FamilyFile("llama").Text("rope.scaling.type", "linear").Float("rope.scaling.factor", 4).Described(),
      "rope_scaling linear, rope_factor 4.0");
  EXPECT_EQ(FamilyFile("llama").Float("rope.scale_linear", 4).Described(),
            "rope_scaling linear, rope_factor 4.0");
  EXPECT_EQ(FamilyFile("llama").Text("rope.scaling.type", "none").Float("rope.scaling.factor", 4).Described(),
            "");
  EXPECT_EQ(FamilyFile("llama").Tensor("rope_freqs.weight", {4}, 2.0f).Described(),
            "rope_scaling factors, rope_short_factors [2.0,2.0,2.0,2.0]");
  EXPECT_EQ(FamilyFile("llama").Tensor("rope_freqs.weight", {4}, 1.0f).Described(), "");
  EXPECT_THAT(
      ErrorOf([] {
        FamilyFile("llama").Tensor("rope_freqs.weight", {4}, 2).Float("rope.scale_linear", 4).Config();
      }),
      HasSubstr("not supported together"));
}

TEST(GgufFamilies, HaveExpertsIfTheKeysSaySo) {
  const auto experts = [](const std::string& name) {
    return FamilyFile(name).Integer("expert_count", 6).Integer("expert_used_count", 2);
  };
  EXPECT_EQ(experts("llama").Config().ffn,
            (FfnConfig{.kind = FfnKind::kSparseMoe, .n_experts = 6, .top_k = 2, .expert_hidden_size = 48}));
  EXPECT_EQ(experts("llama").Config().ffn_hidden_size, 0);
  EXPECT_FALSE(experts("olmoe").Config().ffn.norm_topk_prob);
  const ModelConfig shared = experts("qwen2moe")
                                 .Integer("expert_feed_forward_length", 12)
                                 .Integer("expert_shared_feed_forward_length", 24)
                                 .Tensor("blk.0.ffn_up_shexp.weight", {24, 32})
                                 .Tensor("blk.0.ffn_gate_inp_shexp.weight", {32})
                                 .Config();
  EXPECT_EQ(shared.ffn_hidden_size, 24);
  EXPECT_EQ(shared.ffn.expert_hidden_size, 12);
  EXPECT_TRUE(shared.ffn.shared_expert_gate);
}

TEST(GgufVocabulary, HasEverythingTheMetadataSays) {
  const GgufVocabulary vocabulary = ReadGgufVocabulary(TestData("weights/llama.gguf"));
  EXPECT_EQ(vocabulary.model, "gpt2");
  EXPECT_EQ(vocabulary.pre, "smollm");
  ASSERT_EQ(vocabulary.tokens.size(), 48);
  EXPECT_EQ(vocabulary.tokens[1], "t1");
  EXPECT_EQ(vocabulary.tokens[47], "\xff\n");
  EXPECT_EQ(vocabulary.token_types[0], 3);
  EXPECT_EQ(vocabulary.merges, (std::vector<std::string>{"t 1", "t 2"}));
  EXPECT_TRUE(vocabulary.scores.empty());
  EXPECT_EQ(vocabulary.bos, 1);
  EXPECT_EQ(vocabulary.eos, 2);
  EXPECT_EQ(vocabulary.unknown, std::nullopt);
  EXPECT_EQ(vocabulary.add_space_prefix, false);
}

TEST(GgufVocabulary, RefusesAFileWithoutOne) {
  const TemporaryFolder folder;
  WriteFile(folder.path() / "x.gguf", GgufBuilder().Value("general.architecture", 8, Str("llama")).Bytes());
  EXPECT_THAT(ErrorOf([&] { ReadGgufVocabulary(folder.path() / "x.gguf"); }), HasSubstr("no vocabulary"));
}

// The whole file was compared with gguf-py 0.19 (272 tensors, bit for bit); these sums of its dequantize hold
// it there.
TEST(GgufCheckpoint, ReadsSmolLm2) {
  const std::filesystem::path path =
      std::filesystem::path(VFFN_SETUP_DIR) / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf";
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << path << " is missing: run `make setup`";
  }
  const auto checkpoint = OpenCheckpoint(path);
  EXPECT_EQ(ParameterCount(checkpoint->config()), 134515008);
  EXPECT_TRUE(checkpoint->config().tied_head);
  EXPECT_EQ(Fingerprint(*checkpoint), "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
  double sum = 0;
  double magnitude = 0;
  for (const ParameterSpec& spec : ParameterSpecs(checkpoint->config())) {
    for (const float value : ReadParameter(*checkpoint, spec)) {
      sum += value;
      magnitude += std::abs(value);
    }
  }
  EXPECT_NEAR(sum, -10067.611953556538, 1e-3);  // the order of 1.3e8 double additions
  EXPECT_NEAR(magnitude, 18618625.800991118, 1e-3);
}

}  // namespace
}  // namespace vffn
