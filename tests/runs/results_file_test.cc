#include "runs/scores/results_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/base/temporary_folder.h"
#include "tests/runs/olmes_run.h"
#include "tests/runs/sample_run.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(ResultsFile, HasTheHarnesssKeysAndOurs) {
  RunInfo info = MakeRunInfo();
  info.model_args = "";
  info.program.git_hash = std::nullopt;
  const OrderedJson json = ToJson(MakeResults(MakeContents(), info));
  for (const char* key :
       {"results", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "config", "git_hash",
        "date", "task_hashes", "total_evaluation_time_seconds", "group_subtasks", "model_name", "vffn"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["results"]["piqa"]["acc,none"], 0.5);
  EXPECT_EQ(json["results"]["piqa"]["acc_stderr,none"], 0.5);
  EXPECT_EQ(json["results"]["piqa"]["len_norm,none"], 0.5);
  EXPECT_FALSE(json["results"]["piqa"].contains("acc_bytes,none"));
  EXPECT_EQ(json["n-samples"]["piqa"].dump(), R"({"original":1838,"effective":2})");
  EXPECT_EQ(json["higher_is_better"]["piqa"]["bits_per_byte"], false);
  EXPECT_EQ(json["config"]["model_num_parameters"], 134515008);
  EXPECT_EQ(json["config"]["model_dtype"], "float32");
  EXPECT_EQ(json["config"]["model_args"], "pretrained=models/m.gguf,dtype=float32");
  EXPECT_EQ(json["model_name_sanitized"], "models__m.gguf");
  EXPECT_TRUE(json["git_hash"].is_null());
  const OrderedJson& ours = json["vffn"]["tasks"]["piqa"];
  EXPECT_EQ(ours["chance"], 0.5);
  EXPECT_EQ(ours["metrics"]["len_norm"]["divisor"], "Unicode characters without the leading blank");
  EXPECT_EQ(ours["metrics"]["acc_bytes"]["value"], 0.5);
  EXPECT_EQ(json["vffn"]["identity"]["model_sha256"], "model");
}

TEST(ResultsFile, HasCentredAccuracyAndCalibration) {
  const ResultsFile file = MakeResults();
  const OrderedJson json = ToJson(file);
  const OrderedJson& task = json["vffn"]["tasks"]["piqa"];
  EXPECT_EQ(task["centred"]["value"], 0.0);  // one of two right, two choices
  EXPECT_EQ(task["centred"]["stderr"], 1.0);
  EXPECT_EQ(json["vffn"]["average"]["centred"].dump(), R"({"value":0.0,"stderr":1.0,"tasks":1})");
  const OrderedJson& calibration = task["calibration"];
  ASSERT_EQ(calibration.size(), 2);  // the accuracies that the profile reports
  EXPECT_EQ(calibration["acc"]["questions"], 2);
  EXPECT_EQ(calibration["acc"]["options"]["bins"], 15);
  EXPECT_EQ(calibration["acc"]["options"]["binning"], "width");
  // Confidences 1 / (1 + exp(-4.5)) and 1 / (1 + exp(-5)), right and wrong: one bin.
  const double right = 1 / (1 + std::exp(-4.5)), wrong = 1 / (1 + std::exp(-5.0));
  EXPECT_NEAR(calibration["acc"]["expected_calibration_error"].get<double>(), (right + wrong - 1) / 2, 1e-12);
  EXPECT_EQ(calibration["acc"]["bins"].size(), 1);
  EXPECT_NEAR(task["metrics"]["soft"]["value"].get<double>(), (right + 1 - wrong) / 2, 1e-12);
  const ResultsFile read = ParseResultsFile(ResultsDocument(file), "r.json");
  EXPECT_EQ(read.FindTask("piqa")->calibrations, file.FindTask("piqa")->calibrations);
  EXPECT_EQ(read.FindTask("piqa")->centred, file.FindTask("piqa")->centred);
  EXPECT_EQ(read.run->centred, file.run->centred);
}

TEST(ResultsFile, OfOlderProgramsHasNeither) {
  Json document = ResultsDocument();
  document["vffn"]["average"].erase("centred");
  document["vffn"]["tasks"]["piqa"].erase("centred");
  document["vffn"]["tasks"]["piqa"].erase("calibration");
  const ResultsFile read = ParseResultsFile(document, "r.json");
  EXPECT_FALSE(read.run->centred || read.FindTask("piqa")->centred);
  EXPECT_TRUE(read.FindTask("piqa")->calibrations.empty());
}

TEST(ResultsFile, HasNoStandardErrorForOneDoc) {
  LedgerContents contents = MakeContents();
  contents.docs["piqa"].erase(4);
  const ResultsFile file = MakeResults(contents);
  const OrderedJson json = ToJson(file);
  EXPECT_EQ(json["results"]["piqa"]["acc_stderr,none"], "N/A");
  EXPECT_TRUE(json["vffn"]["tasks"]["piqa"]["metrics"]["acc"]["stderr"].is_null());
  EXPECT_TRUE(json["vffn"]["average"]["stderr"].is_null());
  const ResultsFile read = ParseResultsFile(ResultsDocument(file), "r.json");
  EXPECT_FALSE(read.FindTask("piqa")->FindMetric("acc")->standard_error);
  EXPECT_FALSE(read.run->average->standard_error);
}

TEST(ResultsFile, LeavesOutACostThatIsNotDefined) {
  LedgerContents contents = MakeContents();
  ScoredDoc& doc = contents.docs["piqa"][0];
  doc.choices.at(static_cast<size_t>(doc.gold)) = MakeChoice(" ", {-2});
  const ResultsFile file = MakeResultsFile(Rescore(contents, FindProfile("olmo")), "m", MakeRunInfo());
  EXPECT_TRUE(ToJson(file)["vffn"]["tasks"]["piqa"]["metrics"]["ce_loss"]["value"].is_null());
  EXPECT_FALSE(ParseResultsFile(ResultsDocument(file), "r").tasks[0].FindMetric("ce_loss")->value);
}

/// Two docs of a task, each with its right answer alone.
LedgerContents WithRightAnswers(LedgerContents contents) {
  contents.tasks.push_back({.name = "gsm8k/gold",
                            .split = "test",
                            .data_set_size = 2,
                            .docs = 2,
                            .metrics = MetricList{{Metric::kBitsPerByte}, Metric::kBitsPerByte},
                            .shots = 8});
  for (int64_t doc = 0; doc < 2; ++doc) {
    contents.docs["gsm8k/gold"][doc] = MakeDoc("gsm8k/gold", doc, 0, {MakeChoice(" abcd", {-4})});
  }
  return contents;
}

TEST(ResultsFile, HasNoAccuracyOfRightAnswersAlone) {
  const ResultsFile file =
      MakeResultsFile(Rescore(WithRightAnswers(MakeContents()), FindProfile("olmo")), "m", MakeRunInfo());
  const OrderedJson json = ToJson(file);
  const OrderedJson& task = json["vffn"]["tasks"]["gsm8k/gold"];
  EXPECT_TRUE(task["chance"].is_null());
  EXPECT_TRUE(task["centred"].is_null());
  EXPECT_TRUE(task["calibration"].empty());
  EXPECT_TRUE(task["metrics"]["acc"]["value"].is_null());
  EXPECT_NEAR(task["metrics"]["bits_per_byte"]["value"], std::numbers::log2e, 1e-12);  // a nat a byte
  EXPECT_FALSE(json["results"]["gsm8k/gold"].contains("acc,none"));
  EXPECT_EQ(json["n-shot"]["gsm8k/gold"], 8);
  const OrderedJson& average = json["vffn"]["average"];
  EXPECT_EQ(average["tasks"], 1);
  EXPECT_EQ(average["losses"]["bits_per_byte"]["tasks"], 1);
  EXPECT_NEAR(average["losses"]["bits_per_byte"]["value"], std::numbers::log2e, 1e-12);
  const ResultsFile read = ParseResultsFile(ResultsDocument(file), "r");
  EXPECT_EQ(*read.run, *file.run);
}

TEST(ResultsFile, HasNoAverageOfLossesAlone) {
  LedgerContents contents = WithRightAnswers({.header = MakeContents().header});
  const ResultsFile file = MakeResultsFile(Rescore(contents, FindProfile("olmo")), "m", MakeRunInfo());
  const OrderedJson average = ToJson(file)["vffn"]["average"];
  EXPECT_TRUE(average["value"].is_null());
  EXPECT_TRUE(average["chance"].is_null());
  EXPECT_EQ(average["tasks"], 0);
  EXPECT_EQ(ParseResultsFile(ResultsDocument(file), "r").run->average, std::nullopt);
}

TEST(ResultsFile, HasTheBetterOfTwoForms) {
  const ResultsFile file =
      MakeResultsFile(Rescore(OlmesContents(), FindProfile("olmes")), "m", MakeRunInfo());
  const OrderedJson json = ToJson(file);
  const OrderedJson& best = json["vffn"]["best_of_both"]["arc_challenge"];
  EXPECT_EQ(best["best"], "rc");
  EXPECT_EQ(best["value"], 0.75);
  EXPECT_EQ(best["mc"], "arc_challenge/test_mc_5shot");
  EXPECT_EQ(json["vffn"]["average"]["tasks"], 2);
  EXPECT_EQ(json["vffn"]["average"]["value"], 0.875);
  EXPECT_EQ(json["results"]["arc_challenge/test_mc_5shot"]["acc,none"], 0.5);
  EXPECT_EQ(json["results"]["arc_challenge/test_rc_5shot"]["acc_mutual_info,none"], 0.75);
  EXPECT_TRUE(json["vffn"]["tasks"]["boolq/rc_5shot"]["metrics"]["acc_mutual_info"]["value"].is_null());
  const ResultsFile read = ParseResultsFile(ResultsDocument(file), "r");
  EXPECT_EQ(read.run->best_forms, file.run->best_forms);
}

/// As parsed: ordered by name.
ResultsFile Ordered(ResultsFile file, const std::string& origin) {
  file.origin = origin;
  std::ranges::sort(file.tasks, {}, &TaskRecord::name);
  for (TaskRecord& task : file.tasks) {
    std::ranges::sort(task.metrics, {}, &MetricRecord::name);
  }
  return file;
}

TEST(ResultsFile, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  LedgerContents contents = MakeContents();
  contents.tasks.insert(
      contents.tasks.begin(),
      {.name = "sciq", .split = "validation", .data_sha256 = "def", .data_set_size = 1000, .docs = 7});
  contents.docs["sciq"][3] = MakeDoc("sciq", 3, 0, {MakeChoice(" a", {-2}), MakeChoice(" b", {-1.1F})});
  contents.docs["sciq"][3].choices[1].truncated_tokens = 5;
  Results results = Rescore(contents, FindProfile("olmo"));
  results.tasks[0].task_hash = "hash";
  const ResultsFile file = MakeResultsFile(results, "models/m.gguf", MakeRunInfo());
  const std::filesystem::path path = folder / "results_1.json";
  WriteResultsFile(path, file);
  const ResultsFile read = ReadResultsFile(path);
  EXPECT_EQ(read, Ordered(file, path.string()));
  EXPECT_EQ(read.FindTask("sciq")->missing, 6);
  EXPECT_EQ(read.FindTask("sciq")->truncation.tokens, 5);
  EXPECT_EQ(read.FindTask("sciq")->task_hash, "hash");
  EXPECT_EQ(read.run->info.model_args, "top_k=2,loops=3");
  EXPECT_EQ(ToJson(Ordered(file, "")), ToJson(read));
}

TEST(ResultsFile, TellsWhatARunDidNotRecord) {
  RunInfo info = MakeRunInfo();
  info.scoring = std::nullopt;
  info.limit = std::nullopt;
  const ResultsFile file = MakeResults(MakeContents(), info);
  EXPECT_EQ(ToJson(file)["vffn"]["scoring"], OrderedJson::object());
  EXPECT_EQ(ParseResultsFile(ResultsDocument(file), "").run->info, info);
}

// What lm-evaluation-harness 0.4.13 writes of a task and a group, shortened.
constexpr const char* kHarness = R"({
  "results": {"arc_easy": {"alias": "arc_easy", "acc,none": 0.75, "acc_stderr,none": 0.01,
                           "acc_norm,none": 0.5, "acc_norm_stderr,none": "N/A", "exact_match,strict": 0.2},
              "group": {" ": " ", "alias": "group"}},
  "higher_is_better": {"arc_easy": {"acc": true, "acc_norm": true}},
  "n-samples": {"arc_easy": {"original": 2376, "effective": 100}},
  "config": {"model": "hf", "model_args": {"pretrained": "m"}},
  "model_name": "m",
  "task_hashes": {"arc_easy": "hash"}})";

TEST(ResultsFile, IsReadFromTheHarness) {
  const ResultsFile file = ParseResultsFile(ParseJson(kHarness, "h"), "h.json");
  EXPECT_FALSE(file.run);
  EXPECT_EQ(file.model_name, "m");
  ASSERT_EQ(file.tasks.size(), 2U);
  const TaskRecord& task = *file.FindTask("arc_easy");
  EXPECT_EQ(task.docs, 100);
  EXPECT_EQ(task.data_set_size, 2376);
  EXPECT_EQ(task.task_hash, "hash");
  EXPECT_THAT(task.metrics, ElementsAre(MetricRecord{.name = "acc", .value = 0.75, .standard_error = 0.01},
                                        MetricRecord{.name = "acc_norm", .value = 0.5}));
  EXPECT_EQ(task.primary_metric, "");
  EXPECT_TRUE(file.FindTask("group")->metrics.empty());
  EXPECT_FALSE(file.FindTask("group")->docs);
  EXPECT_EQ(file.FindTask("piqa"), nullptr);
}

TEST(ResultsFile, NamesTheFieldThatIsMissingOrWrong) {
  const auto expect = [](const char* pointer, const Json& value, const std::string& text) {
    Json json = ResultsDocument();
    const Json::json_pointer at(pointer);
    if (value.is_discarded()) {
      json[at.parent_pointer()].erase(at.back());
    } else {
      json[at] = value;
    }
    EXPECT_THAT(ErrorOf([&] { ParseResultsFile(json, "r.json"); }),
                AllOf(StartsWith("r.json"), HasSubstr(text)))
        << pointer;
  };
  const Json gone(Json::value_t::discarded);
  expect("/results", gone, "has no \"results\": not a results file");
  expect("/results/piqa", 1, "results.piqa should be a JSON object");
  expect("/n-samples/piqa/effective", "two", "n-samples.piqa.effective is \"two\"");
  expect("/vffn", 3, "vffn should be a JSON object");
  expect("/vffn/profile/name", 3, "vffn.profile.name is 3, should be a string");
  expect("/vffn/identity/dtype", 3, "identity.dtype is 3");
  expect("/vffn/model/config/d_model", gone, "d_model");
  expect("/vffn/model/config/d_model", -1, "vffn.model.config");
  expect("/vffn/model/untrained", "yes", "vffn.model.untrained is \"yes\"");
  expect("/vffn/tasks/piqa", gone, "vffn.tasks.piqa is missing");
  expect("/vffn/tasks/piqa/docs", -1, "vffn.tasks.piqa.docs is -1");
  expect("/vffn/tasks/piqa/split", gone, "vffn.tasks.piqa.split is missing");
  expect("/vffn/tasks/piqa/metrics/acc/value", "high", "vffn.tasks.piqa.metrics.acc.value is \"high\"");
  expect("/vffn/tasks/piqa/metrics/acc/stderr", "N/A", "vffn.tasks.piqa.metrics.acc.stderr is \"N/A\"");
  expect("/vffn/scoring/docs", -1, "vffn.scoring.docs is -1");
  expect("/vffn/scoring/trie_tokens", gone, "vffn.scoring.trie_tokens is missing");
  expect("/vffn/scoring/executed/tokens", gone, "vffn.scoring.executed");
  expect("/vffn/tasks/piqa/calibration/acc/bins/0/low", gone,
         "vffn.tasks.piqa.calibration.acc.bins[0]: low is missing");
  expect("/vffn/tasks/piqa/calibration/acc/options/binning", "round",
         "vffn.tasks.piqa.calibration.acc.options.binning is \"round\", should be width or mass");
  expect("/vffn/tasks/piqa/calibration/acc/interval", Json::array({1}), "an interval has two ends");
  expect("/vffn/average/value", "high", "vffn.average.value is \"high\"");
  expect("/model_name", 1, "model_name is 1");
}

TEST(ResultsFile, NamesTheFileThatIsDamaged) {
  const TemporaryFolder folder;
  WriteFile(folder / "results_1.json", ResultsDocument().dump().substr(0, 200));
  EXPECT_THAT(ErrorOf([&] { ReadResultsFile(folder / "results_1.json"); }), HasSubstr("results_1.json"));
  EXPECT_THAT(ErrorOf([&] { ReadResultsFile(folder / "none.json"); }), HasSubstr("none.json"));
}

}  // namespace
}  // namespace vffn
