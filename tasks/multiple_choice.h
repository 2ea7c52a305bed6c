// Shared by the tasks: building a checked Example from texts and a gold index.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/doc.h"
#include "tasks/example.h"

namespace vffn {

/// One choice per answer: `context`, then a blank and the answer, which may be empty: both references score
/// the blank then. Throws Error naming the doc and `answers_field` if there are no answers, or naming
/// `gold_field` unless `gold` is the index of an answer.
Example AnswersExample(const Doc& doc, std::string_view context, std::string_view answers_field,
                       const std::vector<std::string>& answers, std::string_view gold_field, int64_t gold);

/// One choice: `context`, then a blank and the answer. Nothing is chosen: it is scored by its loss.
Example AnswerExample(const Doc& doc, std::string_view context, std::string_view answer);

/// The metrics that OLMo's evaluator gives for choices of which one is right, and for right answers alone.
std::vector<std::string_view> MetricsOfChoices();
std::vector<std::string_view> MetricsOfAnswers();

/// The index of `label`, the value of doc's `field`, in `labels`. Throws Error naming both if it is not
/// there.
int64_t LabelIndex(const Doc& doc, std::string_view field, std::string_view label,
                   const std::vector<std::string>& labels);

}  // namespace vffn
