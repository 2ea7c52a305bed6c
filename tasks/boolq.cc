#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"

namespace vffn {
namespace {

Example Render(const Doc& doc) {
  return AnswersExample(doc, doc.String("passage") + "\nQuestion: " + doc.String("question") + "?\nAnswer:",
                        "answer", {"yes", "no"}, "answer", doc.Bool("answer") ? 0 : 1);
}

}  // namespace

Task BoolQ() {
  return {.facts = {.name = "boolq",
                    .group = "in_loop",
                    .data_set_path = "boolq/none",
                    .hub_name = "google/boolq",
                    .split = "validation",
                    .doc_count = 3270,
                    .request_count = 6540,
                    .metric = "acc",
                    .reported = MetricsOfChoices(),
                    .chance = 0.5,
                    .licence = "CC BY-SA 3.0",
                    .source = "Clark et al. 2019, BoolQ: Exploring the Surprising Difficulty of Natural "
                              "Yes/No Questions (NAACL)"},
          .render_olmo = Render};
}

}  // namespace vffn
