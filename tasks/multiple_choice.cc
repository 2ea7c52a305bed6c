#include "tasks/multiple_choice.h"

#include <algorithm>

namespace vffn {

Example AnswersExample(const Doc& doc, std::string_view context, std::string_view answers_field,
                       const std::vector<std::string>& answers, std::string_view gold_field, int64_t gold) {
  if (answers.empty()) {
    doc.Refuse(answers_field, "has no choices");
  }
  if (gold < 0 || gold >= static_cast<int64_t>(answers.size())) {
    doc.Refuse(gold_field, "names choice ", gold, " (from 0), but there are ", answers.size(), " choices");
  }
  Example example{.doc_id = doc.doc_id(), .gold = static_cast<int>(gold)};
  for (const std::string& answer : answers) {
    example.choices.push_back({.context = std::string(context), .continuation = " " + answer});
  }
  return example;
}

Example AnswerExample(const Doc& doc, std::string_view context, std::string_view answer) {
  return {.doc_id = doc.doc_id(),
          .choices = {{.context = std::string(context), .continuation = " " + std::string(answer)}}};
}

std::vector<std::string_view> MetricsOfChoices() { return {"acc", "len_norm", "bits_per_byte", "ce_loss"}; }

std::vector<std::string_view> MetricsOfAnswers() { return {"bits_per_byte", "ce_loss"}; }

int64_t LabelIndex(const Doc& doc, std::string_view field, std::string_view label,
                   const std::vector<std::string>& labels) {
  const auto found = std::find(labels.begin(), labels.end(), label);
  if (found == labels.end()) {
    std::string known;
    for (const std::string& one : labels) {
      known += known.empty() ? one : ", " + one;
    }
    doc.Refuse(field, "is \"", label, "\", which is none of the labels ", known,
               label.empty() ? " (a split without answers?)" : "");
  }
  return found - labels.begin();
}

}  // namespace vffn
