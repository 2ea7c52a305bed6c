// The windows in which a model reads a text whose loss is measured. A loss depends on them: it is stated with
// them, and two losses are compared only if they have the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "text/tokenizer.h"

namespace vffn {

enum class WindowKind {
  kRolling,   ///< lm-evaluation-harness's loglikelihood_rolling; `stride` = `length`
  kStride,    ///< the same with overlap: a window after the first one predicts `stride` tokens
  kDisjoint,  ///< each document after its own last token, the eos; a window has one token of context
  kChunks,    ///< llama.cpp's perplexity tool
  kPacked,    ///< OLMo's training sequences
};

/// Which tokens of a window count.
enum class ScoredTokens {
  kAll,         ///< every token that has one before it; each token of a document once
  kSecondHalf,  ///< those after the token in the middle
};

/// By what the sum over the tokens is divided.
enum class LossDenominator {
  kScoredTokens,    ///< the tokens that count
  kSequenceTokens,  ///< all tokens of the sequences, B T, as the release of the paper does; kPacked only
};

// As files and options name them. Parse throws Error, beginning with `origin` and listing the names.
std::string_view NameOf(WindowKind kind);
std::string_view NameOf(ScoredTokens scored);
std::string_view NameOf(LossDenominator denominator);
void Parse(const std::string& text, const std::string& origin, WindowKind& kind);
void Parse(const std::string& text, const std::string& origin, ScoredTokens& scored);
void Parse(const std::string& text, const std::string& origin, LossDenominator& denominator);

struct LossWindow {
  WindowKind kind = WindowKind::kDisjoint;
  int64_t length = 0;  ///< tokens that the model reads at once
  int64_t stride = 0;  ///< tokens from one window to the next
  /// The token that stands before a text (kRolling, kStride) or in place of the first token of a window
  /// (kChunks). Absent: there is none, or (kDisjoint) it is the last token of the document.
  std::optional<TokenId> prefix;
  ScoredTokens scored = ScoredTokens::kAll;
  LossDenominator denominator = LossDenominator::kScoredTokens;

  /// Whether what is measured is a piece of a stream of documents instead of a document.
  bool of_stream() const { return kind == WindowKind::kChunks || kind == WindowKind::kPacked; }

  /// Calls visit(name, field) for every field. Files and comparisons follow from this list.
  template <class Self, class Visitor>
  static void Visit(Self& self, Visitor&& visit) {
    visit("kind", self.kind);
    visit("length", self.length);
    visit("stride", self.stride);
    visit("prefix", self.prefix);
    visit("scored", self.scored);
    visit("denominator", self.denominator);
  }

  bool operator==(const LossWindow&) const = default;
};

OrderedJson ToJson(const LossWindow& window);

/// The inverse. Throws Error, beginning with `origin`, if a field is missing or of another type.
LossWindow ParseLossWindow(const Json& json, const std::string& origin);

/// "rolling windows of 2048 tokens that do not overlap, after token 0, as lm-evaluation-harness".
std::string TextOf(const LossWindow& window);

/// A field that two windows disagree on, with both values.
struct WindowDifference {
  std::string field, a, b;
};

/// Losses may be compared if the result is empty.
std::vector<WindowDifference> DifferencesOf(const LossWindow& a, const LossWindow& b);

}  // namespace vffn
