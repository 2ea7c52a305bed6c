// The authors' checkpoints, scored and traced by us, read back from files: what every token did is what was
// recorded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "analysis/branch_cosine.h"
#include "analysis/loops.h"
#include "eval/transformer_scorer.h"
#include "tests/analysis/oracle_trace.h"
#include "tests/base/temporary_folder.h"
#include "trace/trace_reader.h"
#include "trace/trace_writer.h"

namespace vffn {
namespace {

class TraceOracle : public testing::TestWithParam<std::string> {
 protected:
  TraceOracle() : recorded_(GetParam()) {
    const auto checkpoint = OpenCheckpoint(CheckpointFolder(GetParam()), ModelArgs(GetParam()));
    TraceHeader header = recorded_.header;
    header.identity.profile = "olmo";
    header.config = checkpoint->config();
    header.shape = TraceShapeOf(header.config, /*branches=*/true);
    TraceWriter writer(folder_ / "trace", header, [](int32_t) { return "x"; });
    const auto scorer = MakeTransformerScorer(*checkpoint, {});
    scorer->SetTrace({.sink = &writer,
                      .wants_features = [](const std::string&, int64_t) { return true; },
                      .features =
                          [&](const BranchFeatures& features) {
                            const std::lock_guard lock(mutex_);
                            features_[features.doc_id] = features;
                          }});
    // A continuation of one token, which is predicted and never read: the model reads the sequence itself.
    std::vector<RequestDoc> requests;
    for (const DocTrace& doc : recorded_.docs) {
      requests.push_back({.task = doc.task, .doc_id = doc.doc_id, .requests = {{doc.tokens, {1}}}});
    }
    scorer->Score(requests, [](size_t, std::vector<RequestScores>) {}, {});
    writer.Finish();
    trace_ = std::make_unique<TraceReader>(folder_ / "trace");
  }

  OracleTrace recorded_;
  TemporaryFolder folder_;
  std::unique_ptr<TraceReader> trace_;
  std::mutex mutex_;
  std::map<int64_t, BranchFeatures> features_;
};

void ExpectNear(const std::vector<float>& ours, const std::vector<float>& recorded, double tolerance) {
  ASSERT_EQ(ours.size(), recorded.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    EXPECT_NEAR(ours[i], recorded[i], tolerance) << "at " << i;
  }
}

TEST_P(TraceOracle, EveryTokenDidWhatWasRecorded) {
  for (const DocTrace& recorded : recorded_.docs) {
    const DocTrace ours = trace_->ReadDoc(recorded.task, recorded.doc_id);
    ASSERT_EQ(ours.nodes_run, recorded.nodes_run);
    EXPECT_EQ(ours.loop_counts, recorded.loop_counts);
    ExpectNear(ours.lambdas, recorded.lambdas, 1e-6);
    ASSERT_EQ(ours.experts.size(), recorded.experts.size());
    for (size_t i = 0; i < recorded.experts.size(); ++i) {
      if (recorded.experts[i] >= 0) {  // the release skips where lambda is 0; with branches traced we do not
        EXPECT_EQ(ours.experts[i], recorded.experts[i]) << "at " << i;
        EXPECT_NEAR(ours.gate_weights[i], recorded.gate_weights[i], 1e-5) << "at " << i;
      }
    }
    ExpectNear(ours.loop_probabilities, recorded.loop_probabilities, 1e-4);
  }
}

TEST_P(TraceOracle, HistogramsAreTheRecordedOnes) {
  LoopAnalysis analysis(trace_->header());
  trace_->Read(LoopAnalysis::kColumns, [&](const DocTrace& doc) { analysis.Add(doc); });
  const LoopCounts counts = analysis.Result()[0];
  const Json& layers = recorded_.meta["eval"]["layers"];
  ASSERT_EQ(counts.layers.size(), layers.size());
  for (size_t i = 0; i < layers.size(); ++i) {
    EXPECT_EQ(counts.layers[i].histogram, layers[i]["loop_histogram"].get<std::vector<int64_t>>());
  }
}

TEST_P(TraceOracle, TheCosineMatrixIsTheRecordedOne) {
  const std::vector<float> recorded =
      OracleFile(GetParam(), "eval_branches.safetensors").Floats("layer.0.cos_width_depth");
  const int64_t length = recorded_.input.length;
  for (const DocTrace& doc : recorded_.docs) {
    const CosineHeatmap heatmap = MakeHeatmap(trace_->ReadDoc(doc.task, doc.doc_id), features_.at(doc.doc_id),
                                              /*layer=*/0, /*choice=*/0);
    ASSERT_EQ(heatmap.labels.size(), static_cast<size_t>(doc.nodes_run));
    for (int64_t row = 0; row < doc.nodes_run; ++row) {
      for (int64_t column = 0; column < doc.nodes_run; ++column) {
        EXPECT_NEAR(*heatmap.cosines[row * doc.nodes_run + column],
                    recorded[(doc.doc_id * length + row) * length + column], 1e-4)
            << "doc " << doc.doc_id << ", row " << row << ", column " << column;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, TraceOracle, testing::Values("vffn_e8k2l4", "vffn_e16k4l6", "vffn_e4k1l2"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace vffn
