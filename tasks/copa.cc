#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"
#include "text/python_methods.h"
#include "text/utf8.h"

namespace vffn {
namespace {

/// Without its last character, the full stop.
std::string_view WithoutEnd(std::string_view premise) {
  size_t size = premise.empty() ? 0 : premise.size() - 1;
  while (size > 0 && (static_cast<unsigned char>(premise[size]) & 0xC0) == 0x80) {
    --size;
  }
  return premise.substr(0, size);
}

std::string ChoiceOf(const Doc& doc, const char* field) {
  const std::string& choice = doc.String(field);
  if (choice.empty()) {
    doc.Refuse(field, "is empty");  // OLMo's evaluator stops there, too
  }
  const size_t first = Utf8Length(static_cast<unsigned char>(choice[0]));
  return PythonLower(std::string_view(choice).substr(0, first)) + choice.substr(first);
}

Example Render(const Doc& doc) {
  const std::string context = std::string(WithoutEnd(PythonStrip(doc.String("premise")))) +
                              (doc.String("question") == "cause" ? " because" : " therefore");
  return AnswersExample(doc, context, "choice1, choice2",
                        {ChoiceOf(doc, "choice1"), ChoiceOf(doc, "choice2")}, "label", doc.Int("label"));
}

}  // namespace

Task Copa() {
  return {.facts = {.name = "copa",
                    .group = "in_loop",
                    .data_set_path = "super_glue/copa",
                    .hub_name = "aps/super_glue",
                    .split = "validation",
                    .doc_count = 100,
                    .request_count = 200,
                    .metric = "acc",
                    .reported = MetricsOfChoices(),
                    .chance = 0.5,
                    .licence = "BSD 2-Clause",
                    .source = "Roemmele et al. 2011, Choice of Plausible Alternatives: An Evaluation of "
                              "Commonsense Causal Reasoning (AAAI Spring Symposium)"},
          .render_olmo = Render};
}

}  // namespace vffn
