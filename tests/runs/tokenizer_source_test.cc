#include "runs/tokenizer_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kTokens = fs::path(VFFN_TESTS_DIR) / "golden/tokens";

std::string SourceOf(const fs::path& model, const fs::path& explicit_path) {
  return OpenTokenizer(model, explicit_path, GgufPipeline::kOwn).tokenizer->info().source;
}

TEST(TokenizerSource, AFolderHasItsTokenizerInOneOfThreeFiles) {
  EXPECT_EQ(SourceOf(kTokens / "sentencepiece/llama", {}), "tokenizer.model");
  EXPECT_EQ(SourceOf({}, kTokens / "sentencepiece/llama/tokenizer.model"), "tokenizer.model");
  EXPECT_EQ(SourceOf({}, kTokens / "vocab_merges/gpt2"), "vocab.json");
  EXPECT_EQ(SourceOf({}, kTokens / "vocab_merges/gpt2/vocab.json"), "vocab.json");
  const TemporaryFolder folder;
  EXPECT_THAT(ErrorOf([&] { SourceOf(folder.path(), {}); }),
              HasSubstr("no tokenizer.json, tokenizer.model or vocab.json"));
  fs::copy_file(kTokens / "sentencepiece/llama/tokenizer.model", folder / "tokenizer.model");
  fs::copy_file(kTokens / "synthetic/gpt2.json", folder / "tokenizer.json");
  EXPECT_EQ(SourceOf(folder.path(), {}), "tokenizer.json");
  EXPECT_THAT(ErrorOf([&] { SourceOf({}, folder / "nosuch.model"); }), HasSubstr("no such tokenizer file"));
}

TEST(TokenizerSource, SpecialTokensOfASentencePieceFolder) {
  const ModelTokenizer opened = OpenTokenizer(kTokens / "sentencepiece/legacy", {}, GgufPipeline::kOwn);
  ASSERT_TRUE(opened.special.bos.has_value());
  EXPECT_EQ(opened.special.bos->id, 1);
  EXPECT_EQ(opened.special.eos->id, 2);
  EXPECT_THAT(opened.special.around.before, testing::ElementsAre(1));
}

}  // namespace
}  // namespace vffn
