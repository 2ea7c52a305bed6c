// What a tokenizer.json must not say, and what Encode must not be given.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/json.h"
#include "tests/text/golden.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TokenizerJson : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  std::unique_ptr<const Tokenizer> Load(const std::string& text) {
    std::ofstream(path_) << text;
    return LoadTokenizerJson(path_);
  }

  std::string MessageFor(const std::string& text) {
    try {
      Load(text);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  // The error for the smallest tokenizer with one part replaced.
  std::string MessageWith(const std::string& pointer, const std::string& value) {
    Json file = small_;
    file[Json::json_pointer(pointer)] = Json::parse(value);
    return MessageFor(file.dump());
  }

  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("vffn_tokenizer_test_" + std::to_string(getpid()) + ".json");
  Json small_ = Json::parse(R"({
    "added_tokens": [], "normalizer": null,
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "\u0120": 3}, "merges": ["a b"]}})");
};

TEST_F(TokenizerJson, SmallestLoads) {
  EXPECT_THAT(Load(small_.dump())->Encode("ab ba"), ElementsAre(2, 3, 1, 0));
  EXPECT_THAT(Load(small_.dump())->Encode(""), ElementsAre());
}

TEST_F(TokenizerJson, MissingBytesAreDroppedAndNeighboursMerge) {
  EXPECT_THAT(Load(small_.dump())->Encode("azb"), ElementsAre(2));
}

TEST_F(TokenizerJson, RefusesPartsByName) {
  const std::string file = path_.string();
  EXPECT_THAT(MessageWith("/normalizer", R"({"type": "Magic"})"),
              HasSubstr(file + ": normalizer: the normalizer Magic is not known"));
  EXPECT_THAT(MessageWith("/normalizer",
                          R"({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Magic"}]})"),
              HasSubstr("normalizer.normalizers[1]: the normalizer Magic"));
  EXPECT_THAT(MessageWith("/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "*"})"),
              HasSubstr("precompiled_charsmap is not base64"));
  EXPECT_THAT(MessageWith("/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "/////w=="})"),
              HasSubstr("the trie has 4294967295 bytes"));
  EXPECT_THAT(MessageWith("/pre_tokenizer", R"({"type": "Magic"})"),
              HasSubstr("pre_tokenizer: the pre_tokenizer Magic is not known"));
  EXPECT_THAT(MessageWith("/pre_tokenizer", R"({"type": "Metaspace", "replacement": "ab"})"),
              HasSubstr("replacement is \"ab\", not one character"));
  EXPECT_THAT(MessageWith("/pre_tokenizer", R"({"type": "Punctuation", "behavior": "Lost"})"),
              HasSubstr("behavior \"Lost\" is not known"));
  EXPECT_THAT(MessageWith("/model/type", "\"Magic\""), HasSubstr("the model Magic is not known"));
  EXPECT_THAT(MessageWith("/model/dropout", "0.1"), HasSubstr("model.dropout is 0.1"));
  EXPECT_THAT(MessageWith("/version", "\"2.0\""), HasSubstr("version \"2.0\" is not known"));
}

TEST_F(TokenizerJson, IgnoresKeysThatHuggingFaceIgnores) {
  EXPECT_EQ(MessageWith("/pre_tokenizer/new_option", "1"), "");
  EXPECT_EQ(MessageWith("/comment", "1"), "");
}

TEST_F(TokenizerJson, AnUnknownTokenOutsideTheVocabularyIsAnErrorWhereItIsNeeded) {
  Json file = small_;
  file["model"]["unk_token"] = "<unk>";
  const auto tokenizer = Load(file.dump());
  EXPECT_THAT(tokenizer->Encode("ab"), ElementsAre(2));
  try {
    tokenizer->Encode("abz");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("neither is the unknown token \"<unk>\""));
  }
}

TEST_F(TokenizerJson, DropoutOfAllMergesLeavesCharacters) {
  Json file = small_;
  file["model"]["dropout"] = 1.0;
  EXPECT_THAT(Load(file.dump())->Encode("ab"), ElementsAre(0, 1));
}

TEST_F(TokenizerJson, RefusesDamage) {
  EXPECT_THAT(MessageFor("{\"model\": "),
              HasSubstr("not valid JSON at line 1, column 11: a value is expected, the text ends here"));
  EXPECT_THAT(MessageFor("[]"), HasSubstr(path_.string()));
  EXPECT_THAT(MessageFor("{}"), HasSubstr(path_.string()));
  EXPECT_THAT(MessageFor(R"({"a": 1, "a": 2})"), HasSubstr("duplicate JSON key \"a\""));
  EXPECT_THAT(MessageFor(std::string(100000, '[')), HasSubstr("nested deeper"));
  EXPECT_THAT(MessageWith("/model/merges", R"(["a b c"])"), HasSubstr("model.merges[0] is \"a b c\""));
  EXPECT_THAT(MessageWith("/model/merges", R"([["a"]])"), HasSubstr("model.merges[0] has 1 tokens"));
  EXPECT_THAT(MessageWith("/model/merges", R"([["a", "a"]])"), HasSubstr("not in the vocabulary"));
  EXPECT_THAT(MessageWith("/model/merges", "[7]"), HasSubstr("unexpected type: 7"));
  EXPECT_THAT(MessageWith("/model/vocab/c", "-1"), HasSubstr("unexpected type: -1"));
  EXPECT_THAT(MessageWith("/model/vocab/c", "99999999999"), HasSubstr("too large"));
  EXPECT_THAT(MessageWith("/model/vocab/c", "2000000000"), HasSubstr("is above"));
  EXPECT_THROW(LoadTokenizerJson("/nonexistent/tokenizer.json"), Error);
}

TEST_F(TokenizerJson, EncodeRefusesInvalidUtf8WithItsOffset) {
  const auto tokenizer = Load(small_.dump());
  try {
    tokenizer->Encode("ab a\xE2\x82");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("at byte 4 of 6"));
  }
}

}  // namespace
}  // namespace vffn
