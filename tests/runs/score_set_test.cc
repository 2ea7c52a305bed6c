#include "runs/scores/score_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runs/scores/samples_file.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/olmes_run.h"
#include "tests/runs/sample_run.h"

namespace vffn {
namespace {

using testing::HasSubstr;

/// A ledger of SciQ, of which `asked` docs should have been scored.
void WriteLedger(const std::filesystem::path& path, int64_t asked, const std::vector<ScoredDoc>& docs) {
  Ledger ledger = Ledger::Open(path, MakeHeader(), LedgerMode::kNew);
  ledger.BeginTask({"sciq", "validation", "d", 10, asked});
  for (const ScoredDoc& doc : docs) {
    ledger.Append(doc);
  }
}

TEST(ReadScoreSet, ReadsALedger) {
  const TemporaryFolder folder;
  WriteLedger(folder / "ledger.jsonl", 3,
              {MakeDoc("sciq", 1, 0, {MakeChoice(" a", {-1}), MakeChoice(" b", {-3})}),
               MakeDoc("sciq", 0, 1, {MakeChoice(" a", {-1}), MakeChoice(" b", {-1.5})})});
  const ScoreSet set = ReadScoreSet(folder.path().string(), {});
  ASSERT_TRUE(set.per_question());
  EXPECT_EQ(set.profile, "olmo");
  EXPECT_EQ(set.tasks[0].missing, 1);
  EXPECT_EQ(set.tasks[0].questions[0].value, 0);
  EXPECT_EQ(set.tasks[0].questions[0].margin, -0.5);
  EXPECT_EQ(set.tasks[0].questions[1].margin, 2);
  EXPECT_EQ(set.summaries[0].value, 0.5);
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(folder.path().string(), {.profile = "lm-eval"}); }),
              HasSubstr("other tokens"));
}

TEST(ReadScoreSet, LabelsUntrainedModels) {
  const TemporaryFolder folder;
  WriteLedger(folder / "ledger.jsonl", 1,
              {MakeDoc("sciq", 0, 1, {MakeChoice(" a", {-1}), MakeChoice(" b", {-1.5})})});
  const std::string path = folder.path().string();
  EXPECT_EQ(ReadScoreSet(path, {}).name, path);
  RunInfo info = MakeRunInfo();
  WriteResultsFile(folder / "results_1.json", MakeResults(MakeContents(), info));
  EXPECT_EQ(ReadScoreSet(path, {}).name, path + " [UNTRAINED]");
  const std::string ledger = (folder / "ledger.jsonl").string();
  EXPECT_EQ(ReadScoreSet(ledger, {}).name, ledger + " [UNTRAINED]");
  info.untrained = false;
  WriteResultsFile(folder / "results_2.json", MakeResults(MakeContents(), info));  // later
  EXPECT_EQ(ReadScoreSet(path, {}).name, path);
  WriteFile(folder / "run.json", R"({"untrained":true})");
  EXPECT_EQ(ReadScoreSet(path, {}).name, path + " [UNTRAINED]");
  WriteFile(folder / "run.json", "{");
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(path, {}); }), HasSubstr("run.json"));
}

// As lm-evaluation-harness writes them: numbers of responses as text.
constexpr const char* kSampleLine =
    R"({"doc_id":0,"doc":{"q":1},"target":"1","arguments":{"gen_args_0":{"arg_0":"Q","arg_1":" no"},)"
    R"("gen_args_1":{"arg_0":"Q","arg_1":" yes"}},"resps":[],"filtered_resps":[["-4.0","False"],["-3.0","True"]],)"
    R"("filter":"none","metrics":["acc","acc_norm"],"acc":1.0,"acc_norm":1.0})";

TEST(ReadScoreSet, ReadsSamplesOfTheHarness) {
  const TemporaryFolder folder;
  WriteFile(folder / "samples_piqa_2026-01-01.jsonl", "damaged, and older\n");
  WriteFile(folder / "samples_piqa_2026-01-02.jsonl", std::string(kSampleLine) + "\n");
  const ScoreSet set = ReadScoreSet(folder.path().string(), {});
  ASSERT_EQ(set.tasks.size(), 1U);
  EXPECT_EQ(set.tasks[0].task, "piqa");
  EXPECT_EQ(set.tasks[0].metric, "acc_norm");
  EXPECT_DOUBLE_EQ(set.tasks[0].questions[0].margin.value(), 1.0);  // -3 / 3 - -4 / 2
  const ScoreSet acc = ReadScoreSet(folder.path().string(), {.metric = Metric::kAcc});
  EXPECT_DOUBLE_EQ(acc.tasks[0].questions[0].margin.value(), 1.0);
  const std::string bad = (folder / "samples_piqa_x.jsonl").string();
  const auto message = [&](std::string line) {
    WriteFile(bad, line + "\n");
    return ErrorOf([&] { ReadScoreSet(bad, {}); });
  };
  EXPECT_THAT(message(std::string(kSampleLine) + "\n" + kSampleLine), HasSubstr("twice"));
  EXPECT_THAT(message(std::string(kSampleLine).substr(0, 80)), HasSubstr("samples_piqa_x.jsonl:1"));
  EXPECT_THAT(message(R"({"doc_id":0})"), HasSubstr("doc is missing"));
  std::string other = kSampleLine;
  for (const char* name : {"acc_norm\":", "acc\":"}) {
    other.replace(other.find(name), 3, "xyz");
  }
  other.replace(other.find(R"("acc","acc_norm")"), 16, R"("xyz","xyz_norm")");
  EXPECT_THAT(
      message(other),
      HasSubstr("has none of the metrics acc, acc_norm, len_norm and bits_per_byte, but xyz, xyz_norm"));
  WriteFile(bad, std::string(kSampleLine) + "\n");
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(bad, {.metric = Metric::kLenNorm}); }),
              HasSubstr("has no len_norm, but acc, acc_norm"));
}

TEST(ReadScoreSet, TakesAccWhereThereIsNothingElse) {
  const TemporaryFolder folder;
  std::string text = kSampleLine;
  text.replace(text.find(R"("acc","acc_norm")"), 16, R"("acc")");
  text.erase(text.find(R"(,"acc_norm":1.0)"), 15);
  WriteFile(folder / "samples_piqa_1.jsonl", text + "\n");
  const ScoreSet set = ReadScoreSet(folder.path().string(), {});
  EXPECT_EQ(set.tasks.at(0).metric, "acc");
  EXPECT_EQ(set.tasks[0].questions.at(0).margin, 1.0);
}

TEST(ReadScoreSet, KeepsTheScoreWhereThereIsNoMargin) {
  const TemporaryFolder folder;
  std::string text = kSampleLine;
  text.replace(text.find("\"-4.0\""), 6, "\"-inf\"");
  WriteFile(folder / "samples_piqa_1.jsonl", text + "\n");
  const QuestionScore question = ReadScoreSet(folder.path().string(), {}).tasks.at(0).questions.at(0);
  EXPECT_EQ(question.value, 1.0);
  EXPECT_FALSE(question.margin.has_value());
  EXPECT_EQ(question.gold, 1U);
}

TEST(ReadScoreSet, FindsTheOnlyRunInAFolder) {
  const TemporaryFolder folder;
  const std::string path = folder.path().string();
  const auto add = [&](const char* model) {
    std::filesystem::create_directories(folder / model);
    WriteFile(folder / model / "samples_piqa_1.jsonl", std::string(kSampleLine) + "\n");
  };
  std::filesystem::create_directories(folder / "empty");
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(path, {}); }),
              HasSubstr("there is no run in it, nor in a folder in it (found are empty/)"));
  add("date/org__model");
  const ScoreSet set = ReadScoreSet(path, {});
  EXPECT_EQ(set.name, path);
  EXPECT_THAT(set.source, HasSubstr("date/org__model/samples_piqa_1.jsonl"));
  EXPECT_TRUE(HasSamplesAlone(path));
  add("other__model");
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(path, {}); }),
              testing::AllOf(HasSubstr("there are several runs in it; name one of"),
                             HasSubstr("date/org__model"), HasSubstr("other__model")));
}

TEST(ReadScoreSet, RefusesTwoModelsOfOldFilesInAFolder) {
  const TemporaryFolder folder;
  for (const char* name : {"pretrained=a_piqa.jsonl", "pretrained=b_piqa.jsonl"}) {
    WriteFile(folder / name, std::string(kSampleLine) + "\n");
  }
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(folder.path().string(), {}); }),
              HasSubstr("sample files of several models for piqa; name one file"));
  EXPECT_EQ(ReadScoreSet((folder / "pretrained=a_piqa.jsonl").string(), {}).tasks.at(0).task, "piqa");
}

TEST(ReadScoreSet, ReadsResultsWithoutQuestions) {
  const TemporaryFolder folder;
  const std::string path = (folder / "results_x.json").string();
  WriteFile(path, R"({"results":{"sciq":{"acc,none":0.75}},"n-samples":{"sciq":{"effective":1000}}})");
  const ScoreSet set = ReadScoreSet(path, {});
  EXPECT_FALSE(set.per_question());
  EXPECT_EQ(set.summaries.at(0).value, 0.75);
  EXPECT_EQ(set.summaries[0].questions, 1000);
  WriteFile(path, R"({"results":{"sciq":{"acc,none":"N/A"}}})");
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(path, {}); }), HasSubstr("acc,none"));
  WriteFile(path, R"({"results":{"sciq":{"acc,none":0.75}}})");
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(path, {}); }), HasSubstr("how many questions of sciq"));
  WriteFile(path, R"({"results":{}})");
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet(path, {}); }), HasSubstr("no results of any task"));
  EXPECT_THAT(ErrorOf([&] { ReadScoreSet((folder / "none").string(), {}); }), HasSubstr("no such file"));
}

// A run of this program without its ledger: the primary metric of the file, only what the profile reports.
TEST(ScoresOfResults, TakesThePrimaryMetric) {
  const ResultsFile file = MakeResults();
  const ScoreSet set = ScoresOfResults(file, {});
  EXPECT_EQ(set.profile, "olmo");
  EXPECT_EQ(set.summaries.at(0).metric, "len_norm");
  EXPECT_EQ(set.summaries[0].questions, 2);
  EXPECT_THAT(ErrorOf([&] { ScoresOfResults(file, {.metric = Metric::kAccBytes}); }),
              HasSubstr("task piqa has no number \"acc_bytes,none\""));
  EXPECT_THAT(ErrorOf([&] { ScoresOfResults(file, {.metric = Metric::kCeLoss}); }),
              HasSubstr("only an accuracy"));
}

TEST(ScoresOfLedger, LeaveOutAccuraciesOfRightAnswersAlone) {
  LedgerContents contents = MakeContents();
  contents.tasks.push_back({.name = "gold", .split = "test", .docs = 1});
  contents.docs["gold"][0] = MakeDoc("gold", 0, 0, {MakeChoice(" abcd", {-4})});
  const ScoreSet set = ScoresOfLedger(contents, {.metric = Metric::kAcc});
  ASSERT_EQ(set.tasks.size(), 1U);
  EXPECT_EQ(set.tasks[0].task, "piqa");
  EXPECT_THAT(set.notes, testing::Contains(HasSubstr("left out: gold, whose questions have one choice")));
  EXPECT_EQ(ScoresOfLedger(contents, {.metric = Metric::kBitsPerByte}).tasks.size(), 2U);
  EXPECT_EQ(ScoresOfLedger(contents, {.metric = Metric::kBrier}).tasks.size(), 1U);
  contents.tasks.erase(contents.tasks.begin());
  EXPECT_THAT(ErrorOf([&] { ScoresOfLedger(contents, {.metric = Metric::kAcc}); }),
              HasSubstr("left out: gold, whose questions have one choice: there is no accuracy"));
}

TEST(ScoresOfLedger, HaveTheBetterFormUnderOlmes) {
  const ScoreSet set = ScoresOfLedger(OlmesContents(), {});
  ASSERT_EQ(set.tasks.size(), 4u);
  EXPECT_EQ(set.profile, "olmes");
  const TaskScores& best = set.tasks[3];
  EXPECT_EQ(best.task, BestFormName("arc_challenge"));
  EXPECT_EQ(best.questions.size(), 4u);
  EXPECT_EQ(best.questions[3].value, set.tasks[0].questions[3].value);  // cloze: 3 of 4 are right
  EXPECT_FALSE(best.questions[0].margin.has_value());
  EXPECT_THAT(set.notes, testing::ElementsAre(HasSubstr("arc_challenge rc")));
  std::vector<bool> counted;
  for (const TaskScores& task : set.tasks) {
    counted.push_back(task.counted);
  }
  EXPECT_THAT(counted, testing::ElementsAre(false, true, false, true));
  EXPECT_EQ(ScoresOfLedger(OlmesContents(), {.metric = Metric::kAcc}).tasks.size(), 3u);
}

TEST(ScoresOfResults, HaveTheBetterFormUnderOlmes) {
  const ResultsFile file =
      MakeResultsFile(Rescore(OlmesContents(), FindProfile("olmes")), "m", MakeRunInfo());
  const ScoreSet set = ScoresOfResults(file, {});
  ASSERT_EQ(set.summaries.size(), 4u);
  EXPECT_EQ(set.summaries[3].task, BestFormName("arc_challenge"));
  EXPECT_EQ(set.summaries[3].value, 0.75);
  EXPECT_EQ(set.summaries[3].questions, 4);
  EXPECT_FALSE(set.summaries[0].counted);
  EXPECT_TRUE(set.summaries[1].counted);
}

TEST(ScoresOfSamples, TakeTheMetricOfTheProfileThatHasTheTask) {
  Sample sample{.doc = Doc({{"id", 1}}, 0, "s"),
                .target = "0",
                .choices = {{"q", " a", -1.0, false}, {"q", " b", -2.0, false}},
                .metrics = {{"acc", 1}, {"len_norm", 1}, {"acc_mutual_info", 0}}};
  const auto metric_of = [&](const std::string& task) {
    return ScoresOfSamples({{.task = task, .samples = {sample}}}, {}).tasks.at(0).metric;
  };
  EXPECT_EQ(metric_of("csqa/rc_5shot"), "acc_mutual_info");
  EXPECT_EQ(metric_of("piqa"), "len_norm");
  EXPECT_EQ(metric_of("another"), "acc");
  EXPECT_EQ(metric_of("mmlu_stem"), "len_norm");
  EXPECT_EQ(metric_of("mrpc"), "acc");  // f1 is of no question
  sample.metrics = {{"acc", 1}};
  EXPECT_EQ(metric_of("mmlu_stem"), "acc");
}

}  // namespace
}  // namespace vffn
