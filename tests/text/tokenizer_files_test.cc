// Tokenizers from tokenizer.model, and from vocab.json with merges.txt. The ids are those of the
// sentencepiece package and of transformers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/json.h"
#include "tests/base/temporary_folder.h"
#include "tests/text/golden.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path kSentencePiece = fs::path(VFFN_TESTS_DIR) / "golden/tokens/sentencepiece";
const fs::path kVocabMerges = fs::path(VFFN_TESTS_DIR) / "golden/tokens/vocab_merges";

std::vector<GoldenText> ReadGoldenTexts(const fs::path& folder, const std::string& tokenizer) {
  const Json file = ReadJsonFile(folder / "ids.json");
  std::vector<GoldenText> golden;
  for (size_t i = 0; i < file.at("texts").size(); ++i) {
    golden.push_back(
        {file["texts"][i].get<std::string>(), file.at("ids").at(tokenizer)[i].get<std::vector<TokenId>>()});
  }
  EXPECT_GT(golden.size(), 100u);
  return golden;
}

TEST(SentencePiece, IdsOfEveryKindOfModel) {
  for (const char* name : {"llama", "gemma", "unigram", "unigram_bytes", "unknown", "word", "char",
                           "added_tokens", "special_tokens_map", "legacy", "not_legacy"}) {
    const auto tokenizer = LoadSentencePiece(kSentencePiece / name / "tokenizer.model");
    SCOPED_TRACE(name);
    ExpectIds(*tokenizer, ReadGoldenTexts(kSentencePiece, name));
    EXPECT_EQ(tokenizer->info().source, "tokenizer.model");
    EXPECT_EQ(tokenizer->bos(), 1);
    EXPECT_EQ(tokenizer->eos(), 2);
  }
}

TEST(SentencePiece, TheHashTellsWhatDecidesIds) {
  std::set<std::string> hashes;
  for (const char* name : {"llama", "added_tokens", "special_tokens_map", "legacy", "not_legacy", "gemma"}) {
    hashes.insert(LoadSentencePiece(kSentencePiece / name / "tokenizer.model")->info().sha256);
  }
  EXPECT_EQ(hashes.size(), 6u);
}

TEST(SentencePiece, TokensAreBytes) {
  const auto tokenizer = LoadSentencePiece(kSentencePiece / "added_tokens/tokenizer.model");
  EXPECT_EQ(tokenizer->vocab_size(), 503);
  EXPECT_EQ(tokenizer->TokenBytes(500), "<|im_start|>");
  EXPECT_EQ(tokenizer->TokenBytes(1), "<s>");
  EXPECT_THROW(tokenizer->TokenBytes(503), Error);
  for (const std::string text : {"the quick  brown fox", "\u4e2d\U0001f600\n", "x"}) {
    std::string bytes;
    for (const TokenId id : tokenizer->Encode(text)) {
      bytes += tokenizer->TokenBytes(id);
    }
    EXPECT_EQ(bytes, " " + text);
  }
}

TEST(SentencePiece, ThreadsShareATokenizer) {
  const auto tokenizer = LoadSentencePiece(kSentencePiece / "llama/tokenizer.model");
  const std::vector<GoldenText> golden = ReadGoldenTexts(kSentencePiece, "llama");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { ExpectIds(*tokenizer, golden); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(SentencePiece, RefusesOtherFiles) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "tokenizer.model";
  const auto refuse = [&](const std::string& content) {
    WriteFile(path, content);
    return ErrorOf([&] { LoadSentencePiece(path); });
  };
  EXPECT_THAT(refuse("IQ== 0\nIg== 1\nIw== 2\n"), HasSubstr("tokenizer.model: is not a SentencePiece model"));
  EXPECT_THAT(refuse(""), HasSubstr("is not a SentencePiece model"));
  EXPECT_THAT(ErrorOf([&] { LoadSentencePiece(folder.path() / "nosuch.model"); }), HasSubstr("nosuch.model"));
  const auto tokenizer = LoadSentencePiece(kSentencePiece / "llama/tokenizer.model");
  EXPECT_THAT(ErrorOf([&] { tokenizer->Encode("a\xFF"); }), HasSubstr("UTF-8"));
}

TEST(SentencePiece, RefusesWrongFilesBesideIt) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "tokenizer.model";
  fs::copy_file(kSentencePiece / "llama/tokenizer.model", path);
  const auto refuse = [&](const std::string& config) {
    WriteFile(folder.path() / "tokenizer_config.json", config);
    return ErrorOf([&] { LoadSentencePiece(path); });
  };
  EXPECT_THAT(refuse("[]"), HasSubstr("tokenizer_config.json"));
  EXPECT_THAT(refuse(R"({"legacy": "no"})"), HasSubstr("legacy"));
  EXPECT_THAT(refuse(R"({"added_tokens_decoder": {"one": {"content": "<a>"}}})"),
              HasSubstr("added_tokens_decoder: \"one\" is not a token id"));
  EXPECT_THAT(refuse(R"({"added_tokens_decoder": {"500": {"text": "<a>"}}})"), HasSubstr("content"));
  EXPECT_EQ(refuse(R"({"legacy": null, "added_tokens_decoder": {}, "bos_token": null, "other": 1})"), "");
}

TEST(VocabAndMerges, IdsByTokenizerClass) {
  for (const char* name : {"gpt2", "gpt2_added", "gpt_neox", "qwen2"}) {
    const auto tokenizer = LoadVocabAndMerges(kVocabMerges / name / "vocab.json");
    SCOPED_TRACE(name);
    ExpectIds(*tokenizer, ReadGoldenTexts(kVocabMerges, name));
    EXPECT_EQ(tokenizer->info().source, "vocab.json");
  }
}

TEST(VocabAndMerges, RefusesByName) {
  const TemporaryFolder folder;
  const fs::path vocab = folder.path() / "vocab.json";
  const auto refuse = [&] { return ErrorOf([&] { LoadVocabAndMerges(vocab); }); };
  fs::copy_file(kVocabMerges / "gpt2/vocab.json", vocab);
  EXPECT_THAT(refuse(), HasSubstr("vocab.json: merges.txt is not beside it"));
  WriteFile(folder.path() / "merges.txt", "#version: 0.2\n\nt h e\n");
  EXPECT_THAT(refuse(), HasSubstr("merges.txt: line 3 is \"t h e\", not two tokens"));
  WriteFile(folder.path() / "merges.txt", "#version: 0.2\r\nx x\r\n");
  EXPECT_THAT(LoadVocabAndMerges(vocab)->Encode("xx"), testing::SizeIs(1));
  WriteFile(folder.path() / "tokenizer_config.json", R"({"tokenizer_class": "WhisperTokenizer"})");
  EXPECT_THAT(refuse(), HasSubstr("the tokenizer class WhisperTokenizer with vocab.json"));
  fs::remove(folder.path() / "tokenizer_config.json");
  WriteFile(vocab, R"({"a": -1})");
  EXPECT_THAT(refuse(), HasSubstr("vocab.json: the id of \"a\" is -1"));
  WriteFile(vocab, "[]");
  EXPECT_THAT(refuse(), HasSubstr("is not an object"));
}

}  // namespace
}  // namespace vffn
