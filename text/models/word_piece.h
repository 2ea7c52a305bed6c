// WordPiece and WordLevel: words looked up in a vocabulary, whole or piece by piece.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "text/models/word_model.h"
#include "text/vocabulary.h"

namespace vffn {

struct WordPieceOptions {
  std::string prefix = "##";            ///< before every piece of a word but the first
  size_t max_characters = 100;          ///< longer words are unknown
  std::optional<TokenId> unknown;       ///< without it an unknown word is an error
  std::string unknown_token = "[UNK]";  ///< for messages
};

/// A word is its longest prefix that is a token, then the longest continuation, and so on; unknown as a whole
/// if that fails anywhere.
std::unique_ptr<const WordModel> MakeWordPiece(std::shared_ptr<const Vocabulary> vocabulary,
                                               WordPieceOptions options);

/// A word is one token, or unknown; prefix and max_characters do not matter.
std::unique_ptr<const WordModel> MakeWordLevel(std::shared_ptr<const Vocabulary> vocabulary,
                                               WordPieceOptions options);

}  // namespace vffn
