#include "tokens/token_file_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/base/temporary_folder.h"
#include "tests/tokens/corpus.h"

namespace vffn {
namespace {

using testing::HasSubstr;

TEST(TokenFileText, DolmasDocumentsAsJsonLines) {
  const auto tokenizer = GoldenTokenizer();
  const TokenFile file(GoldenTokensFolder() / "plain/part-0-00000.npy", TokenType::kUint16);
  std::vector<Json> documents;
  const int64_t count = WriteTokenFileText(
      *tokenizer, file, 7, [&](std::string_view line) { documents.push_back(Json::parse(line)); });
  EXPECT_EQ(count, 92);
  ASSERT_EQ(documents.size(), 7u);
  EXPECT_EQ(documents[0]["text"], "The theory and the weather.<|endoftext|>");
  EXPECT_EQ(documents[0]["start"], 0);
  EXPECT_EQ(documents[0]["end"], 16);
  EXPECT_EQ(documents[2]["id"], "comma, and \"quotes\"");
  EXPECT_EQ(documents[6]["location"], 10);
  EXPECT_THAT(documents[6]["text"].get<std::string>(), HasSubstr("Caf\xC3\xA9 \xE4\xB8\xAD"));  // NFC
}

TEST(TokenFileText, PiecesOfCharactersAreReplaced) {
  const auto tokenizer = GoldenTokenizer();
  std::vector<TokenId> ids = tokenizer->Encode("a\xC3\xA9z");
  ASSERT_EQ(ids.size(), 4u);
  EXPECT_EQ(DecodeTokens(*tokenizer, ids), "a\xC3\xA9z");
  ids.erase(ids.begin() + 2);
  EXPECT_EQ(DecodeTokens(*tokenizer, ids), "a\xEF\xBF\xBDz");
}

TEST(TokenFileText, IdsOfAnotherTokenizerAreAnError) {
  const TokenFile file(GoldenTokensFolder() / "uint32/part-0-00000.npy", TokenType::kUint32);
  EXPECT_THAT(ErrorOf([&] { WriteTokenFileText(*GoldenTokenizer(), file, {}, [](std::string_view) {}); }),
              HasSubstr("is 69999; the vocabulary has 267 ids"));
}

}  // namespace
}  // namespace vffn
