// Log-likelihoods of the real model on the real tasks, against the reference implementation's
// (golden/scores).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "base/json.h"
#include "base/line_file.h"
#include "eval/request_encoder.h"
#include "eval/transformer_scorer.h"
#include "model/weights/checkpoint.h"
#include "tasks/data_set.h"
#include "tasks/task.h"
#include "tests/real/setup.h"

namespace vffn {
namespace {

// Two correct float32 implementations differ by a few 1e-4 per choice (order of summation).
constexpr double kTolerance = 2e-3;

struct ReferenceChoice {
  std::vector<TokenId> tokens;
  double log_likelihood = 0;
  bool is_greedy = false;
  double characters = 0;
};

/// Per doc, in the order of doc_id from 0.
std::vector<std::vector<ReferenceChoice>> ReadReference(const std::string& task) {
  std::vector<std::vector<ReferenceChoice>> docs;
  LineFile file(std::string(VFFN_TESTS_DIR) + "/golden/scores/" + task + ".jsonl.gz");
  while (const auto line = file.Next()) {
    const Json row = ParseJson(*line, file.Origin());
    docs.resize(row.at("doc_id").get<size_t>() + 1);
    docs.back().push_back(
        {row.at("tokens"), row.at("loglikelihood"), row.at("is_greedy"), row.at("chars_without_blank")});
  }
  return docs;
}

std::unique_ptr<TransformerScorer> OpenScorer(Dtype dtype) {
  return MakeTransformerScorer(*OpenCheckpoint(SetupModel()), {.compute = {.dtype = dtype}});
}

std::vector<std::vector<RequestScores>> ScoreAll(Scorer& scorer, const std::vector<RequestDoc>& docs) {
  std::vector<std::vector<RequestScores>> all(docs.size());
  scorer.Score(docs, [&](size_t i, std::vector<RequestScores> scores) { all[i] = std::move(scores); }, {});
  return all;
}

double Sum(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) {
    sum += value;
  }
  return sum;
}

/// The best choice and how far it is ahead of the second.
struct Prediction {
  size_t best = 0;
  double margin = 0;
};

Prediction Predict(const std::vector<double>& scores) {
  Prediction prediction{.margin = INFINITY};
  for (size_t i = 1; i < scores.size(); ++i) {
    if (scores[i] > scores[prediction.best]) {
      prediction.best = i;
    }
  }
  for (size_t i = 0; i < scores.size(); ++i) {
    if (i != prediction.best) {
      prediction.margin = std::min(prediction.margin, scores[prediction.best] - scores[i]);
    }
  }
  return prediction;
}

class RealScores : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    VFFN_SKIP_WITHOUT_SETUP();
    tokenizer_ = OpenSetupTokenizer("smollm2");
    task_ = &FindTask(GetParam());
    data_ = OpenDataSet(task_->facts, SetupData());
  }

  /// The first docs as the olmo profile sees them; the examples' right answers go to gold_.
  std::vector<RequestDoc> Requests(size_t count, int64_t max_length) {
    std::vector<RequestDoc> requests;
    for (size_t i = 0; i < count; ++i) {
      const Example example = task_->render_olmo(data_.docs[i]);
      gold_.push_back(static_cast<size_t>(example.gold));
      requests.push_back(EncodeExample(example, *tokenizer_, {.max_sequence_length = max_length}));
    }
    return requests;
  }

  std::unique_ptr<const Tokenizer> tokenizer_;
  const Task* task_ = nullptr;
  DataSet data_;
  std::vector<size_t> gold_;
};

INSTANTIATE_TEST_SUITE_P(Tasks, RealScores,
                         testing::Values("piqa", "hellaswag", "openbookqa", "sciq", "arc_easy",
                                         "arc_challenge", "commonsense_qa", "winogrande"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(RealScores, AreTheReferencesInFloat32) {
  const auto reference = ReadReference(GetParam());
  const auto scorer = OpenScorer(Dtype::kFloat32);
  const auto requests = Requests(reference.size(), scorer->max_sequence_length());
  const auto scores = ScoreAll(*scorer, requests);
  int64_t right = 0, right_len_norm = 0, close = 0;
  for (size_t d = 0; d < reference.size(); ++d) {
    SCOPED_TRACE("doc " + std::to_string(d));
    ASSERT_EQ(scores[d].size(), reference[d].size());
    std::vector<double> ours, theirs, ours_normed;
    for (size_t c = 0; c < reference[d].size(); ++c) {
      EXPECT_EQ(requests[d].requests[c].continuation, reference[d][c].tokens);
      ours.push_back(Sum(scores[d][c].log_probs));
      ours_normed.push_back(ours.back() / reference[d][c].characters);
      theirs.push_back(reference[d][c].log_likelihood);
      EXPECT_NEAR(ours.back(), theirs.back(), kTolerance);
      EXPECT_EQ(std::ranges::count(scores[d][c].greedy, 0) == 0, reference[d][c].is_greedy);
    }
    const Prediction of_ours = Predict(ours);
    const Prediction of_theirs = Predict(theirs);
    close += of_theirs.margin < kTolerance;
    EXPECT_TRUE(of_ours.best == of_theirs.best || of_theirs.margin < kTolerance);
    right += of_ours.best == gold_[d];
    right_len_norm += Predict(ours_normed).best == gold_[d];
  }
  const Json summary =
      ReadJsonFile(std::string(VFFN_TESTS_DIR) + "/golden/scores/summary.json").at(GetParam());
  EXPECT_LE(std::abs(right - summary.at("right_acc").get<int64_t>()), close);
  EXPECT_EQ(right_len_norm, summary.at("right_len_norm").get<int64_t>());
}

TEST_P(RealScores, AreNearInBfloat16) {
  constexpr size_t kDocs = 60;
  const auto reference = ReadReference(GetParam());
  const auto scorer = OpenScorer(Dtype::kBfloat16);
  const auto scores = ScoreAll(*scorer, Requests(kDocs, scorer->max_sequence_length()));
  int64_t right = 0, right_reference = 0;
  for (size_t d = 0; d < kDocs; ++d) {
    std::vector<double> ours, theirs;
    for (size_t c = 0; c < reference[d].size(); ++c) {
      ours.push_back(Sum(scores[d][c].log_probs));
      theirs.push_back(reference[d][c].log_likelihood);
    }
    right += Predict(ours).best == gold_[d];
    right_reference += Predict(theirs).best == gold_[d];
    if (Predict(ours).best != Predict(theirs).best) {
      std::cout << GetParam() << " doc " << d << " flips; margin in float32 " << Predict(theirs).margin
                << '\n';
    }
  }
  const double share = static_cast<double>(right_reference) / kDocs;
  EXPECT_LE(std::abs(right - right_reference), std::sqrt(share * (1 - share) * kDocs));  // one standard error
}

TEST_P(RealScores, AreLmEvalsUnderItsPromptsAndTokenisation) {
  const auto scorer = OpenScorer(Dtype::kFloat32);
  const EncodingOptions encoding{.tokenisation = Tokenisation::kJoint,
                                 .max_sequence_length = scorer->max_sequence_length(),
                                 .empty_context = tokenizer_->eos()};
  std::vector<Json> rows;
  std::vector<RequestDoc> requests;
  LineFile file(std::string(VFFN_TESTS_DIR) + "/golden/scores/lm_eval.jsonl.gz");
  while (const auto line = file.Next()) {
    const Json row = ParseJson(*line, file.Origin());
    if (row.at("task") != GetParam()) {
      continue;
    }
    const Example example = task_->render_lm_eval(data_.docs.at(row.at("doc_id").get<size_t>()));
    requests.push_back(EncodeExample(example, *tokenizer_, encoding));
    rows.push_back(row);
  }
  ASSERT_EQ(rows.size(), 20);
  const auto scores = ScoreAll(*scorer, requests);
  for (size_t d = 0; d < rows.size(); ++d) {
    for (size_t c = 0; c < scores[d].size(); ++c) {
      EXPECT_NEAR(Sum(scores[d][c].log_probs), rows[d].at("choices")[c].at("loglikelihood").get<double>(),
                  kTolerance)
          << "doc " << rows[d].at("doc_id") << ", choice " << c;
    }
  }
}

}  // namespace
}  // namespace vffn
