// Sets of characters by name or by use, as Hugging Face's tokenizers have them.
#pragma once

#include <optional>
#include <string_view>

#include "text/code_point_set.h"

namespace vffn {

/// \p{NAME} of Oniguruma with Unicode 16: a general category ("Lu", "L", "Letter"), a script ("Han"), or one
/// of Alphabetic, Lowercase, Uppercase, White_Space, Emoji, Extended_Pictographic, Any, Assigned, ASCII,
/// Alnum, Alpha, Blank, Cntrl, Digit, Graph, Lower, Print, Punct, Space, Upper, Word, XDigit. Case, blanks,
/// '-' and '_' in the name do not count. Nothing if there is no such name.
std::optional<CodePointSet> FindProperty(std::string_view name);

/// [[:NAME:]] of Oniguruma: as FindProperty, but "punct" has the symbols, too.
std::optional<CodePointSet> FindPosixClass(std::string_view name);

/// General categories by name or first letter: "L", "Nd".
CodePointSet CategorySet(std::string_view name);

const CodePointSet& WhitespaceSet();  ///< \s: the property White_Space
const CodePointSet& WordSet();        ///< \w inside a class: letters, marks, decimal digits, connectors
const CodePointSet& BareWordSet();    ///< \w outside a class, \b: six superscripts and fractions more

// The sets of the methods of Rust's char and of its crates, which the pre-tokenizers and normalisers use.
const CodePointSet& RustWordSet();            ///< \w of the crate regex: WordSet and the joiners
const CodePointSet& RustNumericSet();         ///< char::is_numeric
const CodePointSet& RustPunctuationSet();     ///< is_punctuation of unicode_categories, or ASCII punctuation
const CodePointSet& RustNonspacingMarkSet();  ///< is_mark_nonspacing of unicode_categories
const CodePointSet& RustCombiningMarkSet();   ///< is_combining_mark of unicode_normalization_alignments
const CodePointSet& BertControlSet();  ///< what BertNormalizer's clean_text drops, white space excepted

}  // namespace vffn
