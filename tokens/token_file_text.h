// A token file as text, to look at what is in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"
#include "tokens/token_file.h"

namespace vffn {

/// The text that the ids stand for, special tokens written out; bytes that are not UTF-8 become U+FFFD.
std::string DecodeTokens(const Tokenizer& tokenizer, const std::vector<TokenId>& ids);

/// Calls `line` with one JSON object for each of the first `limit` documents: id, source, location, start,
/// end, text (the text is the document's, with the special tokens around it). Returns the number of documents
/// in the file. Throws Error if the file or its border table is damaged or has ids that are not the
/// tokenizer's.
int64_t WriteTokenFileText(const Tokenizer& tokenizer, const TokenFile& file, std::optional<int64_t> limit,
                           const std::function<void(std::string_view)>& line);

}  // namespace vffn
