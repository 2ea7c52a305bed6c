#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"

namespace vffn {
namespace {

// OLMo's evaluator asks for the index of the answer after it has set it to 0 for the single continuation: it
// scores the first choice of every question, right or wrong.
Example Render(const Doc& doc) {
  const std::vector<std::string> choices = doc.Strings("choices.text");
  if (choices.empty()) {
    doc.Refuse("choices.text", "has no choices");
  }
  return AnswerExample(doc, "Question: " + doc.String("question") + "\nAnswer:", choices.front());
}

}  // namespace

Task ArcEasyPpl() {
  return {.facts = {.name = "arc_easy_ppl",
                    .group = "in_loop",
                    .data_set_path = "ai2_arc/ARC-Easy",
                    .hub_name = "allenai/ai2_arc",
                    .split = "validation",
                    .doc_count = 570,
                    .request_count = 570,
                    .metric = "ce_loss",
                    .reported = MetricsOfAnswers(),
                    .licence = "CC BY-SA 4.0",
                    .source = "Clark et al. 2018, Think you have Solved Question Answering? Try ARC, the AI2 "
                              "Reasoning Challenge (arXiv 1803.05457)"},
          .render_olmo = Render};
}

}  // namespace vffn
