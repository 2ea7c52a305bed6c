// The parts of a tokenizer.json, read in one pass.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace vffn {

struct TokenizerFile {
  Json rest;  ///< the file without model.vocab (if an object) and model.merges
  bool has_vocabulary = false;
  bool has_merges = false;
  std::vector<std::pair<std::string, int64_t>> vocabulary;  ///< model.vocab: token, id
  std::vector<std::pair<std::string, std::string>> merges;  ///< model.merges, written "a b" or ["a", "b"]
};

/// The two tokens of a merge that is written "a b"; nothing if it is not two tokens with a blank between
/// them.
std::optional<std::pair<std::string_view, std::string_view>> SplitMerge(std::string_view merge);

/// Ends the message about a merge that SplitMerge does not take: its place, " is " and the text come before.
inline constexpr std::string_view kNotAMerge = ", not two tokens with a blank between them";

/// Vocabulary and merges, most of the file, do not pass through a Json value: that takes several times as
/// long. Throws Error as ReadJsonFile (duplicate tokens excepted), or if a merge is not two tokens or an id
/// no number.
TokenizerFile ReadTokenizerFile(const std::filesystem::path& path);

}  // namespace vffn
