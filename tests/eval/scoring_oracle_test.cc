// Multiple-choice scoring of a VersatileFFN model, as OLMo's ICLMetric does it on the authors' model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/metrics.h"
#include "eval/transformer_scorer.h"
#include "tests/model/oracle.h"
#include "tests/model/test_device.h"

namespace vffn {
namespace {

struct ScoredOracle {
  Json recorded = ReadOracleJson("vffn_e8k2l4", "scoring.json");
  std::vector<ScoredDoc> docs;

  explicit ScoredOracle(Backend backend) {
    std::vector<RequestDoc> requests;
    for (const Json& document : recorded.at("documents")) {
      RequestDoc& request_doc = requests.emplace_back();
      ScoredDoc& doc = docs.emplace_back();
      doc.gold = document.at("label");
      for (const Json& continuation : document.at("continuations")) {
        request_doc.requests.push_back({document.at("ctx"), continuation.at("tokens")});
        // The recorded lengths: characters without the leading blank, and bytes.
        doc.choices.push_back({.length_without_blank = {.characters = continuation.at("str_len"),
                                                        .bytes = continuation.at("byte_len")}});
      }
    }
    const auto checkpoint = OpenCheckpoint(CheckpointFolder("vffn_e8k2l4"), ModelArgs("vffn_e8k2l4"));
    MakeTransformerScorer(*checkpoint, {.compute = OnTestDevice(backend)})
        ->Score(requests,
                [&](size_t i, std::vector<RequestScores> scores) {
                  for (size_t c = 0; c < scores.size(); ++c) {
                    docs[i].choices[c].log_probs = scores[c].log_probs;
                  }
                },
                {});
  }
};

TEST(ScoringOracle, MetricsAgreeWithOlmoOnTheReleasedModel) {
  for (const Backend backend : {Backend::kAuto, Backend::kTorch}) {
    const ScoredOracle oracle(backend);
    for (const auto& [name, metric] : std::map<std::string, Metric>{{"acc", Metric::kAcc},
                                                                    {"len_norm", Metric::kLenNorm},
                                                                    {"bpb", Metric::kBitsPerByte},
                                                                    {"ce_loss", Metric::kCeLoss}}) {
      const Json& recorded = oracle.recorded.at("metrics").at(name);
      double correct = 0;
      for (size_t d = 0; d < oracle.docs.size(); ++d) {
        const ScoredDoc& doc = oracle.docs[d];
        for (size_t c = 0; c < doc.choices.size(); ++c) {
          // Up to 10 tokens, each within 1e-4 (see the logits' tolerance).
          EXPECT_NEAR(ChoiceValue(metric, LengthRule::kWithoutLeadingBlank, doc.choices[c]),
                      recorded.at("per_continuation").at(d).at(c).get<double>(), 1e-3)
              << name << " of document " << d << ", choice " << c;
        }
        if (FactsOf(metric).accuracy) {
          EXPECT_EQ(Predict(metric, LengthRule::kWithoutLeadingBlank, doc), recorded.at("prediction").at(d))
              << name << " of document " << d;
          correct += DocValue(metric, LengthRule::kWithoutLeadingBlank, doc);
        }
      }
      if (FactsOf(metric).accuracy) {
        EXPECT_EQ(correct / static_cast<double>(oracle.docs.size()), recorded.at("score").get<double>());
      }
    }
  }
}

}  // namespace
}  // namespace vffn
