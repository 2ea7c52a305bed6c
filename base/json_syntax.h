// What is wrong with a text that is not JSON, for error messages.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vffn {

/// Python's json module writes numbers that JSON does not have: NaN, Infinity and -Infinity.
enum class JsonConstants { kRefused, kAllowed };

struct JsonFault {
  size_t offset = 0;  ///< of the first byte that is wrong; of a missing comma: the end of the value before it
  std::string problem;  ///< "a comma is missing after this value"
};

/// The first fault; nothing if the text is one JSON value. Whether strings are well-formed UTF-8 is not
/// checked.
std::optional<JsonFault> FindJsonFault(std::string_view text, JsonConstants constants);

/// "not valid JSON at column 7: a comma is missing after this value", for a text at whose byte `stopped`
/// (from 1) a parser stopped. A parser also stops where FindJsonFault does not: at malformed UTF-8 and at
/// half a surrogate pair. `always_line`: as PlaceInText.
std::string SyntaxProblem(std::string_view text, size_t stopped, JsonConstants constants, bool always_line);

/// "line 3, column 7" of an offset, both from 1, columns in characters. Without a line break before the
/// offset, "column 7", unless `always_line`.
std::string PlaceInText(std::string_view text, size_t offset, bool always_line);

/// The text with null in place of Python's constants; strings stay as they are.
std::string WithNullConstants(std::string_view text);

}  // namespace vffn
