// The tokens that the post-processor of a tokenizer.json puts around a text.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "text/tokenizer.h"

namespace vffn {

struct TokensAround {
  std::vector<TokenId> before, after;

  bool operator==(const TokensAround&) const = default;
};

/// What tokenizers 0.23 adds around a single text for the value of "post_processor": TemplateProcessing,
/// BertProcessing, RobertaProcessing, ByteLevel (adds nothing), a Sequence of these, or null. Throws Error,
/// beginning with `origin`, on another type, on a template that does not contain the text exactly once, and
/// on a template that names a token without ids.
TokensAround ReadPostProcessor(const Json& json, const std::string& origin);

}  // namespace vffn
