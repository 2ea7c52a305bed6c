#include "reports/reproduction/measured_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/base/temporary_folder.h"
#include "tests/reports/reproduction/reproduction_samples.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

ResultsFile MakeResults() {
  RunRecord run{.profile = "olmo"};
  run.info.config = PaperConfig("354M", "Base");
  run.identity.dtype = "float32";
  return {.origin = "r.json",
          .model_name = "models/some.gguf",
          .tasks = {{.name = "sciq",
                     .docs = 100,
                     .metrics = {{.name = "acc", .value = 0.5, .standard_error = 0.05}},
                     .split = "validation",
                     .primary_metric = "acc"}},
          .run = run};
}

TEST(MeasuredRun, IsMadeFromResults) {
  const MeasuredRun run = MakeMeasuredRun(MakeResults(), {});
  EXPECT_EQ(run.Label(), "some.gguf");
  EXPECT_EQ(run.source, "r.json");
  EXPECT_EQ(run.rows.front(), (PaperRow{"1", "354M", "Base"}));
  EXPECT_EQ(run.parameters, 354712576);
  EXPECT_EQ(run.FindTask("sciq")->score.value, 0.5);
  EXPECT_EQ(run.FindTask("piqa"), nullptr);
  EXPECT_FALSE(run.cost);
  const MeasuredRun named = MakeMeasuredRun(
      MakeResults(), {.name = "mine", .row = "5:354M/4-Loop", .loss = 2.5, .untrained = true});
  EXPECT_EQ(named.Label(), "mine [UNTRAINED]");
  EXPECT_EQ(named.rows.front(), (PaperRow{"5", "354M", "4-Loop"}));
  EXPECT_EQ(named.loss, 2.5);
}

TEST(MeasuredRun, HasTheBetterFormOfATaskUnderThePapersName) {
  ResultsFile results = MakeResults();
  results.run->profile = "olmes";
  results.tasks.push_back(results.tasks[0]);
  results.tasks[0].name = "csqa/rc_5shot";
  results.tasks[1].name = "csqa/mc_5shot";
  results.tasks[1].metrics[0].value = 0.75;
  results.run->best_forms = {
      {.task = "csqa", .cloze = "csqa/rc_5shot", .letters = "csqa/mc_5shot", .best = "mc", .value = 0.75}};
  const MeasuredRun run = MakeMeasuredRun(results, {});
  ASSERT_EQ(run.tasks.size(), 3U);
  EXPECT_EQ(run.tasks[2].task, "csqa: best of both");
  EXPECT_EQ(run.FindTask("commonsense_qa"), &run.tasks[2]);
  EXPECT_EQ(run.tasks[2].score.value, 0.75);
  EXPECT_FALSE(run.tasks[0].counted || run.tasks[1].counted);
  EXPECT_TRUE(run.tasks[2].counted);
  results.run->best_forms[0].letters = "csqa/mc_0shot";
  EXPECT_THAT(ErrorOf([&] { MakeMeasuredRun(results, {}); }),
              HasSubstr("r.json: vffn.best_of_both.csqa: there are no scores of its mc form"));
}

TEST(MeasuredRun, HasLossesOfRightAnswersInTheirOwnUnit) {
  ResultsFile results = MakeResults();
  results.tasks[0] = {.name = "gsm8k/gold_bpb_5shot",
                      .docs = 5,
                      .metrics = {{.name = "bits_per_byte", .value = 1.25, .standard_error = 0.05}},
                      .primary_metric = "bits_per_byte"};
  const MeasuredRun run = MakeMeasuredRun(results, {});
  EXPECT_EQ(run.tasks[0].score.value, 1.25);
  EXPECT_FALSE(run.tasks[0].percent);
  results.tasks[0].metrics[0].name = results.tasks[0].primary_metric = "acc";
  EXPECT_THAT(ErrorOf([&] { MakeMeasuredRun(results, {}); }), HasSubstr("a score of 1.25 on 5 docs"));
}

TEST(MeasuredRun, HasNoCostIfNothingWasScored) {
  ResultsFile results = MakeResults();
  results.run->info.scoring = ScoringRecord();
  EXPECT_FALSE(MakeMeasuredRun(results, {}).cost);
  results.run->info.scoring->trie_tokens = 1;
  EXPECT_THAT(ErrorOf([&] { MakeMeasuredRun(results, {}); }), HasSubstr("r.json: vffn.scoring"));
}

TEST(MeasuredRun, SaysWhatIsMissingOrWrong) {
  const auto message = [](const std::function<void(ResultsFile&)>& spoil, const RunNotes& notes = {}) {
    ResultsFile results = MakeResults();
    spoil(results);
    return ErrorOf([&] { MakeMeasuredRun(results, notes); });
  };
  const auto expect = [&](const std::string& text, const std::function<void(ResultsFile&)>& spoil) {
    EXPECT_THAT(message(spoil), AllOf(StartsWith("r.json"), HasSubstr(text)));
  };
  EXPECT_EQ(message([](ResultsFile&) {}), "");
  expect("vffn is missing", [](ResultsFile& results) { results.run.reset(); });
  expect("no scores", [](ResultsFile& results) { results.tasks.clear(); });
  expect("on 0 docs", [](ResultsFile& results) { results.tasks[0].docs = 0; });
  expect("sciq.metrics.acc.value is missing",
         [](ResultsFile& results) { results.tasks[0].metrics[0].value.reset(); });
  expect("metrics.len_norm.value is missing",
         [](ResultsFile& results) { results.tasks[0].primary_metric = "len_norm"; });
  expect("a score of 50", [](ResultsFile& results) { results.tasks[0].metrics[0].value = 50; });
  EXPECT_THAT(message([](ResultsFile&) {}, {.row = "354M/Bass"}), HasSubstr("row is \"354M/Bass\""));
}

}  // namespace
}  // namespace vffn
