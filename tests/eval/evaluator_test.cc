#include "eval/evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "eval/running_score.h"
#include "runs/scores/results_file.h"
#include "runs/scores/samples_file.h"
#include "tests/base/temporary_folder.h"
#include "tests/eval/fake_run.h"
#include "tests/eval/scored_docs.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

RunInfo FixedInfo() {
  return {.config = ModelConfig{}, .parameters = 7, .program = {.version = "0.1.0"}, .device = "cpu"};
}

struct Documents {
  std::string results, samples;

  bool operator==(const Documents&) const = default;
};

Documents RunToTheEnd(const EvaluationPlan& plan, FakeScorer& scorer, const std::filesystem::path& path) {
  Ledger ledger = Ledger::Open(path, MakeHeader(), LedgerMode::kResume);
  SilentProgress progress;
  const Results results = Evaluate(plan, scorer, ledger, progress);
  Documents documents{.results = ToJson(MakeResultsFile(results, "m.gguf", FixedInfo())).dump(2)};
  for (const TaskRun& run : plan.tasks) {
    for (const Sample& sample : MakeSamplesFile(*plan.profile, run, ledger.contents()).samples) {
      documents.samples += FormatSample(run.name, sample);
    }
  }
  return documents;
}

TEST(Evaluate, ScoresEveryDocOnce) {
  const TemporaryFolder folder;
  FakeScorer scorer;
  const Documents first = RunToTheEnd(MakePlan(), scorer, folder / "l");
  EXPECT_EQ(scorer.scored, 60);
  EXPECT_EQ(RunToTheEnd(MakePlan(), scorer, folder / "l"), first);
  EXPECT_EQ(scorer.scored, 60);
}

std::string PercentOf(const TaskResults& task) {
  char text[20];
  std::snprintf(text, sizeof text, "%.1f", 100 * task.Score(task.primary).value);
  return text;
}

TEST(Evaluate, ShowsTaskAndScoreSoFarInTheProgressLine) {
  const TemporaryFolder folder;
  FakeScorer scorer;
  for (const int docs : {25, 40}) {  // the second time, docs of the ledger count, too
    Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kResume);
    std::string written;
    Progress progress({.write = [&](std::string_view text) { written += text; }, .line_interval = {}});
    const EvaluationPlan plan = MakePlan(docs);
    const Results results = Evaluate(plan, scorer, ledger, progress);
    for (size_t task = 0; task < plan.tasks.size(); ++task) {
      const TaskResults& result = results.tasks[task];
      const std::string label = "\n" + plan.tasks[task].name + " (" + std::to_string(task + 1) + " of 2) ";
      const std::string score = std::string(FactsOf(result.primary).name) + " " + PercentOf(result) + " of " +
                                std::to_string(result.docs) + " docs\n";
      EXPECT_THAT(written, AllOf(HasSubstr(label), HasSubstr(score)));
    }
    const std::string last = written.substr(written.rfind('\n', written.size() - 2) + 1);
    EXPECT_THAT(last,
                AllOf(testing::StartsWith("scoring "), HasSubstr("/s"), testing::Not(HasSubstr("len_norm"))));
  }
}

// A metric of all docs together has no mean so far.
TEST(RunningScore, IsEmptyWithoutAMean) {
  const LedgerTask task{.name = "x", .metrics = {{{Metric::kF1}, Metric::kF1}}};
  RunningScore score(FindProfile("olmo"), task);
  score.Add(MakeDoc("x", 0, 0, {MakeChoice(" a", {-1}), MakeChoice(" b", {-2})}));
  EXPECT_EQ(score.Text(), "");
  RunningScore mean(FindProfile("olmo"), {.name = "x", .metrics = {{{Metric::kAcc}, Metric::kAcc}}});
  EXPECT_EQ(mean.Text(), "");
  mean.Add(MakeDoc("x", 0, 0, {MakeChoice(" a", {-1}), MakeChoice(" b", {-2})}));
  mean.Add(MakeDoc("x", 1, 1, {MakeChoice(" a", {-1}), MakeChoice(" b", {-2})}));
  mean.Add(MakeDoc("x", 2, 1, {MakeChoice(" a", {-1}), MakeChoice(" b", {-2})}));
  EXPECT_EQ(mean.Text(), "acc 33.3 of 3 docs");
}

TEST(Evaluate, DoesNotDependOnTheOrderDocsAreDoneIn) {
  const TemporaryFolder folder;
  FakeScorer one;
  FakeScorer other;
  other.seed = 2;
  EXPECT_EQ(RunToTheEnd(MakePlan(), one, folder / "1"), RunToTheEnd(MakePlan(), other, folder / "2"));
  EXPECT_EQ(ReadFile(folder / "1"), ReadFile(folder / "2"));  // the ledgers, too
}

TEST(Evaluate, GivesTheSameResultsWithoutALedger) {
  const TemporaryFolder folder;
  Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kNew);
  FakeScorer scorer, other;
  other.seed = 2;
  SilentProgress progress;
  const auto text = [](const Results& results) {
    return ToJson(MakeResultsFile(results, "m.gguf", FixedInfo())).dump(2);
  };
  EXPECT_EQ(text(EvaluateInMemory(MakePlan(), MakeHeader().identity, other)),
            text(Evaluate(MakePlan(), scorer, ledger, progress)));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(EvaluateInMemory(MakePlan(), {}, scorer, stop.get_token()), Interrupted);
}

TEST(Evaluate, CountsTruncatedContexts) {
  const TemporaryFolder folder;
  Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kNew);
  FakeScorer scorer;
  SilentProgress progress;
  const Results results = Evaluate(MakePlan(), scorer, ledger, progress);
  EXPECT_EQ(results.tasks[1].truncation.docs, 1);
  EXPECT_EQ(results.tasks[1].truncation.requests, 4);
  EXPECT_EQ(results.tasks[1].truncation.tokens, 8);
  EXPECT_EQ(results.tasks[1].chance, 0.25);
  EXPECT_DOUBLE_EQ(results.average_chance.value(), 0.375);
}

// A larger limit adds to the ledger; a smaller one scores only its own docs.
TEST(Evaluate, TakesOnlyThePlansDocsFromTheLedger) {
  const TemporaryFolder folder;
  FakeScorer fresh;
  const Documents ten = RunToTheEnd(MakePlan(10), fresh, folder / "10");
  FakeScorer scorer;
  RunToTheEnd(MakePlan(40), scorer, folder / "40");
  EXPECT_EQ(RunToTheEnd(MakePlan(10), scorer, folder / "40"), ten);
  EXPECT_EQ(scorer.scored, 60);
  RunToTheEnd(MakePlan(40), scorer, folder / "10");
  EXPECT_EQ(scorer.scored, 60 + 60 - 15);
}

class StoppedPlan : public testing::TestWithParam<bool> {};

TEST_P(StoppedPlan, GoesOn) {
  EvaluationPlan plan = MakePlan();
  if (GetParam()) {
    AddUnconditional(plan.tasks[1]);
  }
  const TemporaryFolder folder;
  FakeScorer whole;
  const Documents expected = RunToTheEnd(plan, whole, folder / "whole");
  FakeScorer scorer;
  {
    Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kNew);
    SilentProgress progress;
    std::stop_source stop;
    scorer.before_done = [&](const RequestDoc&) {
      if (scorer.scored == 13) {
        stop.request_stop();
      }
    };
    try {
      Evaluate(plan, scorer, ledger, progress, stop.get_token());
      FAIL() << "was not interrupted";
    } catch (const Interrupted& interrupted) {
      EXPECT_THAT(interrupted.what(), AllOf(HasSubstr("13 of 60 docs"), HasSubstr("--resume")));
    }
  }
  EXPECT_EQ(RunToTheEnd(plan, scorer, folder / "l"), expected);
  EXPECT_EQ(scorer.scored, 60);
}

INSTANTIATE_TEST_SUITE_P(Evaluate, StoppedPlan, testing::Bool(), [](const auto& info) {
  return info.param ? "WithUnconditionalRequests" : "WithoutUnconditionalRequests";
});

TEST(Evaluate, KeepsUnconditionalScoresBesideTheirChoices) {
  EvaluationPlan plan = MakePlan(4);
  AddUnconditional(plan.tasks[0]);
  const TemporaryFolder folder;
  FakeScorer scorer;
  RunToTheEnd(plan, scorer, folder / "l");
  const LedgerContents ledger = ReadLedger(folder / "l");
  for (const auto& [doc_id, doc] : ledger.docs.at("piqa")) {
    for (const ScoredChoice& choice : doc.choices) {
      ASSERT_TRUE(choice.unconditional.has_value());
      EXPECT_EQ(choice.unconditional->tokens, choice.tokens);
      EXPECT_EQ(choice.unconditional->context_tokens, 1);
      EXPECT_NE(choice.unconditional->log_probs, choice.log_probs);
    }
  }
  EXPECT_FALSE(ledger.FindDoc("arc_easy", 0)->choices[0].unconditional.has_value());
  EXPECT_THAT(ErrorOf([&] { RunToTheEnd(MakePlan(4), scorer, folder / "l"); }),
              AllOf(HasSubstr("piqa, doc 0"), HasSubstr("other tokens")));
}

TEST(Evaluate, KeepsWhatWasDoneWhenTheScorerFails) {
  const TemporaryFolder folder;
  FakeScorer scorer;
  scorer.before_done = [&](const RequestDoc&) { VFFN_CHECK(scorer.scored < 20, "NaN logits"); };
  EXPECT_EQ(ErrorOf([&] { RunToTheEnd(MakePlan(), scorer, folder / "l"); }), "NaN logits");
  EXPECT_EQ(
      ReadLedger(folder / "l").docs.at("piqa").size() + ReadLedger(folder / "l").docs.at("arc_easy").size(),
      19u);
}

TEST(Evaluate, SaysWhenTheScorerLeavesDocsOut) {
  class LazyScorer : public FakeScorer {
    void Score(std::span<const RequestDoc>, const Done&, std::stop_token) override {}
  };
  const TemporaryFolder folder;
  LazyScorer scorer;
  EXPECT_THAT(ErrorOf([&] { RunToTheEnd(MakePlan(), scorer, folder / "l"); }),
              HasSubstr("without scores for 60"));
}

TEST(Evaluate, RefusesALedgerOfOtherTokens) {
  const TemporaryFolder folder;
  FakeScorer scorer;
  RunToTheEnd(MakePlan(), scorer, folder / "l");
  EvaluationPlan plan = MakePlan();
  plan.tasks[0].requests[5].requests[1].context.push_back(1);
  EXPECT_THAT(ErrorOf([&] { RunToTheEnd(plan, scorer, folder / "l"); }),
              AllOf(HasSubstr("piqa, doc 5"), HasSubstr("other tokens")));
  plan = MakePlan();
  plan.profile = &FindProfile("lm-eval");
  EXPECT_THAT(ErrorOf([&] { RunToTheEnd(plan, scorer, folder / "l"); }), HasSubstr("profile lm-eval"));
}

TEST(Evaluate, RefusesAPlanThatDoesNotFitTogether) {
  const TemporaryFolder folder;
  FakeScorer scorer;
  const auto error_of = [&](auto&& change) {
    EvaluationPlan plan = MakePlan();
    change(plan);
    return ErrorOf([&] { RunToTheEnd(plan, scorer, folder / "l"); });
  };
  EXPECT_THAT(error_of([](EvaluationPlan& plan) { plan.tasks[0].examples[4].gold = 2; }),
              HasSubstr("piqa, doc 4: the gold index is 2 of 2 choices"));
  EXPECT_THAT(error_of([](EvaluationPlan& plan) { plan.tasks[0].examples[4].choices.clear(); }),
              HasSubstr("piqa, doc 4: no choices"));
  EXPECT_THAT(error_of([](EvaluationPlan& plan) {
                AddUnconditional(plan.tasks[0]);
                plan.tasks[0].examples[4].unconditional.pop_back();
              }),
              HasSubstr("piqa, doc 4: 4 requests, of which 2 unconditional, for 2 choices and 1"));
  EXPECT_THAT(error_of([](EvaluationPlan& plan) { plan.tasks[1].docs.pop_back(); }), HasSubstr("19 docs"));
  EXPECT_THAT(error_of([](EvaluationPlan& plan) { plan.tasks[1] = plan.tasks[0]; }),
              HasSubstr("asked for twice"));
  EXPECT_THAT(error_of([](EvaluationPlan& plan) { plan.tasks[1].examples.clear(); }),
              HasSubstr("no docs to score"));
  EXPECT_EQ(scorer.scored, 0);
}

TEST(ScoreDocs, SavesBetweenCallsToTheScorer) {
  const TemporaryFolder folder;
  Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kNew);
  SilentProgress progress;
  FakeScorer scorer;
  std::vector<size_t> saved;
  ScoreDocs(MakePlan(200), scorer, ledger, progress, {}, [&] {
    size_t docs = 0;
    for (const auto& [task, of_task] : ledger.contents().docs) {
      docs += of_task.size();
    }
    EXPECT_EQ(static_cast<int64_t>(docs), scorer.scored);  // no doc is on its way
    saved.push_back(docs);
  });
  EXPECT_GT(saved.size(), 2U);
  EXPECT_EQ(saved.back(), 300U);
}

TEST(Ledger, IsCutToWhatWasSaved) {
  const TemporaryFolder folder;
  FakeScorer scorer;
  RunToTheEnd(MakePlan(), scorer, folder / "l");
  const std::string whole = ReadFile(folder / "l");
  size_t size = 0;
  for (int line = 0; line < 10; ++line) {
    size = whole.find('\n', size) + 1;
  }
  const auto bytes = static_cast<int64_t>(size);
  EXPECT_EQ(Ledger::OpenCut(folder / "l", MakeHeader(), bytes).contents().docs.at("piqa").size(), 7U);
  EXPECT_EQ(ReadFile(folder / "l"), whole.substr(0, size));
  EXPECT_THAT(ErrorOf([&] { Ledger::OpenCut(folder / "l", MakeHeader(), bytes + 1); }),
              HasSubstr("the file is damaged"));
  LedgerHeader other = MakeHeader();
  other.identity.dtype = "bfloat16";
  EXPECT_THAT(ErrorOf([&] { Ledger::OpenCut(folder / "l", other, bytes); }), HasSubstr("dtype"));
}

TEST(Evaluate, SurvivesAFullDisk) {
  const TemporaryFolder folder;
  FakeScorer whole;
  const Documents expected = RunToTheEnd(MakePlan(), whole, folder / "whole");
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit limit { 5000, before.rlim_max };
  setrlimit(RLIMIT_FSIZE, &limit);
  FakeScorer scorer;
  const std::string error = ErrorOf([&] { RunToTheEnd(MakePlan(), scorer, folder / "l"); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(error, AllOf(HasSubstr("offset 5000"), HasSubstr("File too large")));
  const int64_t kept = std::ranges::count(ReadFile(folder / "l"), '\n') - 3;  // rows of docs
  EXPECT_GT(kept, 0);
  const int64_t scored = scorer.scored;
  EXPECT_EQ(RunToTheEnd(MakePlan(), scorer, folder / "l"), expected);
  EXPECT_EQ(scorer.scored - scored, 60 - kept);
}

// kill -9 at random moments, again and again, until the run gets through.
TEST(Evaluate, EndsWithTheSameBytesHoweverOftenItIsKilled) {
  const TemporaryFolder folder;
  FakeScorer whole;
  const Documents expected = RunToTheEnd(MakePlan(), whole, folder / "whole");
  std::mt19937 random(7);
  int kills = 0;
  for (int round = 0; round < 4; ++round) {
    const std::filesystem::path path = folder / std::to_string(round);
    for (bool done = false; !done;) {
      const pid_t child = fork();
      if (child == 0) {
        FakeScorer scorer;
        scorer.seed = static_cast<unsigned>(kills);
        scorer.delay = std::chrono::microseconds(500);
        RunToTheEnd(MakePlan(), scorer, path);
        _exit(0);
      }
      // Longer from kill to kill, so that a slow machine gets through as well.
      std::this_thread::sleep_for(
          std::chrono::microseconds(random() % static_cast<unsigned>(15000 + 2000 * kills)));
      kill(child, SIGKILL);
      int status = 0;
      waitpid(child, &status, 0);
      done = WIFEXITED(status);
      ASSERT_TRUE(!done || WEXITSTATUS(status) == 0);
      kills += done ? 0 : 1;
    }
    FakeScorer scorer;
    EXPECT_EQ(RunToTheEnd(MakePlan(), scorer, path), expected);
    EXPECT_EQ(scorer.scored, 0);
  }
  EXPECT_GT(kills, 8);
}

}  // namespace
}  // namespace vffn
