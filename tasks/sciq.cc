#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"
#include "text/utf8.h"

namespace vffn {
namespace {

Example Render(const Doc& doc, std::string_view support) {
  return AnswersExample(doc, std::string(support) + "\nQuestion: " + doc.String("question") + "\nAnswer:",
                        "distractor1, distractor2, distractor3, correct_answer",
                        {doc.String("distractor1"), doc.String("distractor2"), doc.String("distractor3"),
                         doc.String("correct_answer")},
                        "correct_answer", 3);
}

// lm-eval leaves the blanks at the end of the passage.
Example RenderOlmo(const Doc& doc) { return Render(doc, PythonStrip(doc.String("support"))); }
Example RenderLmEval(const Doc& doc) { return Render(doc, PythonLStrip(doc.String("support"))); }

}  // namespace

Task SciQ() {
  return {.facts = {.name = "sciq",
                    .group = "paper",
                    .data_set_path = "sciq/none",
                    .hub_name = "allenai/sciq",
                    .split = "validation",
                    .doc_count = 1000,
                    .request_count = 4000,
                    .metric = "acc",
                    .chance = 0.25,
                    .licence = "CC BY-NC 3.0",
                    .source = "Welbl et al. 2017, Crowdsourcing Multiple Choice Science Questions (W-NUT)"},
          .render_olmo = RenderOlmo,
          .render_lm_eval = RenderLmEval};
}

}  // namespace vffn
