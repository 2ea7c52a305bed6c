// Which tokens of a trace are text of the docs' records (DocTrace::from_doc).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "eval/evaluation_plan.h"
#include "text/tokenizer.h"
#include "trace/doc_trace.h"

namespace vffn {

/// Compares prompts with records (tasks/record_text.h) and finds the tokens of their texts by their bytes. A
/// token that stands for other bytes than the text has there (special tokens, tokenizers that change the
/// text) is of unknown origin, as are texts that are scored in windows.
class PromptOrigins {
 public:
  /// Both must outlive it.
  PromptOrigins(const EvaluationPlan& plan, const Tokenizer& tokenizer);

  /// Of a doc of the plan. Not thread safe.
  std::vector<std::optional<bool>> Of(const DocTrace& doc);

 private:
  const std::string& BytesOf(int32_t token);

  const Tokenizer& tokenizer_;
  std::map<std::pair<std::string, int64_t>, std::pair<const TaskRun*, size_t>> docs_;  // task, doc_id
  std::unordered_map<int32_t, std::string> bytes_;
};

}  // namespace vffn
