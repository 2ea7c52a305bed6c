#include "reports/reproduction/question_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"
#include "tests/base/temporary_folder.h"
#include "tests/eval/fake_run.h"
#include "tests/trace/random_trace.h"
#include "trace/trace_writer.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A token's piece is its id.
class NumberTokenizer : public Tokenizer {
 public:
  std::vector<TokenId> Encode(std::string_view) const override { return {}; }
  std::string TokenBytes(TokenId id) const override { return std::to_string(id); }
  int64_t vocab_size() const override { return 1000; }
  std::optional<TokenId> bos() const override { return std::nullopt; }
  std::optional<TokenId> eos() const override { return std::nullopt; }
  const TokenizerInfo& info() const override { return info_; }

 private:
  TokenizerInfo info_;
};

constexpr int kContext = 3;

class QuestionSourceTest : public testing::Test {
 protected:
  /// piqa 0..3, arc_easy 0..1; traces of all, in which tokens are 0, 1, 2 ... 6.
  QuestionSourceTest() : header_(RandomTraceHeader()) {
    ledger_.origin = "ledger.jsonl";
    ledger_.header.identity = {.model_sha256 = "model",
                               .tokenizer_sha256 = "tokenizer",
                               .dtype = "float32",
                               .max_sequence_length = 64,
                               .ffn = "{}"};
    plan_.profile = &FindProfile("olmo");
    plan_.tasks = {{.name = "piqa"}, {.name = "arc_easy"}};
    TraceWriter writer(folder_ / "trace", header_, [](int32_t) { return "x"; });
    for (int i = 0; i < 6; ++i) {
      AddDoc(plan_.tasks[i / 4], i % 4, writer);
    }
    writer.Finish();
    trace_ = std::make_unique<TraceReader>(folder_ / "trace");
  }

  void AddDoc(TaskRun& run, int64_t doc_id, TraceWriter& writer) {
    DocTrace trace = RandomDocTrace(header_.shape, run.name, doc_id, kContext);
    std::iota(trace.tokens.begin(), trace.tokens.end(), 0);
    RequestDoc requests{.task = run.name, .doc_id = doc_id};
    ScoredDoc scored{.task = run.name, .doc_id = doc_id, .gold = 1};
    for (int choice = 0; choice < 2; ++choice) {
      const std::vector<TokenId> continuation = {kContext + choice, kContext + 2 + choice};
      requests.requests.push_back({{0, 1, 2}, continuation});
      scored.choices.push_back({.tokens = continuation,
                                .log_probs = {-1.0F - static_cast<float>(choice), -0.5F},
                                .greedy = {0, 0},
                                .length = {4, 4},
                                .length_without_blank = {3, 3}});
    }
    scored.request_sha256 = RequestHash(requests);
    ledger_.docs[run.name].emplace(doc_id, scored);
    run.requests.push_back(requests);
    traces_.push_back(trace);
    writer.Write(trace);
  }

  QuestionSource Source(const TraceReader* trace) {
    return {.name = "m", .plan = &plan_, .ledger = &ledger_, .tokenizer = &tokenizer_, .trace = trace};
  }

  std::string MessageOf(const QuestionSource& source) {
    try {
      MakeQuestionPage({&source, 1}, 100);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
  TraceHeader header_;
  EvaluationPlan plan_;
  LedgerContents ledger_;
  NumberTokenizer tokenizer_;
  std::vector<DocTrace> traces_;
  std::unique_ptr<TraceReader> trace_;
};

TEST_F(QuestionSourceTest, ShowsUnconditionalRequestsAsNoChoices) {
  for (TaskRun& run : plan_.tasks) {
    for (RequestDoc& requests : run.requests) {
      ScoredDoc& scored = ledger_.docs.at(run.name).at(requests.doc_id);
      for (ScoredChoice& choice : scored.choices) {
        requests.requests.push_back({{9}, choice.tokens});
        choice.unconditional = {.tokens = choice.tokens, .log_probs = {-1, -2}, .greedy = {0, 0}};
      }
      requests.unconditional = scored.choices.size();
      scored.request_sha256 = RequestHash(requests);
    }
  }
  const QuestionSource source = Source(nullptr);
  const QuestionPage page = MakeQuestionPage({&source, 1}, 100);
  ASSERT_EQ(page.questions.size(), 6);
  EXPECT_EQ(page.questions[0].answers[0].choices.size(), 2);
  EXPECT_EQ(page.questions[0].answers[0].contexts.size(), 1);
}

TEST_F(QuestionSourceTest, JoinsScoresTokensAndTrace) {
  const std::vector<QuestionSource> sources = {Source(trace_.get()), Source(nullptr)};
  const QuestionPage page = MakeQuestionPage(sources, 100);
  ASSERT_EQ(page.questions.size(), 6);
  EXPECT_EQ(page.models[0].max_loops, 4);
  EXPECT_EQ(page.models[1].layers, 0);
  const Question& question = page.questions[5];
  EXPECT_EQ(question.task, "arc_easy");
  EXPECT_EQ(question.gold, 1);
  EXPECT_EQ(question.metric, "acc");
  const ModelAnswer& answer = question.answers[0];
  EXPECT_EQ(answer.predicted, 0);
  ASSERT_EQ(answer.contexts.size(), 1);  // the choices share it
  EXPECT_THAT(answer.contexts[0].pieces, ElementsAre("0", "1", "2"));
  EXPECT_THAT(answer.choices[1].continuation.pieces, ElementsAre("4", "6"));
  EXPECT_THAT(answer.choices[1].continuation.log_probs, ElementsAre(-2.0F, -0.5F));
  EXPECT_EQ(answer.choices[1].score, -2.5);
  EXPECT_TRUE(question.answers[1].contexts[0].loops.empty());
  const DocTrace& trace = traces_[5];
  for (int64_t layer = 0; layer < 3; ++layer) {
    const int64_t node = layer * trace.nodes_run + 4;  // the first token of the second continuation
    EXPECT_EQ(answer.choices[1].continuation.loops[layer], trace.loop_counts[node]);
    EXPECT_EQ(answer.choices[1].continuation.lambda[layer], trace.lambdas[node]);
    const int16_t expert = trace.experts[2 * node + 1];
    EXPECT_EQ(answer.choices[1].continuation.experts[2 * layer + 1], expert < 0 ? kNoExpert : expert);
    EXPECT_EQ(answer.choices[1].continuation.loops[3 + layer], 0);  // the last token never runs
  }
  EXPECT_FALSE(EncodeQuestions(page).empty());
}

TEST_F(QuestionSourceTest, TakesWhatAllHaveAndNoMoreThanAsked) {
  LedgerContents fewer = ledger_;
  fewer.docs["piqa"].erase(2);
  QuestionSource other = Source(nullptr);
  other.ledger = &fewer;
  const std::vector<QuestionSource> sources = {Source(trace_.get()), other};
  EXPECT_EQ(MakeQuestionPage(sources, 100).questions.size(), 5);
  const QuestionPage page = MakeQuestionPage(sources, 4);
  ASSERT_EQ(page.questions.size(), 4);
  EXPECT_EQ(page.questions[1].doc_id, 1);
  EXPECT_EQ(page.questions[2].task, "arc_easy");
}

TEST_F(QuestionSourceTest, RefusesWhatDoesNotBelongTogether) {
  QuestionSource source = Source(trace_.get());
  LedgerContents ledger = ledger_;
  source.ledger = &ledger;
  ledger.header.identity.model_sha256 = "another";
  EXPECT_THAT(MessageOf(source), HasSubstr("model_sha256: another, the trace has model"));
  ledger = ledger_;
  ledger.docs["piqa"].at(3).request_sha256 = "another";
  EXPECT_THAT(MessageOf(source), HasSubstr("piqa, doc 3 was scored with other tokens"));
  EvaluationPlan plan = plan_;
  ledger = ledger_;
  source.plan = &plan;
  plan.tasks[0].requests[1].requests[0].context = {0, 1, 9};
  ledger.docs["piqa"].at(1).request_sha256 = RequestHash(plan.tasks[0].requests[1]);
  EXPECT_THAT(MessageOf(source), HasSubstr("piqa, doc 1: the trace has other tokens"));
}

}  // namespace
}  // namespace vffn
