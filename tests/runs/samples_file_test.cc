#include "runs/scores/samples_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/foreign_json.h"
#include "base/json.h"
#include "base/line_file.h"
#include "tests/base/temporary_folder.h"
#include "tests/runs/sample_run.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TaskRun MakeRun() {
  return {.name = "piqa",
          .data_set_size = 1838,
          .examples = {{.doc_id = 4, .choices = {{"Q ü", " a"}, {"Q ü", " bc"}}, .gold = 1}},
          .docs = {{{"goal", "Q ü"}, {"label", 1}, {"empty", Json::array()}}},
          .requests = {{}}};
}

TEST(SamplesFile, HasTheHarnesssKeys) {
  const TaskRun run = MakeRun();
  const SamplesFile file = MakeSamplesFile(FindProfile("lm-eval"), run, MakeContents());
  ASSERT_EQ(file.samples.size(), 1U);
  const Json row = ParseJson(FormatSample("gsm8k/gold_bpb_5shot", file.samples[0]), "samples");
  EXPECT_EQ(row["task"], "gsm8k/gold_bpb_5shot");
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

TEST(SamplesFile, NeedsEveryDocInTheLedger) {
  TaskRun run = MakeRun();
  run.examples[0].doc_id = 5;
  EXPECT_THAT(ErrorOf([&] { MakeSamplesFile(FindProfile("olmo"), run, MakeContents()); }),
              HasSubstr("the.ledger: doc 5 of piqa was not scored"));
}

TEST(SamplesFile, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  const SamplesFile file = MakeSamplesFile(FindProfile("olmo"), MakeRun(), MakeContents());
  const std::filesystem::path path = folder / "samples_piqa_1.jsonl";
  WriteSamplesFile(path, file);
  const SamplesFile read = ReadSamplesFile(path);
  EXPECT_EQ(read.task, "piqa");
  ASSERT_EQ(read.samples.size(), 1U);
  const Sample &a = file.samples[0], &b = read.samples[0];
  EXPECT_EQ(a.doc.doc_id(), b.doc.doc_id());
  EXPECT_EQ(a.doc.fields(), b.doc.fields());
  EXPECT_EQ(a.target, b.target);
  EXPECT_EQ(a.choices, b.choices);
  EXPECT_EQ(a.metrics, b.metrics);
  EXPECT_EQ(a.hashes, b.hashes);
  EXPECT_EQ(FormatSample("piqa", b), ReadFile(path));
}

TEST(SamplesFile, NamesItsTaskOrIsNamedByTheFile) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "samples_gsm8k_gold_bpb_5shot_1.jsonl";
  SamplesFile file = MakeSamplesFile(FindProfile("olmo"), MakeRun(), MakeContents());
  file.task = "gsm8k/gold_bpb_5shot";
  WriteSamplesFile(path, file);
  EXPECT_EQ(ReadSamplesFile(path).task, "gsm8k/gold_bpb_5shot");
  const std::string line = ReadFile(path);
  Json row = ParseJson(line, "s");
  row["doc_id"] = 5;
  row["task"] = "piqa";
  WriteFile(path, line + row.dump() + "\n");
  EXPECT_THAT(ErrorOf([&] { ReadSamplesFile(path); }),
              HasSubstr("a sample of piqa in a file of gsm8k/gold_bpb_5shot"));
  row.erase("task");
  WriteFile(path, row.dump() + "\n");
  EXPECT_EQ(ReadSamplesFile(path).task, "gsm8k_gold_bpb_5shot");
}

TEST(SamplesFile, HasUnconditionalRequestsAfterTheChoicesAsTheHarness) {
  TaskRun run = MakeRun();
  run.examples[0].unconditional = {{"A:", " a"}, {"A:", " bc"}};
  run.metrics = {{Metric::kAccMutualInfo, Metric::kAcc}, Metric::kAccMutualInfo};
  LedgerContents contents = MakeContents();
  std::vector<ScoredChoice>& choices = contents.docs.at("piqa").at(4).choices;
  choices[0].unconditional = {.tokens = {1}, .log_probs = {-1}, .greedy = {1}};
  choices[1].unconditional = {.tokens = {1, 2}, .log_probs = {-5, -4}, .greedy = {0, 1}};
  const SamplesFile file = MakeSamplesFile(FindProfile("olmo"), run, contents);
  Json row = ParseJson(FormatSample("piqa", file.samples.at(0)), "samples");
  EXPECT_EQ(row["arguments"]["gen_args_3"].dump(), R"({"arg_0":"A:","arg_1":" bc"})");
  EXPECT_EQ(row["filtered_resps"].dump(), "[[-2.0,false],[-7.0,false],[-1.0,true],[-9.0,false]]");
  EXPECT_EQ(row["acc_mutual_info"], 1.0);  // -2 + 1 < -7 + 9
  EXPECT_EQ(row["acc"], 0.0);
  EXPECT_EQ(ParseSample(row, "x").choices, file.samples[0].choices);
  EXPECT_EQ(ParseSample(row, "x").unconditional, file.samples[0].unconditional);
  row["unconditional"] = 3;
  EXPECT_THAT(ErrorOf([&] { ParseSample(row, "x"); }), HasSubstr("unconditional is 3, but there are 4"));
  row.erase("unconditional");  // the harness's files
  EXPECT_EQ(ParseSample(row, "x").unconditional, file.samples[0].unconditional);
  row["metrics"] = {"acc"};
  row.erase("acc_mutual_info");
  EXPECT_EQ(ParseSample(row, "x").choices.size(), 4U);
}

// Files that this program wrote some time ago, without the task.
TEST(SamplesFile, IsFormattedAsBefore) {
  for (const char* task : {"sciq", "winogrande", "commonsense_qa"}) {
    LineFile lines(std::string(VFFN_TESTS_DIR "/golden/lm_eval_samples/vffn/samples_") + task + "_1.jsonl");
    while (const auto line = lines.Next()) {
      const std::string text(*line);
      const size_t second = text.find(",\"doc\"");
      EXPECT_EQ(FormatSample(task, ParseSample(ParseJson(text, "s"), "s")),
                text.substr(0, second) + ",\"task\":\"" + task + "\"" + text.substr(second) + "\n");
    }
  }
}

// As lm-evaluation-harness writes them: numbers and flags of responses as text.
constexpr const char* kSample =
    R"({"doc_id":0,"doc":{"q":1},"target":"1","arguments":{"gen_args_0":{"arg_0":"Q","arg_1":" no"},)"
    R"("gen_args_1":{"arg_0":"Q","arg_1":" yes"}},"resps":[],"filtered_resps":[["-4.0","False"],["-3.0","True"]],)"
    R"("filter":"none","metrics":["acc","acc_norm","other"],"acc":1.0,"acc_norm":1.0,"other":[1,2]})";

TEST(SamplesFile, IsReadFromTheHarness) {
  const Sample sample = ParseSample(ParseJson(kSample, "s"), "s");
  ASSERT_EQ(sample.choices.size(), 2U);
  EXPECT_EQ(sample.choices[1], (SampleChoice{"Q", " yes", -3.0, true}));
  EXPECT_FALSE(sample.choices[0].is_greedy);
  ASSERT_EQ(sample.metrics.size(), 2U);  // "other" is no number
  EXPECT_EQ(sample.metrics[1], (SampleMetric{"acc_norm", 1.0}));
  EXPECT_EQ(sample.hashes.doc, "");
  Json row = ParseJson(kSample, "s");
  row.erase("metrics");  // before 0.4.6
  row["target"] = 1U;
  row["arguments"] = ParseJson(R"([["Q"," no"],["Q"," yes"]])", "s");
  const Sample old = ParseSample(row, "s");
  EXPECT_EQ(old.metrics, sample.metrics);
  EXPECT_EQ(old.target, "1");
  EXPECT_EQ(old.choices, sample.choices);
  EXPECT_EQ(old.arguments_sha256, sample.arguments_sha256);
  row["arguments"] = ParseJson(R"([["Q"," no"],["Q"," maybe"]])", "s");
  EXPECT_NE(ParseSample(row, "s").arguments_sha256, sample.arguments_sha256);
}

// float16 models give log-likelihoods that are not finite; JSON writers have several words for them.
TEST(SamplesFile, KeepsSamplesWithoutAFiniteLogLikelihood) {
  for (const char* value : {"\"-inf\"", "\"inf\"", "\"nan\"", "null", "-Infinity", "NaN"}) {
    std::string text = kSample;
    text.replace(text.find("\"-4.0\""), 6, value);
    const Sample sample = ParseSample(ParseForeignJson(text, "s"), "s");
    EXPECT_FALSE(sample.choices[0].log_likelihood.has_value()) << value;
    EXPECT_EQ(sample.choices[1].log_likelihood, -3.0) << value;
    EXPECT_EQ(sample.FindMetric("acc")->value, 1.0);
    EXPECT_EQ(ParseJson(FormatSample("piqa", sample), "s")["filtered_resps"][0].dump(), "[null,false]");
  }
}

TEST(SamplesFile, IsReadAsAnArray) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "pretrained=org__model,dtype=float16_arc_easy.jsonl";
  Json second = ParseJson(kSample, "s");
  second["doc_id"] = 1;
  WriteFile(path, "\n" + Json::array({ParseJson(kSample, "s"), second}).dump(2) + "\n");
  const SamplesFile file = ReadSamplesFile(path);
  EXPECT_EQ(file.task, "arc_easy");
  ASSERT_EQ(file.samples.size(), 2U);
  EXPECT_EQ(file.samples[1].doc.doc_id(), 1);
  second["doc_id"] = 0;
  WriteFile(path, Json::array({ParseJson(kSample, "s"), second}).dump(2));
  EXPECT_THAT(ErrorOf([&] { ReadSamplesFile(path); }), HasSubstr(".jsonl: [1]: doc 0 is there twice"));
  WriteFile(path, "[\n  {\"doc_id\": 0\n  \"doc\": {}}\n]");
  EXPECT_THAT(ErrorOf([&] { ReadSamplesFile(path); }),
              HasSubstr("not valid JSON at line 2, column 15: a comma is missing after this value"));
}

TEST(SamplesFile, SkipsBlankLines) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "samples_piqa_x.jsonl";
  WriteFile(path, "\r\n" + std::string(kSample) + "\r\n\n");
  EXPECT_EQ(ReadSamplesFile(path).samples.size(), 1U);
  WriteFile(path, "\n\n" + std::string(kSample) + "\n{}\n");
  EXPECT_THAT(ErrorOf([&] { ReadSamplesFile(path); }), HasSubstr("samples_piqa_x.jsonl:4"));
}

TEST(SamplesFile, NamesLineAndFieldOfDamage) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "samples_piqa_x.jsonl";
  const auto message = [&](const std::string& text) {
    WriteFile(path, text);
    return ErrorOf([&] { ReadSamplesFile(path); });
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = kSample;
    return message(std::string(kSample) + "\n" + text.replace(text.find(from), from.size(), to) + "\n");
  };
  EXPECT_THAT(message(""), HasSubstr("has no samples"));
  EXPECT_THAT(message(std::string(kSample) + "\n" + kSample + "\n"),
              AllOf(HasSubstr("samples_piqa_x.jsonl:2"), HasSubstr("doc 0 is there twice")));
  EXPECT_THAT(message(std::string(kSample).substr(0, 80)), HasSubstr("samples_piqa_x.jsonl:1"));
  EXPECT_THAT(changed("\"doc_id\":0", "\"doc_id\":-1"), AllOf(HasSubstr(":2"), HasSubstr("doc_id is -1")));
  EXPECT_THAT(changed("\"doc\":", "\"dc\":"), HasSubstr("doc is missing"));
  EXPECT_THAT(changed("{\"q\":1}", "[1]"), HasSubstr("object"));
  EXPECT_THAT(changed("\"target\"", "\"t\""), HasSubstr("target is missing"));
  EXPECT_THAT(changed("\"arguments\"", "\"a\""), HasSubstr("arguments is missing"));
  EXPECT_THAT(changed("\"filtered_resps\"", "\"f\""), HasSubstr("filtered_resps is missing"));
  EXPECT_THAT(changed("\"-4.0\"", "\"low\""), HasSubstr("should be [log-likelihood, is_greedy]"));
  EXPECT_THAT(changed("\"acc\":1.0", "\"acc\":\"nan\""), HasSubstr("acc is \"nan\", not a finite number"));
  EXPECT_THAT(ErrorOf([&] { ReadSamplesFile(folder / "piqa.jsonl"); }),
              HasSubstr("not named samples_TASK_DATE.jsonl"));
}

}  // namespace
}  // namespace vffn
