// Token files equal dolma's, byte for byte (border tables unpacked).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/base/temporary_folder.h"
#include "tests/tokens/corpus.h"

namespace vffn {
namespace {

class DolmaGolden : public testing::Test {
 protected:
  void ExpectSame(const std::string& golden, const TokenizeCorpusOptions& options,
                  const Tokenizer& tokenizer) {
    TokenizeCorpus(tokenizer, options);
    auto ours = FilesIn(options.output);
    ASSERT_EQ(ours.erase("tokens.json"), 1u);
    const auto theirs = FilesIn(golden);
    ASSERT_EQ(ours.size(), theirs.size());
    for (const auto& [name, bytes] : theirs) {
      EXPECT_EQ(ours[name], bytes) << golden << "/" << name;
    }
  }

  InGoldenFolder inside_;
  TemporaryFolder folder_;
  std::unique_ptr<const Tokenizer> tokenizer_ = GoldenTokenizer();
  TokenizeCorpusOptions options_ = GoldenOptions(folder_ / "out");
};

TEST_F(DolmaGolden, OneFile) { ExpectSame("plain", options_, *tokenizer_); }

TEST_F(DolmaGolden, SeveralWorkersAndLargeChunks) {
  options_.workers = 4;
  options_.source.chunk_bytes = 1 << 20;
  ExpectSame("plain", options_, *tokenizer_);
}

TEST_F(DolmaGolden, FilesOfLimitedSize) {
  options_.max_size = 1600;
  ExpectSame("split", options_, *tokenizer_);
}

TEST_F(DolmaGolden, BosBeforeTheText) {
  options_.bos = 1;
  ExpectSame("bos", options_, *tokenizer_);
}

TEST_F(DolmaGolden, InputsWithoutIdentifiers) {
  options_.source.id_field = "";
  ExpectSame("no_ids", options_, *tokenizer_);
}

TEST_F(DolmaGolden, LargeVocabularyAsUint32) {
  Json file = ReadJsonFile("tokenizer.json");
  Json& vocabulary = file["model"]["vocab"];
  for (size_t id = vocabulary.size(); id < 70000; ++id) {
    vocabulary["unused" + std::to_string(id)] = id;
  }
  WriteFile(folder_ / "tokenizer.json", file.dump());
  options_.eos = 69999;
  ExpectSame("uint32", options_, *LoadTokenizerJson(folder_ / "tokenizer.json"));
}

TEST_F(DolmaGolden, DolmasOwnShuffleFromItsBorderTables) {
  options_.order.kind = OrderKind::kTables;
  for (int part = 0; part < 9; ++part) {
    options_.order.tables.push_back("shuffled/part-0-0000" + std::to_string(part) + ".csv.gz");
  }
  options_.max_size = 1600;
  options_.workers = 3;
  ExpectSame("shuffled", options_, *tokenizer_);
}

TEST_F(DolmaGolden, TablesThatNameOtherDocumentsAreAnError) {
  options_.order.kind = OrderKind::kTables;
  options_.order.tables = {"plain/part-0-00000.csv.gz"};
  options_.inputs = {"corpus/a.jsonl"};
  EXPECT_THAT(ErrorOf([&] { TokenizeCorpus(*tokenizer_, options_); }),
              testing::HasSubstr("name 92 documents, and the inputs have 12 of them"));
}

}  // namespace
}  // namespace vffn
