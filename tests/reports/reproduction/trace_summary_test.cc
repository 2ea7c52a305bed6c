#include "reports/reproduction/trace_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tests/base/temporary_folder.h"
#include "tests/trace/random_trace.h"
#include "trace/trace_writer.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kContextLength = 3;

/// A trace of six docs, three of each task.
class TraceSummaryTest : public testing::Test {
 protected:
  void Write(const std::string& first_task, const std::string& second_task, int context = kContextLength) {
    TraceWriter writer(folder_ / "trace", header_, RandomPiece);
    for (int i = 0; i < 6; ++i) {
      docs_.push_back(RandomDocTrace(header_.shape, i < 3 ? first_task : second_task, i, context));
      writer.Write(docs_.back());
    }
    writer.Finish();
    summary_ = SummariseTrace("model [UNTRAINED]", TraceReader(folder_ / "trace"), {});
  }

  TemporaryFolder folder_;
  TraceHeader header_ = RandomTraceHeader();
  std::vector<DocTrace> docs_;
  TraceSummary summary_;
};

double MeanLoops(const std::vector<DocTrace>& docs, size_t first, size_t count) {
  double loops = 0;
  size_t pairs = 0;
  for (size_t i = first; i < first + count; ++i) {
    loops = std::accumulate(docs[i].loop_counts.begin(), docs[i].loop_counts.end(), loops);
    pairs += docs[i].loop_counts.size();
  }
  return loops / static_cast<double>(pairs);
}

TEST_F(TraceSummaryTest, IsOfAllTasks) {
  Write("piqa", "arc_easy");
  EXPECT_EQ(summary_.tasks, "all tasks");
  EXPECT_EQ(summary_.loops.front().docs, 6);
  const auto flops = FlopsOf(summary_);
  ASSERT_TRUE(flops);
  EXPECT_NEAR(flops->mean_loops, MeanLoops(docs_, 0, 6), 1e-12);
  EXPECT_EQ(flops->tasks, "all tasks");
  EXPECT_TRUE(flops->standard_error);
}

TEST_F(TraceSummaryTest, IsOfThePapersTaskWhereItWasTraced) {
  Write("piqa", "arc_challenge");
  EXPECT_EQ(summary_.tasks, "arc_challenge");
  EXPECT_NEAR(FlopsOf(summary_)->mean_loops, MeanLoops(docs_, 3, 3), 1e-12);
}

TEST_F(TraceSummaryTest, CaptionsSayWhatWasLeftOutAndWhatBarsAre) {
  Write("piqa", "arc_challenge", /*context=*/20);
  ASSERT_EQ(summary_.words.size(), 1U);
  EXPECT_GT(summary_.words[0].prompt_words, 0);
  const std::vector<Figure> figures = TraceFigures(summary_, "m");
  EXPECT_THAT(figures.at(1).caption, HasSubstr("Left out: " + std::to_string(summary_.words[0].prompt_words) +
                                               " words of the prompts' templates and solved examples."));
  ASSERT_GT(summary_.words[0].unknown_words, 0);
  EXPECT_THAT(figures.at(1).caption, HasSubstr("may be of the prompts' templates: " +
                                               std::to_string(summary_.words[0].unknown_words) + " words"));
  EXPECT_THAT(figures.at(3).caption, HasSubstr("Bars: entropy of the load over its maximum."));
}

TEST_F(TraceSummaryTest, DrawsEveryFigure) {
  Write("piqa", "arc_challenge");
  std::vector<std::string> names;
  for (const Figure& figure : TraceFigures(summary_, "m")) {
    CheckFigure(figure);
    names.push_back(figure.name);
    EXPECT_THAT(figure.caption, HasSubstr("model [UNTRAINED]"));
    EXPECT_THAT(figure.caption, HasSubstr("arc_challenge"));
  }
  EXPECT_THAT(names, ElementsAre("loops-m", "words-m", "words-log-odds-m", "experts-m"));
}

TEST_F(TraceSummaryTest, SetsAControlBesideTheModel) {
  Write("piqa", "arc_challenge");
  const std::vector<Table> alone = TraceTables(summary_, nullptr);
  TraceSummary control = summary_;
  control.model = "shuffled";
  const std::vector<Table> both = TraceTables(summary_, &control);
  ASSERT_EQ(both.size(), alone.size());
  EXPECT_EQ(both.back().columns().size(), alone.back().columns().size() + 2);
  EXPECT_THAT(both.back().notes.back(), HasSubstr("shuffled"));
}

TEST_F(TraceSummaryTest, IsEmptyForADenseModel) {
  EXPECT_THAT(TraceFigures({}, "m"), IsEmpty());
  EXPECT_THAT(TraceTables({}, nullptr), IsEmpty());
  EXPECT_FALSE(FlopsOf({}));
}

}  // namespace
}  // namespace vffn
