// Encoding examples as requests, with two ways of tokenising a context and its continuation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "eval/request.h"
#include "tasks/example.h"
#include "text/post_processor.h"
#include "text/tokenizer.h"

namespace vffn {

enum class Tokenisation {
  /// OLMo in-loop (ai2-olmo-eval 0.9.0): context and continuation are tokenised separately.
  kSeparate,

  /// lm-evaluation-harness 0.4.13: white space at the context's end moves to the continuation; both are
  /// tokenised as one text, and the continuation is what follows as many tokens as the context has by itself,
  /// special tokens included. If the tokenizer adds EOS, the continuation thus loses its first token, and EOS
  /// is
  /// its last one.
  kJoint,
};

struct EncodingOptions {
  Tokenisation tokenisation = Tokenisation::kSeparate;

  /// Longest sequence: the tokens of the context and those of the continuation except the last one. A longer
  /// context loses tokens on the left, BOS included, as in both references.
  int64_t max_sequence_length = 0;

  /// Put around every context (kSeparate: only `before`, and only if the context does not begin with these
  /// tokens) or around every text (kJoint: around the context and around the joint text, each by itself).
  TokensAround special_tokens;

  /// kJoint: a text that begins with this gets no special tokens, as in lm-evaluation-harness; empty: no such
  /// text.
  std::string marked_begin;

  /// kJoint: the context of a request whose context is empty. lm-eval takes BOS, or else EOS.
  std::optional<TokenId> empty_context;

  /// Rows of the model's embedding: it cannot read a token with a higher id. 0: not known, not checked.
  int64_t embedding_rows = 0;
};

/// One request per choice (of a rolling example, one per window), then the unconditional ones, encoded and checked by the same rules. Throws Error,
/// naming the doc and the choice, if
///  - there are unconditional requests, but not one per choice;
///  - the continuation has no token of its own (kJoint: the token at the join covers it) or the context none
///    (without special tokens or `empty_context`);
///  - the continuation has more than max_sequence_length tokens, so that no token of the context can stay
///    (lm-eval stops there too; OLMo would score something else);
///  - a token has no row in the model's embedding;
///  - the text is not valid UTF-8.
RequestDoc EncodeExample(const Example& example, const Tokenizer& tokenizer, const EncodingOptions& options);

}  // namespace vffn
