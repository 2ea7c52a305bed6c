#include "tasks/arc.h"
#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"
#include "text/utf8.h"

namespace vffn {
namespace {

// lm-eval shows the choices with letters in the prompt and scores the letters.
Example RenderLmEval(const Doc& doc) {
  const std::vector<std::string> letters = {"A", "B", "C", "D", "E"};
  const std::vector<std::string> texts = doc.Strings("choices.text");
  if (texts.size() != letters.size()) {
    doc.Refuse("choices.text", "must have ", letters.size(), " choices, it has ", texts.size());
  }
  std::string context = "Question: " + std::string(PythonStrip(doc.String("question")));
  for (size_t i = 0; i < texts.size(); ++i) {
    context += "\n" + letters[i] + ". " + texts[i];
  }
  return AnswersExample(doc, context + "\nAnswer:", "choices.text", letters, "answerKey",
                        LabelIndex(doc, "answerKey", doc.String("answerKey"), letters));
}

}  // namespace

Task CommonsenseQa() {
  return {
      .facts = {.name = "commonsense_qa",
                .aliases = {"csqa", "commonsenseqa"},
                .group = "paper",
                .data_set_path = "tau/commonsense_qa/none",
                .hub_name = "tau/commonsense_qa",
                .split = "validation",
                .doc_count = 1221,
                .request_count = 6105,
                .metric = "len_norm",
                .lm_eval_acc_norm = false,
                .chance = 0.2,
                .licence = "MIT",
                .source =
                    "Talmor et al. 2019, CommonsenseQA: A Question Answering Challenge Targeting Commonsense "
                    "Knowledge (NAACL)"},
      .render_olmo = RenderArcOlmo,
      .render_lm_eval = RenderLmEval};
}

}  // namespace vffn
