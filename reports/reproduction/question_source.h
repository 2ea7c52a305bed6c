// From ledgers, docs and traces to the question browser.
#pragma once

#include <span>
#include <string>

#include "eval/evaluator.h"
#include "eval/ledger.h"
#include "reports/page/question_page.h"
#include "text/tokenizer.h"
#include "trace/trace_reader.h"

namespace vffn {

/// One model and what it was asked.
struct QuestionSource {
  std::string name;                        ///< as labelled everywhere
  const EvaluationPlan* plan = nullptr;    ///< docs with their tokens
  const LedgerContents* ledger = nullptr;  ///< what it said
  const Tokenizer* tokenizer = nullptr;
  const TraceReader* trace = nullptr;  ///< null: none; loops, lambda and experts are left out
};

/// The questions that every source has scored (and traced, if it has a trace), in the order of the first
/// source's plan; of too many, the first of each task, as many of each. A token that never went through the
/// model (the last one of a continuation, mostly) has 0 loops, lambda 0 and no experts. Throws Error if a
/// ledger or trace has other tokens than the plan, a trace is of another model, or there are not one or two
/// sources.
QuestionPage MakeQuestionPage(std::span<const QuestionSource> sources, int64_t most_questions);

}  // namespace vffn
