// The requests of an evaluation as text, to look at before they are scored.
#pragma once

#include <cstdint>
#include <string>

#include "eval/evaluation_plan.h"
#include "text/tokenizer.h"

namespace vffn {

/// The first `docs` docs of each task: of every choice the prompt and the continuation, and the ids and the
/// texts ("pieces") of the tokens that the model reads. Texts are JSON strings; a piece that is no whole
/// UTF-8 character has "\ufffd".
std::string RequestsText(const EvaluationPlan& plan, const Tokenizer& tokenizer, int64_t docs);

}  // namespace vffn
