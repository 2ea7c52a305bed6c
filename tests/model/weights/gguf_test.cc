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
  EXPECT_THAT(ErrorWithValue("llama.rope.scaling.type", 8, Str("yarn")),
              HasSubstr("llama.rope.scaling.type = yarn is not supported, none is"));
  EXPECT_THAT(ErrorWithValue("llama.expert_count", 4, Little(8)), HasSubstr("llama.expert_count = 8"));
  EXPECT_THAT(ErrorWithValue("llama.attention.sliding_window", 4, Little(4096)),
              HasSubstr("llama.attention.sliding_window = 4096"));
  EXPECT_THAT(ErrorWithValue("llama.attention.value_length", 4, Little(16)),
              HasSubstr("llama.attention.value_length is 16, but the head size is 8"));
  EXPECT_THAT(ErrorWithValue("split.count", 2, Little<uint16_t>(3)), HasSubstr("split.count is 3"));
  EXPECT_EQ(ErrorWithValue("llama.expert_count", 4, Little(0)), "");
  EXPECT_EQ(ErrorWithValue("general.note", 8, Str("yarn")), "");
}

TEST(GgufCheckpoint, RefusesOtherArchitecturesAndRotaryFactors) {
  const auto error = [](const GgufBuilder& builder) {
    const std::string bytes = builder.Bytes();
    return ErrorOf([&] { ParseModel(bytes); });
  };
  EXPECT_THAT(
      error(GgufBuilder().Value("general.architecture", 8, Str("mamba"))),
      HasSubstr("architecture \"mamba\" (general.architecture) is not supported; supported: \"llama\""));
  EXPECT_THAT(error(GgufBuilder{.data = std::string(32, '\0')}
                        .Value("general.architecture", 8, Str("llama"))
                        .Tensor("rope_freqs.weight", {8}, 0, 0)),
              HasSubstr("rope_freqs.weight"));
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
