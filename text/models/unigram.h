// Unigram: the most probable way to cut a word into tokens.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "text/models/word_model.h"
#include "text/vocabulary.h"

namespace vffn {

struct UnigramPiece {
  std::string token;
  double score = 0;  ///< log-probability
};

struct UnigramOptions {
  std::optional<TokenId> unknown;  ///< without it an unknown character is an error
  bool byte_fallback = false;  ///< unknown text becomes the tokens <0x00>..<0xFF> of its bytes, if all exist
};

/// `pieces` by id, and the vocabulary of the same tokens; of equal ones the last counts. Of cuts with equal
/// scores the one found first, as Hugging Face finds it. A character that is no token has the lowest score
/// less 10; neighbouring unknown ones are one.
std::unique_ptr<const WordModel> MakeUnigram(const std::vector<UnigramPiece>& pieces,
                                             std::shared_ptr<const Vocabulary> vocabulary,
                                             const UnigramOptions& options);

}  // namespace vffn
