// A bracketed class of characters in Oniguruma's syntax.
#pragma once

#include "text/regex/pattern_reader.h"

namespace vffn {

/// The set of [...], after its "[": ranges, escapes, [:posix:], classes inside classes, && and ^. With
/// `any_case`, other cases of its characters are in the class, too.
CodePointSet TakeClass(PatternReader& reader, bool any_case);

/// `set` with the other cases of its characters, as far as these are single characters.
CodePointSet WithOtherCases(const CodePointSet& set);

}  // namespace vffn
