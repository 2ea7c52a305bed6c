#include "runs/tasks/requests_text.h"

#include <algorithm>
#include <span>

#include "base/json.h"

namespace vffn {
namespace {

std::string Quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string TokensText(const char* title, std::span<const TokenId> tokens, const Tokenizer& tokenizer) {
  std::string ids, pieces;
  for (const TokenId token : tokens) {
    const char* separator = ids.empty() ? "" : ", ";
    ids.append(separator).append(std::to_string(token));
    pieces.append(separator).append(Quoted(tokenizer.TokenBytes(token)));
  }
  const std::string name = title;
  return "  " + name + " ids: [" + ids + "]\n  " + name + " pieces: [" + pieces + "]\n";
}

std::string RequestText(const Choice& choice, const Request& request, const Tokenizer& tokenizer) {
  std::string text =
      "  prompt: " + Quoted(choice.context) + "\n  continuation: " + Quoted(choice.continuation) + "\n";
  if (request.truncated > 0) {
    text += "  " + std::to_string(request.truncated) + " tokens of the prompt are cut from the left\n";
  }
  return text + TokensText("prompt", request.context, tokenizer) +
         TokensText("continuation", request.continuation, tokenizer);
}

/// A text that is scored in windows.
std::string WindowsText(const std::string& task, const Example& example, const RequestDoc& requests,
                        const Tokenizer& tokenizer) {
  std::string text = task + ", doc " + std::to_string(example.doc_id) + ", in " +
                     std::to_string(requests.requests.size()) +
                     " windows\n  text: " + Quoted(example.choices[0].continuation) + "\n";
  for (const Request& window : requests.requests) {
    text += TokensText("context", window.context, tokenizer) +
            TokensText("predicted", window.continuation, tokenizer);
  }
  return text;
}

}  // namespace

std::string RequestsText(const EvaluationPlan& plan, const Tokenizer& tokenizer, int64_t docs) {
  std::string text;
  for (const TaskRun& task : plan.tasks) {
    const size_t shown = std::min(task.requests.size(), static_cast<size_t>(std::max<int64_t>(docs, 0)));
    for (size_t i = 0; i < shown; ++i) {
      const Example& example = task.examples[i];
      if (example.rolling) {
        text += WindowsText(task.name, example, task.requests[i], tokenizer);
        continue;
      }
      for (size_t c = 0; c < example.choices.size(); ++c) {
        text += task.name + ", doc " + std::to_string(example.doc_id) + ", choice " + std::to_string(c) +
                (static_cast<int64_t>(c) == example.gold ? " (right)\n" : "\n");
        text += RequestText(example.choices[c], task.requests[i].requests[c], tokenizer);
      }
      for (size_t c = 0; c < example.unconditional.size(); ++c) {
        text += task.name + ", doc " + std::to_string(example.doc_id) + ", unconditional request of choice " +
                std::to_string(c) + "\n";
        text += RequestText(example.unconditional[c], task.requests[i].requests[example.choices.size() + c],
                            tokenizer);
      }
    }
  }
  return text;
}

}  // namespace vffn
