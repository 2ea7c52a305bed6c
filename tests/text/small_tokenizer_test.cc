#include "text/small_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"
#include "text/special_tokens.h"
#include "text/tokenizer.h"

namespace vffn {
namespace {

TEST(SmallTokenizer, WritesEveryTextInTheVocabularyItIsGiven) {
  const TemporaryFolder folder;
  size_t length_before = SIZE_MAX;
  for (const int64_t vocab_size : {257, 300, 512, 50304}) {
    const SmallTokenizer small = MakeSmallTokenizer(vocab_size);
    WriteFile(folder / "tokenizer.json", small.tokenizer_json);
    WriteFile(folder / "tokenizer_config.json", small.tokenizer_config_json);
    const auto tokenizer = LoadTokenizerJson(folder / "tokenizer.json");
    EXPECT_EQ(tokenizer->vocab_size(), small.size);
    EXPECT_EQ(small.size, std::min<int64_t>(vocab_size, 512));
    const std::string text = "The tokens of the model, and the näïve \xF0\x9F\x98\x80 text.\n\t\x01\x7F";
    std::string back;
    const std::vector<TokenId> ids = tokenizer->Encode(text);
    for (const TokenId id : ids) {
      back += tokenizer->TokenBytes(id);
    }
    EXPECT_EQ(back, text);
    EXPECT_LE(ids.size(), length_before) << "more merges make fewer tokens";
    length_before = ids.size();
    EXPECT_THAT(tokenizer->Encode(kEndOfText), testing::ElementsAre(0));
    EXPECT_EQ(ReadSpecialTokens(folder / "tokenizer.json", *tokenizer).end_of_document(), 0);
  }
  EXPECT_LT(length_before, 30u);
}

TEST(SmallTokenizer, NeedsRoomForAllBytes) {
  EXPECT_THAT(ErrorOf([] { MakeSmallTokenizer(256); }), testing::HasSubstr("vocab_size is 256"));
}

}  // namespace
}  // namespace vffn
