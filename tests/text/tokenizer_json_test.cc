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
  EXPECT_THAT(MessageWith("/normalizer", R"({"type": "NFKC"})"),
              HasSubstr(file + ".normalizer: the normalizer NFKC is not supported"));
  EXPECT_THAT(MessageWith("/normalizer", R"({"type": "Sequence", "normalizers": [{"type": "Lowercase"}]})"),
              HasSubstr("the normalizer Lowercase"));
  EXPECT_THAT(MessageWith("/pre_tokenizer", R"({"type": "Whitespace"})"),
              HasSubstr("the pre_tokenizer Whitespace"));
  EXPECT_THAT(MessageWith("/pre_tokenizer", R"({"type": "Sequence", "pretokenizers": [
      {"type": "ByteLevel", "add_prefix_space": false}, {"type": "Digits"}]})"),
              HasSubstr("the pre_tokenizer Digits after ByteLevel"));
  EXPECT_THAT(MessageWith("/pre_tokenizer/new_option", "1"), HasSubstr("the key \"new_option\""));
  EXPECT_THAT(MessageWith("/model/type", "\"Unigram\""), HasSubstr("a tokenizer of type Unigram"));
  EXPECT_THAT(MessageWith("/model/dropout", "0.1"), HasSubstr("dropout"));
  EXPECT_THAT(MessageWith("/model/end_of_word_suffix", "\"</w>\""), HasSubstr("end_of_word_suffix"));
  EXPECT_THAT(MessageWith("/model/byte_fallback", "true"), HasSubstr("byte_fallback with"));
  EXPECT_THAT(MessageWith("/model/unk_token", "\"<unk>\""),
              HasSubstr("unk_token \"<unk>\" is not in the vocabulary"));
  EXPECT_THAT(MessageWith("/added_tokens", R"([{"id": 4, "content": "<x>", "single_word": true}])"),
              HasSubstr("single_word (of \"<x>\")"));
}

TEST_F(TokenizerJson, RefusesAddedTokensNumberedOtherwiseThanHuggingFace) {
  EXPECT_THAT(MessageWith("/added_tokens", R"([{"id": 7, "content": "<x>"}])"),
              HasSubstr("\"<x>\" has the id 7, Hugging Face gives it 4"));
  EXPECT_THAT(MessageWith("/added_tokens", R"([{"id": 3, "content": "a"}])"),
              HasSubstr("Hugging Face gives it 0"));
}

TEST_F(TokenizerJson, RefusesDamage) {
  EXPECT_THAT(MessageFor("{\"model\": "), HasSubstr("not valid JSON at byte"));
  EXPECT_THAT(MessageFor("[]"), HasSubstr(path_.string()));
  EXPECT_THAT(MessageFor("{}"), HasSubstr(path_.string()));
  EXPECT_THAT(MessageFor(R"({"a": 1, "a": 2})"), HasSubstr("duplicate JSON key \"a\""));
  EXPECT_THAT(MessageFor(std::string(100000, '[')), HasSubstr("nested deeper"));
  EXPECT_THAT(MessageWith("/model/merges", R"(["a b c"])"), HasSubstr("model.merges[0] is \"a b c\""));
  EXPECT_THAT(MessageWith("/model/merges", R"([["a"]])"), HasSubstr("model.merges[0] has 1 tokens"));
  EXPECT_THAT(MessageWith("/model/merges", R"([["a", "a"]])"), HasSubstr("not in the vocabulary"));
  EXPECT_THAT(MessageWith("/model/merges", "[7]"), HasSubstr("unexpected type: 7"));
  EXPECT_THAT(MessageWith("/model/vocab/c", "0"), HasSubstr("the id 0 belongs to both"));
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
