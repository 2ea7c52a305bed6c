#include "eval/scored_doc.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/sha256.h"
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

}  // namespace

double ScoredChoice::LogLikelihood() const {
  double sum = 0;
  for (const float log_prob : log_probs) {
    sum += static_cast<double>(log_prob);
  }
  return sum;
}

bool ScoredChoice::IsGreedy() const {
  return std::all_of(greedy.begin(), greedy.end(), [](uint8_t flag) { return flag != 0; });
}

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
  return hash.Hex();
}

ScoredDoc MakeScoredDoc(std::string_view task, const Example& example, const RequestDoc& requests,
                        const std::vector<RequestScores>& scores) {
  const std::string origin = std::string(task) + ", doc " + std::to_string(example.doc_id);
  VFFN_CHECK(requests.requests.size() == example.choices.size() && scores.size() == example.choices.size(),
             origin, ": ", example.choices.size(), " choices, ", requests.requests.size(), " requests, ",
             scores.size(), " scores");
  ScoredDoc doc{.task = std::string(task),
                .doc_id = example.doc_id,
                .gold = example.gold,
                .request_sha256 = RequestHash(requests)};
  for (size_t i = 0; i < scores.size(); ++i) {
    const std::string_view continuation = example.choices[i].continuation;
    const Request& request = requests.requests[i];
    ScoredChoice choice{
        .tokens = request.continuation,
        .log_probs = scores[i].log_probs,
        .greedy = scores[i].greedy,
        .context_tokens = static_cast<int64_t>(request.context.size()),
        .truncated_tokens = request.truncated,
        .length = LengthOf(continuation),
        .length_without_blank = LengthOf(continuation.substr(continuation.starts_with(' ') ? 1 : 0))};
    for (float& log_prob : choice.log_probs) {
      log_prob += 0.0F;  // -0 becomes 0: JSON's readers disagree on the sign of zero
    }
    for (uint8_t& flag : choice.greedy) {
      flag = flag != 0 ? 1 : 0;
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
    VFFN_CHECK(!choice.tokens.empty(), origin, ", choice ", i, ": no tokens");
    VFFN_CHECK(
        choice.log_probs.size() == choice.tokens.size() && choice.greedy.size() == choice.tokens.size(),
        origin, ", choice ", i, ": ", choice.tokens.size(), " tokens, ", choice.log_probs.size(),
        " log-probabilities, ", choice.greedy.size(), " greedy flags");
    for (size_t j = 0; j < choice.log_probs.size(); ++j) {
      VFFN_CHECK(std::isfinite(choice.log_probs[j]), origin, ", choice ", i, ", token ", j,
                 ": the log-probability is ", choice.log_probs[j]);
    }
  }
}

}  // namespace vffn
