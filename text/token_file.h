// JSON files with texts or token ids, for comparisons with other implementations.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "text/tokenizer.h"

namespace vffn {

/// Calls `visit` with each line of a file (plain or gzip) that has one JSON string a line. Throws Error,
/// naming file, line and offset, if a line is not a JSON string.
void ReadJsonStrings(const std::filesystem::path& path, const std::function<void(const std::string&)>& visit);

struct TokenSequences {
  std::vector<std::vector<TokenId>> sequences;  ///< at least one
  TokenId padding = 0;
};

/// Reads {"sequences": [[id, ...], ...], "pad_token_id": id}; the padding id may be absent, other keys are
/// ignored. Throws Error, naming the file and the value, if something is not a token id (0 to 2^31 - 1).
TokenSequences ReadTokenSequences(const std::filesystem::path& path);

}  // namespace vffn
