#include "eval/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/rescore.h"
#include "eval/result_files.h"
#include "eval/samples.h"
#include "tests/base/temporary_folder.h"
#include "tests/eval/fake_run.h"
#include "tests/eval/scored_docs.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two docs: the first right by acc and by characters without the blank, wrong with it; the second wrong by
/// all.
LedgerContents MakeContents() {
  LedgerContents contents{.origin = "the.ledger", .header = MakeHeader()};
  contents.tasks = {
      {.name = "piqa", .split = "validation", .data_sha256 = "abc", .data_set_size = 1838, .docs = 2}};
  // -2/1 against -5/2 without, -2/2 against -5/3... with the blank.
  contents.docs["piqa"][0] = MakeDoc("piqa", 0, 0, {MakeChoice(" a", {-2}), MakeChoice(" bcd", {-6.5})});
  contents.docs["piqa"][4] = MakeDoc("piqa", 4, 1, {MakeChoice(" a", {-2}), MakeChoice(" bc", {-7})});
  return contents;
}

RunInfo Info() {
  return {.model_path = "models/m.gguf",
          .parameters = 134515008,
          .program_version = "0.1.0",
          .device = "cpu",
          .workers = 2,
          .limit = 2,
          .date_id = DateId(1795361000.25),
          .start_seconds = 1795361000.25,
          .elapsed_seconds = 1.5};
}

TEST(Rescore, GivesAnotherProfileOfTheSameTokens) {
  LedgerContents contents = MakeContents();
  contents.docs["piqa"][0].choices[1] =
      MakeChoice(" bcd", {-4.5});  // -1.5 or -1.125 a character, " a" -2 or -1
  const Results paper = Rescore(contents, FindProfile("olmo"));
  const Results in_loop = Rescore(contents, FindProfile("olmo-in-loop-0.9"));
  EXPECT_EQ(paper.average.value, 0.0);
  EXPECT_EQ(in_loop.average.value, 0.5);
  EXPECT_EQ(paper.tasks[0].Score(Metric::kAcc), in_loop.tasks[0].Score(Metric::kAcc));
}

TEST(Rescore, RefusesOtherTokensByName) {
  EXPECT_THAT(
      ErrorOf([] { Rescore(MakeContents(), FindProfile("lm-eval")); }),
      AllOf(HasSubstr("the.ledger: profile lm-eval scores other tokens (rendering lm-eval, encoding joint)"),
            HasSubstr("vffn eval --profile lm-eval")));
}

TEST(Rescore, TellsThatDocsAreMissing) {
  LedgerContents contents = MakeContents();
  contents.tasks[0].docs = 100;
  EXPECT_EQ(Rescore(contents, FindProfile("olmo")).tasks[0].missing, 98);
  contents.docs.clear();
  EXPECT_THAT(ErrorOf([&] { Rescore(contents, FindProfile("olmo")); }), HasSubstr("piqa: no doc was scored"));
}

TEST(Results, LeaveOutAnUnreportedMetricThatIsNotDefined) {
  LedgerContents contents = MakeContents();
  contents.docs["piqa"][0].choices[0] = MakeChoice(" ", {-2});
  const Results results = Rescore(contents, FindProfile("olmo-in-loop-0.9"));
  EXPECT_THAT(ErrorOf([&] { results.tasks[0].Score(Metric::kAccNorm); }),
              HasSubstr("acc_norm is not defined"));
  EXPECT_TRUE(
      ResultsJson(results, Info())["vffn"]["tasks"]["piqa"]["metrics"]["acc_norm"]["value"].is_null());
  EXPECT_THAT(ErrorOf([&] { Rescore(contents, FindProfile("olmo")); }), HasSubstr("piqa, doc 0: len_norm"));
}

TEST(ResultsJson, HasTheHarnesssKeysAndOurs) {
  const OrderedJson json = ResultsJson(Rescore(MakeContents(), FindProfile("olmo")), Info());
  for (const char* key :
       {"results", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "config", "git_hash",
        "date", "task_hashes", "total_evaluation_time_seconds", "group_subtasks", "model_name", "vffn"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["results"]["piqa"]["acc,none"], 0.5);
  EXPECT_EQ(json["results"]["piqa"]["acc_stderr,none"], 0.5);
  EXPECT_EQ(json["results"]["piqa"]["len_norm,none"], 0.5);
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

TEST(ResultsJson, HasNoStandardErrorForOneDoc) {
  LedgerContents contents = MakeContents();
  contents.docs["piqa"].erase(4);
  const OrderedJson json = ResultsJson(Rescore(contents, FindProfile("olmo")), Info());
  EXPECT_EQ(json["results"]["piqa"]["acc_stderr,none"], "N/A");
  EXPECT_TRUE(json["vffn"]["tasks"]["piqa"]["metrics"]["acc"]["stderr"].is_null());
  EXPECT_TRUE(json["vffn"]["average"]["stderr"].is_null());
}

TEST(ResultFiles, AreNamedAsTheHarnessNamesThem) {
  const TemporaryFolder folder;
  Ledger ledger = Ledger::Open(folder / "l", MakeHeader(), LedgerMode::kNew);
  FakeScorer scorer;
  SilentProgress progress;
  const EvaluationPlan plan = MakePlan(4);
  const Results results = Evaluate(plan, scorer, ledger, progress);
  EXPECT_EQ(DateId(1795361000.25), "2026-11-22T15-23-20.250000");
  const std::filesystem::path out = folder / "new/folder";
  EXPECT_EQ(WriteResults(out, results, Info()), out / "results_2026-11-22T15-23-20.250000.json");
  EXPECT_THAT(WriteSamples(out, plan, ledger.contents(), Info()),
              ElementsAre(out / "samples_piqa_2026-11-22T15-23-20.250000.jsonl",
                          out / "samples_arc_easy_2026-11-22T15-23-20.250000.jsonl"));
  EXPECT_EQ(ReadJsonFile(out / "results_2026-11-22T15-23-20.250000.json")["n-samples"]["piqa"]["effective"],
            4);
}

TEST(Samples, HaveTheHarnesssKeys) {
  const LedgerContents contents = MakeContents();
  const TaskRun run{.name = "piqa",
                    .data_set_size = 1838,
                    .examples = {{.doc_id = 4, .choices = {{"Q ü", " a"}, {"Q ü", " bc"}}, .gold = 1}},
                    .docs = {{{"goal", "Q ü"}, {"label", 1}, {"empty", Json::array()}}},
                    .requests = {{}}};
  const Json row = ParseJson(SampleLines(FindProfile("lm-eval"), run, contents), "samples");
  EXPECT_EQ(row["doc_id"], 4);
  EXPECT_EQ(row["doc"]["goal"], "Q ü");
  EXPECT_EQ(row["target"], "1");
  EXPECT_EQ(row["arguments"]["gen_args_1"]["arg_1"], " bc");
  EXPECT_EQ(row["filtered_resps"].dump(), "[[-2.0,false],[-7.0,false]]");
  EXPECT_EQ(row["resps"].dump(), "[[[-2.0,false]],[[-7.0,false]]]");
  EXPECT_EQ(row["metrics"].dump(), R"(["acc","acc_norm"])");
  EXPECT_EQ(row["acc"], 0.0);
  // python3: hashlib.sha256(json.dumps({"empty": [], "goal": "Q ü", "label": 1}, indent=2,
  // ensure_ascii=False).encode()).hexdigest(), and of "Q ü" and "1"
  EXPECT_EQ(row["doc_hash"], "1750b79e1eccf98db594152b7d76c1e64e8bc072fc143ca973e48efbd7469ecc");
  EXPECT_EQ(row["prompt_hash"], "fc0dfa591ed0e414bb5581b535899415fed0804cbcfdc5a7c70f8d88a057069d");
  EXPECT_EQ(row["target_hash"], "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b");
  EXPECT_EQ(TaskHash(run), "1ca776a634a3ae2418ae8e1a8f0d9c75514792fe0fdb6a00ffbe6c9c4620eaec");
}

}  // namespace
}  // namespace vffn
