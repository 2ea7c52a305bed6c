#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"
#include "text/python_methods.h"
#include "text/utf8.h"

namespace vffn {
namespace {

/// `text` without "[...]": each from its "[" to the next "]" on the same line. A "[" without one stays.
std::string WithoutBrackets(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size();) {
    const size_t end = text[i] == '[' ? text.find_first_of("]\n", i) : std::string_view::npos;
    if (end != std::string_view::npos && text[end] == ']') {
      i = end + 1;
    } else {
      result.push_back(text[i++]);
    }
  }
  return result;
}

/// Takes out what the WikiHow part of the data set left behind: titles and other marks in square brackets.
std::string Clean(std::string_view text) {
  return PythonReplace(WithoutBrackets(PythonReplace(PythonStrip(text), " [title]", ". ")), "  ", " ");
}

Example Render(const Doc& doc) {
  const std::string context = doc.String("activity_label") + ": " + doc.String("ctx_a") + " " +
                              std::string(PythonCapitalize(doc.String("ctx_b")));
  std::vector<std::string> endings = doc.Strings("endings");
  for (std::string& ending : endings) {
    ending = Clean(ending);
  }
  return AnswersExample(doc, Clean(context), "endings", endings, "label", doc.Int("label"));
}

}  // namespace

Task HellaSwag() {
  return {
      .facts = {.name = "hellaswag",
                .group = "paper",
                .data_set_path = "hellaswag/none",
                .hub_name = "Rowan/hellaswag",
                .split = "validation",
                .doc_count = 10042,
                .request_count = 40168,
                .metric = "len_norm",
                .chance = 0.25,
                .licence = "MIT",
                .source = "Zellers et al. 2019, HellaSwag: Can a Machine Really Finish Your Sentence? (ACL)"},
      .render_olmo = Render,
      .render_lm_eval = Render};
}

}  // namespace vffn
