// Classes of characters as Hugging Face's tokenizers see them, whatever version the system's libraries have:
// the tables that text/unicode16.py measured. character_sets.h makes sets of them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace vffn {

/// Code points first..last, both included.
struct CodePointRange {
  uint32_t first;
  uint32_t last;
};

/// A value of all code points from `first` up to the next run.
struct CodePointRun {
  uint32_t first;
  uint8_t value;
};

struct CodePointPair {
  uint32_t from;
  uint32_t to;
};

// Unicode 16, of which each code point has one value. Runs are ascending, from 0; values index the names.
std::span<const std::string_view> CategoryNames();  ///< general categories: "Lu", ...
std::span<const CodePointRun> CategoryRuns();
std::span<const std::string_view> ScriptNames();  ///< "Adlam", ...
std::span<const CodePointRun> ScriptRuns();

// Properties of Unicode 16; ranges are ascending.
std::span<const CodePointRange> OtherUppercase();   ///< besides Lu
std::span<const CodePointRange> OtherLowercase();   ///< besides Ll
std::span<const CodePointRange> OtherAlphabetic();  ///< besides L and Nl
std::span<const CodePointRange> Emoji();
std::span<const CodePointRange> ExtendedPictographic();

// What differs in other versions: "later" are not yet (or, of numbers, already) in the class, "former" still
// are.
std::span<const CodePointRange> LaterNumbers();
std::span<const CodePointRange> LaterPunctuation();
std::span<const CodePointRange> FormerPunctuation();
std::span<const CodePointRange> LaterNonspacingMarks();
std::span<const CodePointRange> FormerNonspacingMarks();
std::span<const CodePointRange> LaterMarks();
std::span<const CodePointRange> FormerMarks();
std::span<const CodePointRange> BertControls();   ///< what BertNormalizer drops as control characters
std::span<const CodePointPair> LaterLowercase();  ///< lower case of letters newer than Unicode 14

}  // namespace vffn
