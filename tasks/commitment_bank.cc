#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"

namespace vffn {
namespace {

Example Render(const Doc& doc) {
  return AnswersExample(doc,
                        doc.String("premise") + "\nQuestion: " + doc.String("hypothesis") +
                            ". True, False or Neither?\nAnswer:",
                        "label", {"True", "False", "Neither"}, "label", doc.Int("label"));
}

}  // namespace

Task CommitmentBank() {
  return {.facts = {.name = "commitment_bank",
                    .aliases = {"cb"},
                    .group = "in_loop",
                    .data_set_path = "super_glue/cb",
                    .hub_name = "aps/super_glue",
                    .split = "validation",
                    .doc_count = 56,
                    .request_count = 168,
                    .metric = "acc",
                    .reported = MetricsOfChoices(),
                    .chance = 1.0 / 3,
                    .licence = "not stated",
                    .source = "de Marneffe et al. 2019, The CommitmentBank: Investigating Projection in "
                              "Naturally Occurring Discourse (Sinn und Bedeutung)"},
          .render_olmo = Render};
}

}  // namespace vffn
