// The questions of runs for the question browser, from ledgers, docs and traces.
#pragma once

#include <span>
#include <string>

#include "eval/evaluation_plan.h"
#include "eval/ledger.h"
#include "reports/page/question_page.h"
#include "text/tokenizer.h"
#include "trace/trace_reader.h"

namespace vffn {

/// One model and its questions.
struct QuestionSource {
  std::string name;                        ///< the model's label
  const EvaluationPlan* plan = nullptr;    ///< docs with their tokens
  const LedgerContents* ledger = nullptr;  ///< scores
  const Tokenizer* tokenizer = nullptr;
  const TraceReader* trace = nullptr;  ///< null: none; loops, lambda and experts are left out
};

/// The questions that every source has scored (and traced, if it has a trace), in the order of the first
/// source's plan. If there are more than `most_questions`, each task keeps the same number of its first ones.
/// A token that did not go through the model (mostly the last one of a continuation) has 0 loops, lambda 0
/// and no experts. Throws Error if a ledger or trace has other tokens than the plan, if a trace is of another
/// run, or unless there are one or two sources.
QuestionPage MakeQuestionPage(std::span<const QuestionSource> sources, int64_t most_questions);

}  // namespace vffn
