// Patterns in the syntax of Oniguruma, the library that Hugging Face's tokenizers match with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/code_point_set.h"

namespace vffn {

/// A pattern cut into syntax that PCRE2 shares and sets of characters. Options, case, properties and anchors
/// are resolved: what remains are groups, lookaround, alternatives, quantifiers, \A, \z, \G and \K.
struct ParsedPattern {
  struct Piece {
    std::string syntax;
    int set = -1;  ///< index into `sets`: one character of it; the piece has no syntax then
  };
  std::vector<Piece> pieces;
  std::vector<CodePointSet> sets;  ///< no two are equal
};

/// Throws Error, beginning with `where`, naming the construct if there is one that is not supported: \X, \y,
/// back-references, calls, absent groups, conditions, callouts, bytes above 0x7F.
ParsedPattern ParsePattern(std::string_view pattern, const std::string& where);

}  // namespace vffn
