// Documents whose loss is to be measured, as tokens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

struct TextDocument {
  std::string id;
  std::string source;           ///< the file it comes from
  std::vector<TokenId> tokens;  ///< that are predicted; not empty
  TokenId before = 0;           ///< what stands before the first one
  int64_t bytes = 0;            ///< of the text that the tokens stand for
};

struct TextDocuments {
  std::vector<TextDocument> documents;
  std::string sha256;  ///< of the files with tokens
};

/// The documents of token files: a file, or the files *.npy of a folder, sorted, each with its table of
/// borders. Every token of a document is predicted, its eos included; before the first one stands the eos, as
/// in training, where documents follow each other. `limit` takes the first documents alone; 0: all. Throws
/// Error, naming the file: it is missing or damaged, has no table, or an id is not in the tokenizer's
/// vocabulary.
TextDocuments ReadTokenDocuments(const std::filesystem::path& path, const Tokenizer& tokenizer,
                                 int64_t limit);

}  // namespace vffn
