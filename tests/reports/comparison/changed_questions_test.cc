#include "reports/comparison/changed_questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LargestChanges, OfALossAreThoseOfItsScores) {
  const std::vector<PairedTask> tasks = {{.task = "gsm8k",
                                          .metric = "bits_per_byte",
                                          .accuracy = false,
                                          .questions = {{.doc_id = 0, .a = 1, .b = 1.25},
                                                        {.doc_id = 1, .a = 2, .b = 1},
                                                        {.doc_id = 2, .a = 1, .b = 1.5}}}};
  const std::string text = LargestChanges(tasks, 2, TableFormat::kMarkdown);
  EXPECT_THAT(text, HasSubstr("The largest 2 of 3 changes"));
  EXPECT_THAT(text, HasSubstr("score of A"));
  EXPECT_THAT(text, Not(HasSubstr("margin of A")));
  EXPECT_THAT(text, HasSubstr("2.0000"));
  EXPECT_LT(text.find("gained"), text.find("lost"));
  EXPECT_THAT(text, Not(HasSubstr("1.2500")));
}

TEST(LargestChanges, OfAnAccuracyAreThoseOfItsMargins) {
  const std::vector<PairedTask> tasks = {
      {.task = "piqa",
       .metric = "acc",
       .questions = {{.doc_id = 0, .a = 0, .b = 1, .a_margin = -1, .b_margin = 1},
                     {.doc_id = 1, .a = 1, .b = 0, .a_margin = 3, .b_margin = -1}}}};
  const std::string text = LargestChanges(tasks, 1, TableFormat::kMarkdown);
  EXPECT_THAT(text, HasSubstr("+3.000"));
  EXPECT_THAT(text, Not(HasSubstr("gained")));
  EXPECT_THAT(text, Not(HasSubstr("score of A")));
}

}  // namespace
}  // namespace vffn
