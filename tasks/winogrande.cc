#include "tasks/benchmarks.h"
#include "text/utf8.h"

namespace vffn {
namespace {

// The choices differ in their contexts: the sentence up to its blank, filled with either option. What is
// scored is the rest of the sentence, the same under both.
Example Render(const Doc& doc) {
  const std::string& sentence = doc.String("sentence");
  const size_t blank = sentence.find('_');
  if (blank == std::string::npos) {
    doc.Refuse("sentence", "has no blank (\"_\") to fill: \"", sentence, "\"");
  }
  const std::string rest(PythonStrip(std::string_view(sentence).substr(blank + 1)));
  const int64_t answer = doc.Int("answer");
  if (answer != 1 && answer != 2) {
    doc.Refuse("answer", "must be 1 or 2, it is ", answer);
  }
  Example example{.doc_id = doc.doc_id(), .gold = static_cast<int>(answer - 1)};
  for (const char* option : {"option1", "option2"}) {
    example.choices.push_back(
        {.context = sentence.substr(0, blank) + doc.String(option), .continuation = " " + rest});
  }
  return example;
}

}  // namespace

Task WinoGrande() {
  return {
      .facts = {.name = "winogrande",
                .group = "paper",
                .data_set_path = "winogrande/winogrande_xl",
                .hub_name = "allenai/winogrande",
                .split = "validation",
                .doc_count = 1267,
                .request_count = 2534,
                .metric = "acc",
                .lm_eval_acc_norm = false,
                .chance = 0.5,
                .licence = "CC BY",
                .source =
                    "Sakaguchi et al. 2020, WinoGrande: An Adversarial Winograd Schema Challenge at Scale "
                    "(AAAI)"},
      .render_olmo = Render,
      .render_lm_eval = Render};
}

}  // namespace vffn
