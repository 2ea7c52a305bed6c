#include "runs/prompt_origins.h"

#include <algorithm>
#include <string_view>

#include "tasks/record_text.h"

namespace vffn {
namespace {

/// A request's text and the origins of its context's bytes.
struct TracedText {
  std::string text;
  std::vector<TextOrigin> origins;
  int64_t tokens_end = 0;  // of its tokens' bytes, the first token's begin at 0
};

/// In the order of the trace's choices. Where the prompt of the doc is known, all that is not the record's in
/// an unconditional context is the template's.
std::vector<TracedText> TextsOf(const Example& example, const Json& record) {
  std::vector<TracedText> texts;
  bool known = false;
  for (const Choice& choice : example.choices) {
    const bool same = !texts.empty() &&
                      choice.context == texts.back().text.substr(0, choice.context.size()) &&
                      texts.back().origins.size() == choice.context.size();
    texts.push_back({.text = choice.context + choice.continuation,
                     .origins = same ? texts.back().origins : OriginsOf(choice.context, record)});
    known = known || std::ranges::count(texts.back().origins, TextOrigin::kRecord) > 0;
  }
  for (const Choice& choice : example.unconditional) {
    TracedText& text = texts.emplace_back(TracedText{.text = choice.context + choice.continuation,
                                                     .origins = OriginsOf(choice.context, record)});
    if (known) {
      std::ranges::replace(text.origins, TextOrigin::kUnknown, TextOrigin::kPrompt);
    }
  }
  return texts;
}

/// Whether a token's bytes stand in a text, the blank aside that some tokenizers add before it.
bool IsAt(const std::string& text, int64_t begin, const std::string& bytes) {
  const size_t added = begin == -1 && bytes.starts_with(' ') ? 1 : 0;
  return begin + static_cast<int64_t>(added) >= 0 &&
         std::string_view(text).substr(begin + added).starts_with(std::string_view(bytes).substr(added));
}

/// Of the bytes [begin, end) of a text, of which those before 0 are none of its.
std::optional<bool> OriginOf(const TracedText& text, int64_t begin, int64_t end) {
  std::optional<bool> origin;
  for (int64_t i = std::max<int64_t>(0, begin); i < std::min(end, std::ssize(text.origins)); ++i) {
    if (text.origins[i] == TextOrigin::kRecord) {
      return true;
    }
    if (text.origins[i] == TextOrigin::kPrompt) {
      origin = false;
    }
  }
  return origin;
}

}  // namespace

PromptOrigins::PromptOrigins(const EvaluationPlan& plan, const Tokenizer& tokenizer) : tokenizer_(tokenizer) {
  for (const TaskRun& task : plan.tasks) {
    for (size_t i = 0; i < task.docs.size(); ++i) {
      docs_[{task.name, task.examples[i].doc_id}] = {&task, i};
    }
  }
}

std::vector<std::optional<bool>> PromptOrigins::Of(const DocTrace& doc) {
  std::vector<std::optional<bool>> from_doc(doc.nodes());
  const auto found = docs_.find({doc.task, doc.doc_id});
  if (found == docs_.end() || found->second.first->examples[found->second.second].rolling) {
    return from_doc;
  }
  const auto [task, index] = found->second;
  std::vector<TracedText> texts = TextsOf(task->examples[index], task->docs[index]);
  std::vector<int64_t> ends(doc.nodes());
  for (int64_t node = 0; node < doc.nodes(); ++node) {
    const int32_t parent = doc.parents[node];
    ends[node] = (parent < 0 ? 0 : ends[parent]) + std::ssize(BytesOf(doc.tokens[node]));
    int64_t& end = texts.at(doc.choices[node]).tokens_end;
    end = std::max(end, ends[node]);
  }
  for (int64_t node = 0; node < doc.nodes(); ++node) {
    const TracedText& text = texts[doc.choices[node]];
    const std::string& bytes = BytesOf(doc.tokens[node]);
    // Both end together: what is cut from a long context is cut from its left.
    const int64_t end = std::ssize(text.text) - text.tokens_end + ends[node];
    const int64_t begin = end - std::ssize(bytes);
    if (doc.scored[node] == 0 && IsAt(text.text, begin, bytes)) {
      from_doc[node] = OriginOf(text, begin, end);
    }
  }
  return from_doc;
}

const std::string& PromptOrigins::BytesOf(int32_t token) {
  const auto [place, is_new] = bytes_.try_emplace(token);
  if (is_new) {
    place->second = tokenizer_.TokenBytes(token);
  }
  return place->second;
}

}  // namespace vffn
