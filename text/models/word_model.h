// From words to token ids.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

/// Thread safe; each thread remembers the short words it has met.
class WordModel {
 public:
  WordModel();
  virtual ~WordModel() = default;

  /// Appends the ids of `word` (well-formed UTF-8). Throws Error if the model needs an unknown token and has
  /// none.
  void Encode(std::string_view word, std::vector<TokenId>& ids) const;

  /// Kind and options, for the name of the pipeline.
  virtual std::string Describe() const = 0;
  /// What else decides ids besides the tokens, for the tokenizer's identity.
  virtual std::string Details() const { return ""; }

 protected:
  virtual void EncodeAfresh(std::string_view word, std::vector<TokenId>& ids) const = 0;

 private:
  uint64_t serial_;  // tells the models of a process apart
};

}  // namespace vffn
