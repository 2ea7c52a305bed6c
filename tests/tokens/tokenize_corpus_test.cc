#include "tokens/tokenize_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <sstream>

#include "base/interrupted.h"
#include "base/json.h"
#include "base/random.h"
#include "base/sha256.h"
#include "tests/base/temporary_folder.h"
#include "tests/tokens/corpus.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

class TokenizeCorpusTest : public testing::Test {
 protected:
  std::map<std::string, std::string> Run(TokenizeCorpusOptions options, const std::string& name) {
    options.output = folder_ / name;
    TokenizeCorpus(*tokenizer_, options);
    return FilesIn(options.output);
  }
  std::string MessageOf(const TokenizeCorpusOptions& options) {
    return ErrorOf([&] { TokenizeCorpus(*tokenizer_, options); });
  }

  InGoldenFolder inside_;
  TemporaryFolder folder_;
  std::unique_ptr<const Tokenizer> tokenizer_ = GoldenTokenizer();
  TokenizeCorpusOptions options_ = GoldenOptions(folder_ / "out");
};

TEST_F(TokenizeCorpusTest, ShuffleKeepsEveryDocumentAndDependsOnTheSeedAlone) {
  TokenizeCorpusOptions shuffled = options_;
  shuffled.order = {OrderKind::kShuffle, 1, {}};
  const auto one = Run(shuffled, "one");
  shuffled.workers = 3;
  shuffled.source.chunk_bytes = 100'000;
  shuffled.range_bytes = 1 << 30;
  EXPECT_EQ(Run(shuffled, "other"), one);
  shuffled.order.seed = 2;
  EXPECT_NE(Run(shuffled, "seed"), one);

  Run(options_, "input");
  auto in_order = DocumentsIn(folder_ / "input"), mixed = DocumentsIn(folder_ / "one");
  EXPECT_NE(in_order, mixed);
  std::sort(in_order.begin(), in_order.end());
  std::sort(mixed.begin(), mixed.end());
  EXPECT_EQ(in_order, mixed);
}

TEST_F(TokenizeCorpusTest, HeldOutDocumentsAreTheSameInAnyOrderAndSplitOfTheInput) {
  options_.held_out.share = 0.3;
  Run(options_, "one");
  const auto ids_of = [&](const std::string& name) {
    std::set<std::string> ids;
    for (const auto& document : DocumentsIn(folder_ / name)) {
      ids.insert(document.id);
    }
    return ids;
  };
  const auto held_out = ids_of("one/held_out"), train = ids_of("one");
  EXPECT_GT(held_out.size(), 10u);
  EXPECT_GT(train.size(), 40u);

  std::string a, b;
  int line_number = 0;
  std::istringstream lines(ReadFile("corpus/a.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    (line_number++ % 2 == 0 ? a : b) += line + "\n";
  }
  WriteFile(folder_ / "a.jsonl", a);
  WriteFile(folder_ / "b.jsonl", b);
  options_.inputs = {"corpus/c.jsonl.zst", (folder_ / "b.jsonl").string(), "corpus/b.jsonl.gz",
                     (folder_ / "a.jsonl").string()};
  options_.order = {OrderKind::kShuffle, 9, {}};
  Run(options_, "two");
  EXPECT_EQ(ids_of("two/held_out"), held_out);
  EXPECT_EQ(ids_of("two"), train);
}

TEST_F(TokenizeCorpusTest, DecodedTokensAreTheText) {
  WriteFile(folder_ / "a.txt", "  The weather\n in \xC3\xA9t\xC3\xA9. ");
  options_.inputs = {(folder_ / "a.txt").string()};
  Run(options_, "text");
  const auto documents = DocumentsIn(folder_ / "text");
  ASSERT_EQ(documents.size(), 1u);
  std::string text;
  for (const TokenId id : documents[0].tokens) {
    text += tokenizer_->TokenBytes(id);
  }
  EXPECT_EQ(text, "The weather\n in \xC3\xA9t\xC3\xA9.<|endoftext|>");
}

TEST_F(TokenizeCorpusTest, LimitTakesTheFirstDocumentsOfTheInput) {
  Run(options_, "all");
  options_.limit = 20;
  options_.workers = 4;
  Run(options_, "some");
  auto all = DocumentsIn(folder_ / "all");
  all.resize(20);
  EXPECT_EQ(DocumentsIn(folder_ / "some"), all);
}

TEST_F(TokenizeCorpusTest, ManifestHasCountsAndHashes) {
  options_.held_out.share = 0.2;
  options_.program = "vffn 0";
  Run(options_, "out");
  const Json manifest = ReadJsonFile(folder_ / "out/tokens.json");
  EXPECT_EQ(manifest["program"], "vffn 0");
  EXPECT_EQ(manifest["run"]["tokenizer"]["sha256"], tokenizer_->info().sha256);
  EXPECT_EQ(manifest["run"]["token_type"], "uint16");
  EXPECT_EQ(manifest["empty"], 2);
  ASSERT_EQ(manifest["inputs"].size(), 3u);
  int64_t tokens = 0, documents = 0;
  for (const Json& input : manifest["inputs"]) {
    Sha256 hash;
    hash.Update(ReadFile(input["path"].get<std::string>()));
    EXPECT_EQ(input["sha256"], hash.Hex());
    tokens += input["tokens"].get<int64_t>();
    documents += input["documents"].get<int64_t>();
  }
  EXPECT_EQ(documents, 92);
  EXPECT_EQ(manifest["train"]["tokens"].get<int64_t>() + manifest["held_out"]["tokens"].get<int64_t>(),
            tokens);
  EXPECT_EQ(fs::file_size(folder_ / "out/part-0-00000.npy"),
            2 * manifest["train"]["tokens"].get<uintmax_t>());
}

TEST_F(TokenizeCorpusTest, KilledAtAnyMomentItGoesOnToTheSameFiles) {
  options_.order = {OrderKind::kShuffle, 3, {}};
  options_.held_out.share = 0.1;
  options_.max_size = 5000;
  options_.source.chunk_bytes = 1500;
  options_.commit_interval = std::chrono::milliseconds(0);  // the journal has every run
  const auto start = std::chrono::steady_clock::now();
  const auto expected = Run(options_, "whole");
  const auto duration = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start)
          .count());
  options_.resume = true;
  Random random(11, "moments of death");
  int killed = 0, resumed = 0;
  for (int round = 0; round < 200 && killed < 25; ++round) {
    options_.output = folder_ / ("killed" + std::to_string(round));
    int status = 0;
    for (uint64_t attempt = 4; attempt == 4 || !WIFEXITED(status); ++attempt) {  // ever more patient
      resumed += fs::exists(options_.output / "unfinished" / "journal.jsonl") ? 1 : 0;
      options_.workers = 1 + static_cast<int>(random.Below(3));
      const uint64_t patience = random.Below(duration) * attempt / 4;
      const pid_t child = fork();
      if (child == 0) {
        TokenizeCorpus(*tokenizer_, options_);
        _exit(0);
      }
      usleep(static_cast<useconds_t>(patience));
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      killed += WIFEXITED(status) ? 0 : 1;
    }
    ASSERT_EQ(WEXITSTATUS(status), 0);
    ASSERT_EQ(FilesIn(options_.output), expected);
  }
  EXPECT_GE(killed, 25);
  EXPECT_GT(resumed, 0);
}

TEST_F(TokenizeCorpusTest, StoppedItGoesOnWithoutTokenizingAgain) {
  const auto expected = Run(options_, "whole");
  std::stop_source stop;
  stop.request_stop();
  options_.stop = stop.get_token();
  EXPECT_THROW(TokenizeCorpus(*tokenizer_, options_), Interrupted);
  options_.stop = {};
  EXPECT_THAT(MessageOf(options_), HasSubstr("go on with it with --resume"));
  options_.resume = true;
  TokenizeCorpus(*tokenizer_, options_);
  EXPECT_EQ(FilesIn(options_.output), expected);
  TokenizeCorpus(*tokenizer_, options_);  // nothing left to do
  EXPECT_EQ(FilesIn(options_.output), expected);
  options_.resume = false;
  EXPECT_THAT(MessageOf(options_), HasSubstr("holds token files already"));
}

TEST_F(TokenizeCorpusTest, RefusesToResumeWithOtherOptionsAndNamesThem) {
  std::stop_source stop;
  stop.request_stop();
  options_.stop = stop.get_token();
  options_.resume = true;
  EXPECT_THROW(TokenizeCorpus(*tokenizer_, options_), Interrupted);
  TokenizeCorpusOptions other = options_;
  other.max_size = 5000;
  EXPECT_THAT(MessageOf(other), HasSubstr("max_size was 1073741824 and is now 5000"));
  other = options_;
  other.held_out.share = 0.5;
  EXPECT_THAT(MessageOf(other), HasSubstr("held_out.share was 0.0 and is now 0.5"));
  other = options_;
  other.inputs.pop_back();
  EXPECT_THAT(MessageOf(other), HasSubstr("inputs.2 was"));
  options_.stop = {};
  TokenizeCorpus(*tokenizer_, options_);
  EXPECT_THAT(MessageOf(other), AllOf(HasSubstr("tokens.json"), HasSubstr("inputs.2 was")));
}

TEST_F(TokenizeCorpusTest, RefusesAChangedInputOnResume) {
  WriteFile(folder_ / "a.jsonl", "{\"id\":\"1\",\"text\":\"a\"}\n");
  options_.inputs = {(folder_ / "a.jsonl").string()};
  std::stop_source stop;
  stop.request_stop();
  options_.stop = stop.get_token();
  options_.resume = true;
  EXPECT_THROW(TokenizeCorpus(*tokenizer_, options_), Interrupted);
  options_.stop = {};
  fs::last_write_time(folder_ / "a.jsonl", fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_THAT(MessageOf(options_), HasSubstr("inputs.0.modified was"));
}

TEST_F(TokenizeCorpusTest, WrongOptionsAreErrors) {
  TokenizeCorpusOptions other = options_;
  other.eos.reset();
  EXPECT_THAT(MessageOf(other), HasSubstr("--eos_token_id"));
  other = options_;
  other.eos = 50279;
  EXPECT_THAT(MessageOf(other), HasSubstr("token id 50279 is not in the vocabulary"));
  other = options_;
  other.max_size = 100;
  EXPECT_THAT(MessageOf(other), AllOf(HasSubstr("corpus/a.jsonl: document 14"), HasSubstr("--max_size 100")));
  other = options_;
  WriteFile(folder_ / "file", "");
  other.output = folder_ / "file";
  EXPECT_THAT(MessageOf(other), HasSubstr("is a file"));
  other.output = folder_.path();
  EXPECT_THAT(MessageOf(other), HasSubstr("is not empty"));
}

TEST_F(TokenizeCorpusTest, AWrongDocumentIsAnErrorOrSkippedAndCounted) {
  WriteFile(folder_ / "a.jsonl",
            "{\"id\":\"1\",\"text\":\"a\"}\n{\"id\":\"2\",\"text\":NaN}\n{\"id\":\"3\",\"text\":\"b\"}\n");
  options_.inputs = {(folder_ / "a.jsonl").string()};
  EXPECT_THAT(MessageOf(options_),
              AllOf(HasSubstr("a.jsonl:2: the field \"text\" is not a string"), HasSubstr("--skip_bad")));
  options_.output = folder_ / "skipped";
  options_.skip_bad = true;
  const auto result = TokenizeCorpus(*tokenizer_, options_);
  EXPECT_EQ(result.skipped, 1);
  EXPECT_EQ(result.train.documents, 2);
}

}  // namespace
}  // namespace vffn
