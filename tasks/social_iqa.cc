#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"

namespace vffn {
namespace {

Example Render(const Doc& doc) {
  return AnswersExample(
      doc, "Question: " + doc.String("context") + " " + doc.String("question") + "\nAnswer:",
      "answerA, answerB, answerC", {doc.String("answerA"), doc.String("answerB"), doc.String("answerC")},
      "label", doc.Int("label") - 1);
}

}  // namespace

Task SocialIqa() {
  return {
      .facts = {.name = "social_iqa",
                .aliases = {"social_i_qa", "siqa"},
                .group = "in_loop",
                .data_set_path = "social_i_qa/none",
                .hub_name = "allenai/social_i_qa",
                .split = "validation",
                .doc_count = 1954,
                .request_count = 5862,
                .metric = "len_norm",
                .reported = MetricsOfChoices(),
                .chance = 1.0 / 3,
                .licence = "not stated",
                .source =
                    "Sap et al. 2019, Social IQa: Commonsense Reasoning about Social Interactions (EMNLP)"},
      .render_olmo = Render};
}

}  // namespace vffn
