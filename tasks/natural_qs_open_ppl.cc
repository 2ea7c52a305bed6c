#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"

namespace vffn {
namespace {

// Of several answers, the first.
Example Render(const Doc& doc) {
  const std::vector<std::string> answers = doc.Strings("answer");
  if (answers.empty()) {
    doc.Refuse("answer", "has no answers");
  }
  return AnswerExample(doc, "\nQuestion: " + doc.String("question") + "\nAnswer:", answers.front());
}

}  // namespace

Task NaturalQuestionsPpl() {
  return {.facts = {.name = "natural_qs_open_ppl",
                    .group = "in_loop",
                    .data_set_path = "nq_open/none",
                    .hub_name = "google-research-datasets/nq_open",
                    .split = "validation",
                    .doc_count = 3610,
                    .request_count = 3610,
                    .metric = "ce_loss",
                    .reported = MetricsOfAnswers(),
                    .licence = "CC BY-SA 3.0",
                    .source = "Lee et al. 2019, Latent Retrieval for Weakly Supervised Open Domain Question "
                              "Answering (ACL)"},
          .render_olmo = Render};
}

}  // namespace vffn
