// Examples to requests: the two ways in use of tokenising a context and its continuation.
#pragma once

#include <cstdint>
#include <optional>

#include "eval/request.h"
#include "tasks/example.h"
#include "text/tokenizer.h"

namespace vffn {

enum class Tokenisation {
  /// OLMo in-loop (ai2-olmo-eval 0.9.0): the context and the continuation each by itself.
  kSeparate,

  /// lm-evaluation-harness 0.4.13: white space at the context's end moves to the continuation; both are
  /// tokenised as
  /// one text, and the continuation is what follows as many tokens as the context has by itself.
  kJoint,
};

struct EncodingOptions {
  Tokenisation tokenisation = Tokenisation::kSeparate;

  /// Tokens the model reads at most: those of the context and of the continuation but its last one. A longer
  /// context loses tokens on its left (a BOS among them, as in both references).
  int64_t max_sequence_length = 0;

  /// Begins every sequence that does not begin with it; none (the default) for models trained without.
  std::optional<TokenId> bos;

  /// kJoint: stands for an empty context. lm-eval takes BOS, or else EOS.
  std::optional<TokenId> empty_context;
};

/// One request per choice. Throws Error, naming the doc and the choice, if
///  - the continuation has no token of its own (kJoint: the token at the join covers it) or the context none
///  (without
///    `bos` or `empty_context`);
///  - the continuation has more than max_sequence_length tokens, so that no token of the context can stay
///    (lm-eval stops there too; OLMo would score something else);
///  - the text is not valid UTF-8.
RequestDoc EncodeExample(const Example& example, const Tokenizer& tokenizer, const EncodingOptions& options);

}  // namespace vffn
