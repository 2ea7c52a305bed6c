// Templates of Jinja as tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

struct TemplateToken {
  enum class Kind {
    kData,  ///< text outside of tags, white-space control applied
    kVariableBegin,
    kVariableEnd,
    kBlockBegin,
    kBlockEnd,
    kName,
    kInteger,
    kFloat,
    kString,    ///< its escapes replaced
    kOperator,  ///< "+", "==", "(" ...
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string text;
  int line = 1;  ///< of the template, from 1

  bool Is(Kind other, std::string_view value) const { return kind == other && text == value; }
};

/// The tokens of a template, the last one kEnd, as Jinja 3.1 reads them with keep_trailing_newline and
/// neither trim_blocks nor lstrip_blocks: the settings of lm-evaluation-harness. Line ends become "\n".
/// Throws Error, beginning with "line N: ", on a tag, string or bracket without an end, and on characters
/// that are no token.
std::vector<TemplateToken> TokenizeTemplate(std::string_view source);

}  // namespace vffn
