// Ids of the paper's tokenizer and of small ones of every pipeline, against Hugging Face's.
#include "tests/text/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "base/error.h"
#include "text/normalizer.h"

namespace vffn {
namespace {

class Synthetic : public testing::TestWithParam<const char*> {};

TEST_P(Synthetic, IdsAreHuggingFaces) {
  ExpectIds(*LoadTokenizerJson(SyntheticPath(GetParam())), ReadSyntheticTexts(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Pipelines, Synthetic,
                         testing::Values("gpt2", "gpt-neox", "smollm", "llama3", "qwen2", "prefix",
                                         "other_pattern", "digit_runs", "llama2", "llama2_added", "gemma",
                                         "metaspace_first", "metaspace_always", "blank_removed",
                                         "blank_before", "blank_after", "unknown", "unknown_fused"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(TokenizerInfo, NamesTheKnownPipelines) {
  for (const char* name : {"gpt2", "gpt-neox", "smollm", "llama3", "qwen2", "llama2", "gemma"}) {
    EXPECT_EQ(LoadTokenizerJson(SyntheticPath(name))->info().pipeline, name);
  }
  EXPECT_EQ(LoadTokenizerJson(SyntheticPath("other_pattern"))->info().pipeline, "custom");
}

TEST(TokenizerInfo, HashTellsTokenizersApart) {
  const auto hash = [](const char* name) { return LoadTokenizerJson(SyntheticPath(name))->info().sha256; };
  EXPECT_EQ(hash("gpt2").size(), 64u);
  EXPECT_EQ(hash("gpt2"), hash("gpt2"));
  EXPECT_NE(hash("gpt2"), hash("gpt-neox"));
  EXPECT_NE(hash("llama2"), hash("llama2_added"));  // added tokens
  EXPECT_NE(hash("unknown"), hash("unknown_fused"));
}

TEST(PaperTokenizer, NastyTextsHaveHuggingFacesIds) {
  const std::string path =
      std::string(VFFN_SETUP_DIR) + "/data/tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json";
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << path << " is missing: run `make setup`";
  }
  const auto tokenizer = LoadTokenizerJson(path);
  ExpectIds(*tokenizer, ReadNastyTexts("dolma_v1_5"));
  EXPECT_EQ(tokenizer->info().pipeline, "gpt-neox");
  EXPECT_EQ(tokenizer->vocab_size(), 50280);
  EXPECT_EQ(tokenizer->TokenBytes(50279), "<|endoftext|>");
}

TEST(Tokenizer, ThreadsGiveTheSameIds) {
  // Two tokenizers in turn on every thread: the words a thread remembers must not mix them up.
  const auto first = LoadTokenizerJson(SyntheticPath("gpt-neox"));
  const auto second = LoadTokenizerJson(SyntheticPath("llama2_added"));
  const auto first_golden = ReadSyntheticTexts("gpt-neox");
  const auto second_golden = ReadSyntheticTexts("llama2_added");
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < first_golden.size(); ++i) {
        wrong[t] += first->Encode(first_golden[i].text) != first_golden[i].ids;
        wrong[t] += i % 8 == 0 && second->Encode(second_golden[i].text) != second_golden[i].ids;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Tokenizer, TokensSpellTheirText) {
  // Without normaliser, dropped bytes or prefix the bytes of the tokens are the text.
  for (const char* name : {"gpt2", "llama3", "other_pattern", "digit_runs", "gemma"}) {
    const auto tokenizer = LoadTokenizerJson(SyntheticPath(name));
    for (const GoldenText& golden : ReadSyntheticTexts(name)) {
      std::string spelled;
      for (const TokenId id : tokenizer->Encode(golden.text)) {
        spelled += tokenizer->TokenBytes(id);
      }
      std::string text = golden.text;
      if (std::string(name) == "gemma") {  // U+2581 in a text is taken for a blank
        MakeReplace("\u2581", " ")->Apply(text);
      }
      EXPECT_EQ(spelled, text) << name;
    }
  }
}

TEST(Tokenizer, RefusesUnknownIds) {
  const auto tokenizer = LoadTokenizerJson(SyntheticPath("gpt2"));
  EXPECT_THROW(tokenizer->TokenBytes(-1), Error);
  EXPECT_THROW(tokenizer->TokenBytes(static_cast<TokenId>(tokenizer->vocab_size())), Error);
}

}  // namespace
}  // namespace vffn
