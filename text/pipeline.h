// A tokenizer put together from parts: added tokens, normalisers, word splitters, byte-pair encoding.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/bpe.h"
#include "text/normalizer.h"
#include "text/tokenizer.h"
#include "text/word_splitter.h"

namespace vffn {

/// Text put before what is between two added tokens, unless that begins with it.
struct WordPrefix {
  std::string prefix;       ///< none if empty
  bool only_first = false;  ///< only at the very start of the text
  /// Metaspace: every blank becomes `prefix` (or this, where there is no prefix) first.
  std::string blank;
};

/// What a file says, checked and complete.
struct PipelineParts {
  std::string source;               ///< "tokenizer.json" or "gguf"
  std::vector<std::string> tokens;  ///< of the model; added tokens need not be among them
  std::vector<BpeMerge> merges;
  BpeOptions options;
  std::vector<AddedToken> added;  ///< special ones first
  Normalizers normalizers;
  WordPrefix prefix;
  WordSplitters splitters;
  std::optional<TokenId> bos, eos;
};

/// Names the pipeline by its parts where it is one of the known ones, else "custom".
std::unique_ptr<const Tokenizer> MakePipeline(PipelineParts parts);

}  // namespace vffn
