#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"

namespace vffn {
namespace {

Example Render(const Doc& doc) {
  return AnswersExample(doc, "Question: " + doc.String("goal") + "\nAnswer:", "sol1, sol2",
                        {doc.String("sol1"), doc.String("sol2")}, "label", doc.Int("label"));
}

}  // namespace

Task Piqa() {
  return {.facts =
              {.name = "piqa",
               .group = "paper",
               .data_set_path = "piqa/plain_text",
               .hub_name = "ybisk/piqa",
               .split = "validation",
               .doc_count = 1838,
               .request_count = 3676,
               .metric = "len_norm",
               .chance = 0.5,
               .licence = "not stated",
               .source =
                   "Bisk et al. 2020, PIQA: Reasoning about Physical Commonsense in Natural Language (AAAI)"},
          .render_olmo = Render,
          .render_lm_eval = Render};
}

}  // namespace vffn
