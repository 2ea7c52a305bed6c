// Methods of Python's str on UTF-8, with Python's semantics. Every text is well-formed.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

inline constexpr int64_t kNoMaximum = std::numeric_limits<int64_t>::max();

/// str.isspace() of one character.
bool IsPythonSpace(uint32_t code);

/// str.lower(), str.upper() and str.title(), with Unicode's full mappings and the final sigma.
std::string PythonLower(std::string_view text);
std::string PythonUpper(std::string_view text);
std::string PythonTitle(std::string_view text);

/// str.rstrip().
std::string_view PythonRStrip(std::string_view text);

/// str.strip(characters), or of one end only.
struct StripEnds {
  bool left = true, right = true;
};
std::string_view PythonStripOf(std::string_view text, std::string_view characters, StripEnds ends);

/// str.split(None, maximum): at white space, without empty parts.
std::vector<std::string> PythonSplit(std::string_view text, int64_t maximum = kNoMaximum);

/// str.split(separator, maximum). Throws Error if the separator is empty.
std::vector<std::string> PythonSplitAt(std::string_view text, std::string_view separator,
                                       int64_t maximum = kNoMaximum);

/// str.replace(from, to, maximum). An empty `from` fits before every character and at the end.
std::string PythonReplace(std::string_view text, std::string_view from, std::string_view to,
                          int64_t maximum = kNoMaximum);

/// The characters (code points), each as a text.
std::vector<std::string> PythonCharacters(std::string_view text);

/// repr(text): in quotes, with escapes for what str.isprintable() refuses.
std::string PythonRepr(std::string_view text);

/// repr(number) of a float: the shortest decimals that are read back as `number`; "1.0", "1e+16", "inf".
std::string PythonRepr(double number);

/// str.isdigit(): not empty, and every character a digit of any script, superscripts too.
bool PythonIsDigit(std::string_view text);

}  // namespace vffn
