// Metrics against recorded runs of other evaluators (tests/golden/README.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "eval/profiles.h"
#include "tests/eval/gzip_lines.h"
#include "tests/eval/scored_docs.h"

namespace vffn {
namespace {

const std::string kGolden = std::string(VFFN_TESTS_DIR) + "/golden/";

std::vector<ScoredDoc> ReadReference(const std::string& task) {
  std::map<int64_t, ScoredDoc> docs;
  for (const Json& row : ReadGzipJsonLines(kGolden + "scores/" + task + ".jsonl.gz")) {
    ScoredDoc& doc = docs[row["doc_id"]];
    doc.doc_id = row["doc_id"];
    doc.task = task;
    doc.gold = row["gold"];
    EXPECT_EQ(row["choice"], doc.choices.size());
    ScoredChoice choice{.tokens = row["tokens"],
                        .log_probs = row["token_loglikelihoods"],
                        .length = {.characters = row["chars"], .bytes = row["bytes"]},
                        .length_without_blank = {.characters = row["chars_without_blank"],
                                                 .bytes = row["bytes"].get<int64_t>() - 1}};
    // The tokens' values are rounded to 1e-6, the sum is not.
    EXPECT_NEAR(choice.LogLikelihood(), row["loglikelihood"],
                1e-6 * static_cast<double>(choice.tokens.size()) + 1e-5);
    doc.choices.push_back(std::move(choice));
  }
  std::vector<ScoredDoc> list;
  for (auto& [doc_id, doc] : docs) {
    list.push_back(std::move(doc));
  }
  return list;
}

int CountRight(Metric metric, LengthRule rule, const std::vector<ScoredDoc>& docs) {
  int right = 0;
  for (const ScoredDoc& doc : docs) {
    right += DocValue(metric, rule, doc) == 1 ? 1 : 0;
  }
  return right;
}

class ReferenceScores : public testing::TestWithParam<std::string> {};

TEST_P(ReferenceScores, GiveTheRecordedRightAnswers) {
  const Json expected = ReadJsonFile(kGolden + "scores/summary.json")[GetParam()];
  const std::vector<ScoredDoc> docs = ReadReference(GetParam());
  const LengthRule paper = FindProfile("olmo").length_rule;
  const LengthRule in_loop = FindProfile("olmo-in-loop-0.9").length_rule;
  EXPECT_EQ(docs.size(), expected["documents"]);
  EXPECT_EQ(CountRight(Metric::kAcc, paper, docs), expected["right_acc"]);
  EXPECT_EQ(CountRight(Metric::kLenNorm, paper, docs), expected["right_len_norm"]);
  EXPECT_EQ(CountRight(Metric::kLenNorm, in_loop, docs), expected["right_len_norm_with_blank"]);
}

INSTANTIATE_TEST_SUITE_P(Tasks, ReferenceScores,
                         testing::Values("piqa", "hellaswag", "openbookqa", "sciq", "arc_easy",
                                         "arc_challenge", "commonsense_qa", "winogrande"),
                         [](const auto& info) { return info.param; });

TEST(LmEvalScores, AreItsAccAndAccNorm) {
  const std::vector<ScoredDoc> winogrande = ReadReference("winogrande");
  int compared = 0;
  for (const Json& row : ReadGzipJsonLines(kGolden + "scores/lm_eval.jsonl.gz")) {
    const std::string task = row["task"];
    std::vector<ScoredChoice> choices;
    for (const Json& choice : row["choices"]) {
      choices.push_back(
          MakeChoice(choice["continuation"].get<std::string>(), {choice["loglikelihood"].get<float>()}));
    }
    // The harness's targets are an index, a letter (CommonsenseQA) or, for WinoGrande, the shared ending.
    const std::string target = row["target"];
    ScoredDoc doc = MakeDoc(task, row["doc_id"], 0, std::move(choices));
    doc.gold = task == "winogrande" ? winogrande.at(row["doc_id"]).gold
               : target[0] >= 'A'   ? target[0] - 'A'
                                    : target[0] - '0';
    const Profile& profile = FindProfile("lm-eval");
    for (const Metric metric : profile.ForTask(task).reported) {
      EXPECT_EQ(DocValue(metric, profile.length_rule, doc), row[std::string(FactsOf(metric).name)])
          << task << " " << row["doc_id"] << " " << FactsOf(metric).name;
      ++compared;
    }
  }
  EXPECT_EQ(compared, (6 * 2 + 2) * 20);
}

// fp32 sums of up to six log-probabilities of size 10: 1e-5 is some 10 units in the last place.
TEST(OlmoIclMetric, AgreesPerContinuation) {
  const Json golden = ReadJsonFile(kGolden + "olmo_icl_metric.json");
  const std::map<std::string, Metric> metrics = {{"acc", Metric::kAcc},
                                                 {"len_norm", Metric::kLenNorm},
                                                 {"bpb", Metric::kBitsPerByte},
                                                 {"ce_loss", Metric::kCeLoss}};
  const LengthRule rule = LengthRule::kWithoutLeadingBlank;
  for (const auto& [name, metric] : metrics) {
    const Json& expected = golden["metrics"][name];
    std::vector<double> values;
    for (size_t i = 0; i < golden["documents"].size(); ++i) {
      const Json& document = golden["documents"][i];
      ScoredDoc doc{.gold = FactsOf(metric).accuracy ? document["label"].get<int>() : 0};
      for (size_t c = 0; c < document["continuations"].size(); ++c) {
        const Json& continuation = document["continuations"][c];
        ScoredChoice& choice = doc.choices.emplace_back();
        choice.tokens = continuation["tokens"].get<std::vector<TokenId>>();
        choice.log_probs = {golden["metrics"]["acc"]["per_continuation"][i][c].get<float>()};
        choice.length_without_blank = {.characters = continuation["str_len"],
                                       .bytes = continuation["byte_len"]};
        EXPECT_NEAR(ChoiceValue(metric, rule, choice), expected["per_continuation"][i][c].get<double>(), 1e-5)
            << name << " " << i << " " << c;
      }
      if (FactsOf(metric).accuracy) {
        EXPECT_EQ(Predict(metric, rule, doc), expected["prediction"][i]) << name << " " << i;
      }
      values.push_back(DocValue(metric, rule, doc));
    }
    EXPECT_NEAR(MeanOf(values).value, expected["score"].get<double>(), 1e-6) << name;
  }
}

// fp32 sums of up to four log-probabilities, divided: 1e-5 is some 50 units in the last place.
TEST(PmiDc, IsThatOfIclMetric) {
  const Json golden = ReadJsonFile(kGolden + "unconditional/pmi_dc.json");
  std::vector<double> values;
  for (const Json& document : golden["documents"]) {
    ScoredDoc doc{.gold = document["label"]};
    for (const Json& continuation : document["continuations"]) {
      doc.choices.push_back(
          MakeChoice(" a", continuation["log_probs"], continuation["unconditional_log_probs"]));
      EXPECT_NEAR(ChoiceValue(Metric::kPmiDc, LengthRule::kWithoutLeadingBlank, doc.choices.back()),
                  continuation["value"], 1e-5);
    }
    values.push_back(DocValue(Metric::kPmiDc, LengthRule::kWithoutLeadingBlank, doc));
  }
  EXPECT_EQ(values.size(), 24u);
  EXPECT_NEAR(MeanOf(values).value, golden["score"], 1e-6);
}

TEST(AccMutualInfo, IsThatOfTheHarness) {
  const Json golden = ReadJsonFile(kGolden + "unconditional/acc_mutual_info.json");
  int docs = 0, unlike_acc = 0;
  for (const Json& document : golden["documents"]) {
    ScoredDoc doc{.gold = document["gold"]};
    for (size_t i = 0; i < document["choices"].size(); ++i) {
      doc.choices.push_back(MakeChoice(document["choices"][i].get<std::string>(),
                                       {document["log_likelihoods"][i].get<float>()},
                                       {document["unconditional"][i].get<float>()}));
    }
    const double value = DocValue(Metric::kAccMutualInfo, LengthRule::kWithoutLeadingBlank, doc);
    EXPECT_EQ(value, document["acc_mutual_info"]) << document.dump();
    unlike_acc += value != DocValue(Metric::kAcc, LengthRule::kWithoutLeadingBlank, doc) ? 1 : 0;
    ++docs;
  }
  EXPECT_EQ(docs, 24);
  EXPECT_GT(unlike_acc, 3);
}

}  // namespace
}  // namespace vffn
