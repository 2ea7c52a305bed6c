#include "eval/scored_doc.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/sha256.h"
#include "text/split_words.h"
#include "text/utf8.h"

namespace vffn {
namespace {

void HashNumbers(Sha256& hash, const std::vector<TokenId>& ids) {
  std::string text = std::to_string(ids.size()) + ":";
  for (const TokenId id : ids) {
    text += std::to_string(id) + ",";
  }
  hash.Update(text);
}

double SumOf(const std::vector<float>& log_probs) {
  double sum = 0;
  for (const float log_prob : log_probs) {
    sum += static_cast<double>(log_prob);
  }
  return sum;
}

bool AllSet(const std::vector<uint8_t>& flags) {
  return std::all_of(flags.begin(), flags.end(), [](uint8_t flag) { return flag != 0; });
}

/// What choices and their unconditional requests have both. `To` is one of their structs.
template <class To>
void SetScores(const Request& request, const RequestScores& scores, To& to) {
  to.tokens = request.continuation;
  to.log_probs = scores.log_probs;
  to.greedy = scores.greedy;
  to.context_tokens = static_cast<int64_t>(request.context.size());
  to.truncated_tokens = request.truncated;
  for (float& log_prob : to.log_probs) {
    log_prob += 0.0F;  // -0 becomes 0: JSON's readers disagree on the sign of zero
  }
  for (uint8_t& flag : to.greedy) {
    flag = flag != 0 ? 1 : 0;
  }
}

/// The scores of windows one after the other.
void AppendWindow(const Request& request, const RequestScores& scores, ScoredChoice& choice) {
  ScoredChoice window;
  SetScores(request, scores, window);
  choice.tokens.insert(choice.tokens.end(), window.tokens.begin(), window.tokens.end());
  choice.log_probs.insert(choice.log_probs.end(), window.log_probs.begin(), window.log_probs.end());
  choice.greedy.insert(choice.greedy.end(), window.greedy.begin(), window.greedy.end());
}

template <class Scores>
void CheckScores(const Scores& scores, const std::string& name) {
  VFFN_CHECK(!scores.tokens.empty(), name, ": no tokens");
  VFFN_CHECK(scores.log_probs.size() == scores.tokens.size() && scores.greedy.size() == scores.tokens.size(),
             name, ": ", scores.tokens.size(), " tokens, ", scores.log_probs.size(), " log-probabilities, ",
             scores.greedy.size(), " greedy flags");
  for (size_t i = 0; i < scores.log_probs.size(); ++i) {
    VFFN_CHECK(std::isfinite(scores.log_probs[i]), name, ", token ", i, ": the log-probability is ",
               scores.log_probs[i]);
  }
}

}  // namespace

double ScoredChoice::LogLikelihood() const { return SumOf(log_probs); }
double UnconditionalScores::LogLikelihood() const { return SumOf(log_probs); }

bool ScoredChoice::IsGreedy() const { return AllSet(greedy); }
bool UnconditionalScores::IsGreedy() const { return AllSet(greedy); }

TextLength LengthOf(std::string_view utf8) {
  return {.characters = static_cast<int64_t>(CountCodePoints(utf8)),
          .bytes = static_cast<int64_t>(utf8.size())};
}

std::string RequestHash(const RequestDoc& requests) {
  Sha256 hash;
  for (const Request& request : requests.requests) {
    HashNumbers(hash, request.context);
    HashNumbers(hash, request.continuation);
  }
  if (requests.unconditional > 0) {
    hash.Update("unconditional:" + std::to_string(requests.unconditional));
  }
  return hash.Hex();
}

ScoredDoc MakeScoredDoc(std::string_view task, const Example& example, const RequestDoc& requests,
                        const std::vector<RequestScores>& scores) {
  const std::string origin = std::string(task) + ", doc " + std::to_string(example.doc_id);
  VFFN_CHECK(requests.choices() == example.choices.size() &&
                 requests.unconditional == example.unconditional.size() &&
                 requests.rolling == example.rolling && scores.size() == requests.requests.size(),
             origin, ": ", example.choices.size(), " choices, ", example.unconditional.size(),
             " unconditional requests, ", requests.requests.size(), " requests, ", scores.size(), " scores");
  ScoredDoc doc{.task = std::string(task),
                .doc_id = example.doc_id,
                .gold = example.gold,
                .request_sha256 = RequestHash(requests)};
  for (size_t i = 0; i < example.choices.size(); ++i) {
    const std::string_view continuation = example.choices[i].continuation;
    const size_t delimiter = example.choices[i].delimiter.value_or(continuation.starts_with(' ') ? 1 : 0);
    ScoredChoice choice{.length = LengthOf(continuation),
                        .length_without_blank = LengthOf(continuation.substr(delimiter))};
    if (requests.rolling) {
      choice.words = static_cast<int64_t>(CountSplitWords(continuation));
      choice.context_tokens = static_cast<int64_t>(requests.requests.at(0).context.size());
      for (size_t w = 0; w < scores.size(); ++w) {
        AppendWindow(requests.requests[w], scores[w], choice);
      }
    } else {
      SetScores(requests.requests[i], scores[i], choice);
    }
    if (requests.unconditional > 0) {
      const size_t place = requests.choices() + i;
      SetScores(requests.requests[place], scores[place], choice.unconditional.emplace());
    }
    doc.choices.push_back(std::move(choice));
  }
  Validate(doc, origin);
  return doc;
}

void Validate(const ScoredDoc& doc, std::string_view origin) {
  VFFN_CHECK(!doc.choices.empty(), origin, ": no choices");
  VFFN_CHECK(doc.doc_id >= 0, origin, ": the index in the data set is ", doc.doc_id);
  VFFN_CHECK(doc.gold >= 0 && static_cast<size_t>(doc.gold) < doc.choices.size(), origin,
             ": the gold index is ", doc.gold, " of ", doc.choices.size(), " choices");
  for (size_t i = 0; i < doc.choices.size(); ++i) {
    const ScoredChoice& choice = doc.choices[i];
    const std::string name = std::string(origin) + ", choice " + std::to_string(i);
    CheckScores(choice, name);
    VFFN_CHECK(choice.unconditional.has_value() == doc.choices[0].unconditional.has_value(), name,
               ": only some choices of the doc have unconditional scores");
    if (choice.unconditional) {
      CheckScores(*choice.unconditional, name + ", unconditional");
    }
  }
}

}  // namespace vffn
