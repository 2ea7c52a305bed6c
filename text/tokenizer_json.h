// Tokenizers described by the parts of a tokenizer.json, also where these parts do not come from such a file.
#pragma once

#include <memory>
#include <string>

#include "base/json.h"
#include "text/pipeline.h"
#include "text/tokenizer_file.h"

namespace vffn {

/// Adds to `parts` what "normalizer" and "pre_tokenizer" of a tokenizer.json stand for; either may be null.
/// Throws Error, beginning with `origin`, if a step is not supported.
void AddTextSteps(const Json& normalizer, const Json& pre_tokenizer, const std::string& origin,
                  PipelineParts& parts);

/// The tokenizer of `file`. `origin` is the file's name in messages, `source` becomes TokenizerInfo::source.
/// Throws Error naming the part of the pipeline that is not supported.
std::unique_ptr<const Tokenizer> MakeJsonTokenizer(const TokenizerFile& file, const std::string& origin,
                                                   const std::string& source);

}  // namespace vffn
