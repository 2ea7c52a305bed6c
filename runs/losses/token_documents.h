// Token files whose loss is to be measured: as documents, or as streams of tokens.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runs/losses/text_documents.h"
#include "runs/losses/token_text.h"
#include "tokens/token_file.h"

namespace vffn {

struct TokenFileOptions {
  std::filesystem::path path;     ///< a token file, or a folder: its files *.npy, sorted
  std::optional<TokenType> type;  ///< absent: what tokens.json says, or else the smallest for the vocabulary
  const Tokenizer& tokenizer;
  std::optional<TokenId> end_of_document;
  int64_t limit = 0;  ///< first documents; 0: all
};

/// The documents, each with its eos: those of the table of borders beside a file or, without one, what is
/// between two eos, as OLMo finds documents; then an id is the number of the document in its file. Throws
/// Error, naming the file: it is missing, damaged or of another type, an id is not in the vocabulary, or
/// there are no documents; there is no table, and the eos is not known or not in the file.
TextDocuments ReadTokenDocuments(const TokenFileOptions& options, TokenTextSizes& sizes);

/// Documents one after the other, each with its eos.
struct TokenStream {
  std::vector<TokenId> tokens;
  /// The files that the tokens come from: (first token, source), ascending.
  std::vector<std::pair<int64_t, std::string>> sources;
};

struct TokenStreams {
  std::vector<TokenStream> streams;
  std::string sha256;  ///< of the files
};

/// One stream for each file, as OLMo reads token files. Throws Error as above; tables are not read.
TokenStreams ReadTokenStreams(const TokenFileOptions& options);

}  // namespace vffn
