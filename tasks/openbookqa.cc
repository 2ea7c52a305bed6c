#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"
#include "text/utf8.h"

namespace vffn {
namespace {

Example Render(const Doc& doc, int64_t gold) {
  return AnswersExample(doc, doc.String("question_stem"), "choices.text", doc.Strings("choices.text"),
                        "answerKey", gold);
}

// OLMo takes the letter for the position, lm-eval looks it up among the choices' labels.
Example RenderOlmo(const Doc& doc) {
  return Render(doc,
                LabelIndex(doc, "answerKey", PythonStrip(doc.String("answerKey")), {"A", "B", "C", "D"}));
}

Example RenderLmEval(const Doc& doc) {
  return Render(
      doc, LabelIndex(doc, "answerKey", PythonLStrip(doc.String("answerKey")), doc.Strings("choices.label")));
}

}  // namespace

Task OpenBookQa() {
  return {
      .facts = {.name = "openbookqa",
                .aliases = {"openbook_qa", "obqa"},
                .group = "paper",
                .data_set_path = "openbookqa/main",
                .hub_name = "allenai/openbookqa",
                .split = "validation",
                .doc_count = 500,
                .request_count = 2000,
                .metric = "len_norm",
                .chance = 0.25,
                .licence = "not stated",
                .source =
                    "Mihaylov et al. 2018, Can a Suit of Armor Conduct Electricity? A New Dataset for Open "
                    "Book Question Answering (EMNLP)"},
      .render_olmo = RenderOlmo,
      .render_lm_eval = RenderLmEval};
}

}  // namespace vffn
