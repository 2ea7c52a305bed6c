// A tokenizer put together from parts: added tokens, normalisers, word splitters, a model of words.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/models/bpe.h"
#include "text/normalizer.h"
#include "text/tokenizer.h"
#include "text/word_splitter.h"

namespace vffn {

/// What a file says, checked and complete.
struct PipelineParts {
  std::string source;                            ///< "tokenizer.json" or "gguf"
  std::vector<std::string> tokens;               ///< of the model; added tokens need not be among them
  std::shared_ptr<const Vocabulary> vocabulary;  ///< instead of `tokens`
  std::vector<BpeMerge> merges;                  ///< BPE, unless `model` is set
  BpeOptions options;                            ///< byte_level is set by MakePipeline
  std::unique_ptr<const WordModel> model;        ///< instead of `merges` and `options`
  std::vector<AddedToken> added;                 ///< of equal contents the first counts
  Normalizers normalizers;
  WordSplitters splitters;
  std::optional<TokenId> bos, eos;
};

/// Names the pipeline by its parts where it is one of the known ones, else "custom".
std::unique_ptr<const Tokenizer> MakePipeline(PipelineParts parts);

}  // namespace vffn
