#include "runs/losses/loss_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "model/logits.h"
#include "model/weights/checkpoint_writer.h"
#include "runs/folders/run_folder.h"
#include "runs/losses/token_loss_file.h"
#include "runs/parts/merge.h"
#include "tests/base/temporary_folder.h"
#include "tests/model/random_checkpoint.h"
#include "tests/text/byte_tokenizer.h"
#include "text/tokenizer.h"
#include "tokens/border_table.h"
#include "trace/trace_reader.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

namespace fs = std::filesystem;

constexpr TokenId kEos = 256;

class LossEvaluationTest : public testing::Test {
 protected:
  void SetUp() override {
    WriteFile(folder_ / "tokenizer.json", ByteTokenizer());
    ModelConfig config = TinyConfig();
    config.vocab_size = 257;
    config.max_sequence_length = 64;
    config.ffn = {
        .kind = FfnKind::kVersatile, .n_experts = 4, .top_k = 2, .expert_hidden_size = 20, .max_loops = 3};
    WriteCheckpoint(RandomCheckpoint(config), CheckpointFormat::kVffn, folder_ / "model",
                    {.companions = {folder_ / "tokenizer.json"}});
    WriteTokens();
  }

  /// Texts as the bytes that are their tokens; the second one is longer than a window.
  void WriteTokens() const {
    std::filesystem::create_directory(folder_ / "tokens");
    BorderTableWriter borders(folder_ / "tokens/part-0-00000.csv.gz");
    std::string bytes;
    int64_t start = 0;
    for (const std::vector<TokenId>& tokens : documents_) {
      for (const TokenId token : tokens) {
        bytes += static_cast<char>(token & 255);
        bytes += static_cast<char>(token >> 8);
      }
      const auto end = start + static_cast<int64_t>(tokens.size());
      borders.Append(start, end, "id " + std::to_string(start), "folder/text.jsonl", 1);
      start = end;
    }
    borders.Finish();
    WriteFile(folder_ / "tokens/part-0-00000.npy", bytes);
  }

  static std::vector<TokenId> Tokens(const std::string& text) {
    std::vector<TokenId> tokens;
    for (const char c : text) {
      tokens.push_back(static_cast<uint8_t>(c));
    }
    tokens.push_back(kEos);
    return tokens;
  }

  LossOptions Options(const std::string& output) const {
    return {.model = (folder_ / "model").string(),
            .tokens = (folder_ / "tokens").string(),
            .output_path = (folder_ / output).string(),
            .workers = 2};
  }

  LossOptions TextOptions(const std::string& output) const {
    LossOptions options = Options(output);
    options.tokens.clear();
    options.text.paths = {(folder_ / "text.jsonl").string()};
    options.window.max_length = 32;
    options.window.prefix_token_id = 7;
    return options;
  }

  /// Of the tokens after the first one, from the logits of the whole sequence.
  double NllOf(const std::vector<TokenId>& sequence, const std::string& model_args = "") const {
    const auto checkpoint = OpenCheckpoint(folder_ / "model", model_args);
    const LogitsTable table = ComputeLogits(*checkpoint, {sequence}, 0, {});
    double nll = 0;
    for (size_t t = 0; t + 1 < sequence.size(); ++t) {
      const float* logits = &table.logits[t * table.vocabulary];
      double sum = 0;
      for (int64_t v = 0; v < table.vocabulary; ++v) {
        sum += std::exp(logits[v]);
      }
      nll += std::log(sum) - logits[sequence[t + 1]];
    }
    return nll;
  }

  TemporaryFolder folder_;
  std::vector<std::vector<TokenId>> documents_ = {
      Tokens("A short text."), Tokens(std::string(40, 'x') + " longer than a window of 32."),
      Tokens("The last one, \xC3\xA9.")};
};

TEST_F(LossEvaluationTest, AgreesWithTheLogits) {
  LossOptions options = Options("out");
  options.window.max_length = 32;
  const LossOutcome outcome = MeasureLosses(options, {});
  ASSERT_THAT(outcome.losses, SizeIs(3));
  EXPECT_EQ(outcome.losses[0].id, "id 0");
  EXPECT_EQ(outcome.losses[0].source, "text.jsonl");
  EXPECT_EQ(outcome.losses[0].tokens, 14);
  EXPECT_EQ(outcome.losses[0].bytes, 13);  // without the eos
  for (size_t i : {0, 2}) {
    std::vector<TokenId> sequence = {kEos};
    sequence.insert(sequence.end(), documents_[i].begin(), documents_[i].end());
    EXPECT_NEAR(outcome.losses[i].nll, NllOf(sequence), 1e-3);
  }
  // Three windows: eos and 32 tokens, then each the token before it and the next ones.
  const std::vector<TokenId>& document = documents_[1];
  std::vector<TokenId> first(document.begin(), document.begin() + 32);
  first.insert(first.begin(), kEos);
  const double windows = NllOf(first) + NllOf({document.begin() + 31, document.begin() + 64}) +
                         NllOf({document.begin() + 63, document.end()});
  EXPECT_NEAR(outcome.losses[1].nll, windows, 1e-3);

  options.output_path = (folder_ / "one").string();
  options.workers = 1;
  EXPECT_EQ(MeasureLosses(options, {}).losses, outcome.losses);
}

TEST_F(LossEvaluationTest, KeepsProbesApart) {
  LossOptions options = Options("out");
  MeasureLosses(options, {});
  options.compute.model_args = "loops=1";
  const LossOutcome outcome = MeasureLosses(options, {});
  EXPECT_EQ(outcome.file.filename(), "losses_loops=1.jsonl");
  std::vector<TokenId> sequence = {kEos};
  sequence.insert(sequence.end(), documents_[0].begin(), documents_[0].end());
  EXPECT_NEAR(outcome.losses[0].nll, NllOf(sequence, "loops=1"), 1e-3);
}

TEST_F(LossEvaluationTest, GoesOnWhereItWasCutShort) {
  LossOptions options = Options("out");
  const LossOutcome whole = MeasureLosses(options, {});
  EXPECT_TRUE(whole.measured());
  EXPECT_THAT(ErrorOf([&] { MeasureLosses(options, {}); }), HasSubstr("--resume"));
  options.resume = true;
  EXPECT_FALSE(MeasureLosses(options, {}).measured());
  std::filesystem::resize_file(whole.file, std::filesystem::file_size(whole.file) - 20);
  const LossOutcome resumed = MeasureLosses(options, {});
  EXPECT_TRUE(resumed.measured());
  EXPECT_EQ(resumed.losses, whole.losses);
  options.limit = 2;
  EXPECT_THAT(MeasureLosses(options, {}).losses, SizeIs(2));
}

TEST_F(LossEvaluationTest, MeasuresTextInRollingWindows) {
  WriteFile(folder_ / "text.jsonl", "{\"text\": \" A short text. \"}\n{\"text\": \"\"}\n{\"text\": \"" +
                                        std::string(40, 'x') + "\"}\n");
  LossOptions options = TextOptions("out");
  const LossOutcome outcome = MeasureLosses(options, {});
  ASSERT_THAT(outcome.losses, SizeIs(3));
  EXPECT_EQ(outcome.notes.empty, 1);
  std::vector<TokenId> first = Tokens(" A short text. ");
  first.pop_back();
  first.insert(first.begin(), 7);
  EXPECT_NEAR(outcome.losses[0].nll, NllOf(first), 1e-3);
  EXPECT_EQ(outcome.losses[0].words, 5);
  EXPECT_EQ(outcome.losses[1].tokens, 0);
  EXPECT_EQ(outcome.losses[1].nll, 0);
  // 32 tokens after the prefix; then 8 more, after the 25 before them.
  std::vector<TokenId> window(33, 'x');
  window.front() = 7;
  const double two =
      NllOf(window) + NllOf(std::vector<TokenId>(33, 'x')) - NllOf(std::vector<TokenId>(25, 'x'));
  EXPECT_NEAR(outcome.losses[2].nll, two, 1e-3);
  const Json results = ReadJsonFile(folder_ / "out/loss_results.json");
  EXPECT_EQ(results.at("all").at("empty"), 1);
  EXPECT_EQ(results.at("window").at("kind"), "rolling");
  const LossSummary summary = Summarise(outcome.losses);
  EXPECT_EQ(results.at("all").at("word_perplexity").at("value"), summary.word_perplexity->value);
  EXPECT_EQ(results.at("sources").at("text.jsonl").at("tokens"), summary.tokens);

  options.resume = true;
  options.window = {.window = 32, .prefix_token_id = 7};
  EXPECT_THAT(ErrorOf([&] { MeasureLosses(options, {}); }),
              HasSubstr("window.kind: rolling in the file, stride now"));
}

TEST_F(LossEvaluationTest, WritesTheLossesOfTokens) {
  LossOptions options = Options("out");
  options.window.max_length = 32;
  const LossOutcome whole = MeasureLosses(options, {});
  options.resume = options.log_tokens = true;
  const LossOutcome with = MeasureLosses(options, {});  // the windows are scored again
  EXPECT_TRUE(with.measured());
  EXPECT_EQ(with.losses, whole.losses);
  std::map<int64_t, double> nll;
  std::map<int64_t, std::vector<TokenId>> tokens;
  const fs::path file = TokenLossesOf(with.file);
  ReadTokenLosses(file, [&](const TokenLosses& losses) {
    for (size_t i = 0; i < losses.tokens.size(); ++i) {
      nll[losses.document] -= losses.log_probs[i];
      tokens[losses.document].push_back(losses.tokens[i]);
    }
  });
  for (const int64_t i : {0, 1, 2}) {
    EXPECT_EQ(tokens[i], documents_[static_cast<size_t>(i)]);
    EXPECT_NEAR(nll[i], whole.losses[static_cast<size_t>(i)].nll, 1e-9);
  }
  const std::string bytes = ReadFile(file);
  fs::resize_file(file, fs::file_size(file) - 30);
  EXPECT_TRUE(MeasureLosses(options, {}).measured());
  EXPECT_EQ(ReadFile(file), bytes);
  EXPECT_FALSE(MeasureLosses(options, {}).measured());
}

// A run that is killed has the windows that were scored.
TEST_F(LossEvaluationTest, KeepsTheWindowsOfADocument) {
  LossOptions options = Options("out");
  options.window.max_length = 16;
  const LossOutcome whole = MeasureLosses(options, {});
  const std::string bytes = ReadFile(whole.file);
  const std::string header = bytes.substr(0, bytes.find('\n') + 1);
  // The second document has five windows; a wrong loss shows that its third one is not scored again.
  WriteFile(whole.file, header + "{\"document\":1,\"window\":2,\"nll\":1000}\n{\"document\":1,\"win");
  options.resume = true;
  const LossOutcome resumed = MeasureLosses(options, {});
  EXPECT_EQ(resumed.losses[0], whole.losses[0]);
  EXPECT_GT(resumed.losses[1].nll, 1000);
  EXPECT_LT(resumed.losses[1].nll, 1000 + whole.losses[1].nll);
  EXPECT_THAT(ReadFile(whole.file), Not(HasSubstr("\"window\":2,")));
}

TEST_F(LossEvaluationTest, PartsMakeTheFilesOfOneProcess) {
  LossOptions options = Options("one");
  options.window.max_length = 16;
  options.log_tokens = true;
  options.trace.folder = (folder_ / "one/trace").string();
  const LossOutcome one = MeasureLosses(options, {});
  options.output_path = (folder_ / "two").string();
  options.trace.folder = (folder_ / "two/trace").string();
  options.shard = {.rank = 0, .count = 2};
  EXPECT_THAT(MeasureLosses(options, {}).losses, IsEmpty());
  options.shard.rank = 1;
  EXPECT_EQ(MeasureLosses(options, {}).losses, one.losses);
  for (const char* name : {"losses.jsonl", "token_losses.jsonl", "loss_results.json"}) {
    EXPECT_EQ(ReadFile(folder_ / "two" / name), ReadFile(folder_ / "one" / name)) << name;
  }
  const TraceReader a(folder_ / "one/trace"), b(folder_ / "two/trace");
  EXPECT_EQ(a.docs(), b.docs());
  EXPECT_THAT(a.docs().at("text.jsonl"), SizeIs(8));  // windows: one, five, two
  // A token of the text is a node of the trace, with the same log-probability.
  const DocTrace window = a.ReadDoc("text.jsonl", 0);
  EXPECT_EQ(window.nodes_run, 14);
  EXPECT_EQ(window.tokens.at(1), 'A');
}

// As after a run that is killed while it adds --log_tokens to finished losses.
TEST_F(LossEvaluationTest, PartsWithoutAllTokensAreNotJoined) {
  LossOptions options = Options("two");
  options.log_tokens = true;
  for (const int rank : {0, 1}) {
    options.shard = {.rank = rank, .count = 2};
    MeasureLosses(options, {});
  }
  const MergeOptions merge{.folders = {folder_ / "two"}, .output = folder_ / "joined"};
  EXPECT_TRUE(MergeLosses(merge, "losses"));
  const auto tokens = folder_ / "two/parts/rank-00001-of-00002/token_losses.jsonl";
  const std::string text = ReadFile(tokens);
  WriteFile(tokens, text.substr(0, text.find('\n') + 1));
  EXPECT_THAT(ErrorOf([&] { MergeLosses(merge, "losses"); }),
              HasSubstr("token_losses.jsonl lacks tokens of"));
}

TEST_F(LossEvaluationTest, TracesWhatWasMeasuredWithoutATrace) {
  LossOptions options = Options("out");
  MeasureLosses(options, {});
  options.resume = true;
  options.trace.folder = (folder_ / "trace").string();
  EXPECT_TRUE(MeasureLosses(options, {}).measured());
  EXPECT_THAT(TraceReader(folder_ / "trace").docs().at("text.jsonl"), SizeIs(4));
  EXPECT_FALSE(MeasureLosses(options, {}).measured());
  options.window.max_length = 32;
  options.output_path = (folder_ / "other").string();
  EXPECT_THAT(ErrorOf([&] { MeasureLosses(options, {}); }), HasSubstr("trace"));
}

TEST_F(LossEvaluationTest, NamesWhatIsWrong) {
  LossOptions options = Options("out");
  options.window.max_length = 65;
  EXPECT_THAT(ErrorOf([&] { MeasureLosses(options, {}); }), HasSubstr("--max_length 65"));
  options = Options("out");
  options.text.paths = {"a.txt"};
  EXPECT_THAT(ErrorOf([&] { MeasureLosses(options, {}); }), HasSubstr("--text"));
  options.text.paths.clear();
  options.tokens = (folder_ / "nothing").string();
  EXPECT_THAT(ErrorOf([&] { MeasureLosses(options, {}); }), HasSubstr("there is no such file"));
  std::filesystem::remove(folder_ / "tokens/part-0-00000.csv.gz");
  EXPECT_THAT(ErrorOf([&] { MeasureLosses(Options("out"), {}); }), HasSubstr("part-0-00000.csv.gz"));
}

}  // namespace
}  // namespace vffn
