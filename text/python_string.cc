// The string methods of Python declared in utf8.h, and those of python_methods.h that change case.
#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>

#include "base/error.h"
#include "text/python_methods.h"
#include "text/utf8.h"

namespace vffn {
namespace {

constexpr uint32_t kCapitalSigma = 0x3A3;
constexpr uint32_t kSmallSigma = 0x3C3;
constexpr uint32_t kFinalSigma = 0x3C2;

bool IsCaseIgnorable(uint32_t code) {
  return u_hasBinaryProperty(static_cast<UChar32>(code), UCHAR_CASE_IGNORABLE);
}
bool IsCased(uint32_t code) { return u_hasBinaryProperty(static_cast<UChar32>(code), UCHAR_CASED); }

// Python's rule, Unicode's Final_Sigma: a cased letter before and none after, case-ignorable characters
// skipped.
bool IsFinalSigma(const std::u32string& text, size_t index) {
  size_t before = index;
  while (before > 0 && IsCaseIgnorable(text[before - 1])) {
    --before;
  }
  if (before == 0 || !IsCased(text[before - 1])) {
    return false;
  }
  size_t after = index + 1;
  while (after < text.size() && IsCaseIgnorable(text[after])) {
    ++after;
  }
  return after == text.size() || !IsCased(text[after]);
}

enum class LetterCase { kLower, kUpper, kTitle };

// One character by itself: ICU's own context rules are not Python's.
void AppendMapped(char32_t code, LetterCase letter_case, std::string& result) {
  std::string character;
  AppendUtf8(code, character);
  const icu::StringPiece source(character.data(), static_cast<int32_t>(character.size()));
  icu::StringByteSink<std::string> sink(&result);
  UErrorCode status = U_ZERO_ERROR;
  if (letter_case == LetterCase::kUpper) {
    icu::CaseMap::utf8ToUpper("", 0, source, sink, nullptr, status);
  } else if (letter_case == LetterCase::kTitle) {
    icu::CaseMap::utf8ToTitle("", U_TITLECASE_WHOLE_STRING | U_TITLECASE_NO_BREAK_ADJUSTMENT, nullptr, source,
                              sink, nullptr, status);
  } else {
    icu::CaseMap::utf8ToLower("", 0, source, sink, nullptr, status);
  }
  VFFN_CHECK(U_SUCCESS(status), "ICU cannot change the case of U+", std::hex, static_cast<uint32_t>(code),
             ": ", u_errorName(status));
}

std::string CapitalizeAscii(std::string_view text) {
  std::string result(text);
  for (size_t i = 0; i < result.size(); ++i) {
    char& c = result[i];
    if (i == 0 && c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    } else if (i > 0 && c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return result;
}

std::u32string CodesOf(std::string_view text) {
  std::u32string codes;
  for (size_t position = 0; position < text.size();) {
    codes += DecodeUtf8(text, position);
  }
  return codes;
}

void AppendLower(const std::u32string& codes, size_t index, std::string& result) {
  if (codes[index] == kCapitalSigma) {
    AppendUtf8(IsFinalSigma(codes, index) ? kFinalSigma : kSmallSigma, result);
  } else {
    AppendMapped(codes[index], LetterCase::kLower, result);
  }
}

}  // namespace

// Category Zs, or bidirectional class WS, B or S.
bool IsPythonSpace(uint32_t code) {
  return (code >= 0x9 && code <= 0xD) || (code >= 0x1C && code <= 0x20) || code == 0x85 || code == 0xA0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
         code == 0x202F || code == 0x205F || code == 0x3000;
}

std::string PythonCapitalize(std::string_view text) {
  if (CountCodePoints(text) == text.size()) {
    return CapitalizeAscii(text);
  }
  const std::u32string codes = CodesOf(text);
  std::string result;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (i == 0) {
      AppendMapped(codes[i], LetterCase::kTitle, result);
    } else {
      AppendLower(codes, i, result);
    }
  }
  return result;
}

std::string PythonLower(std::string_view text) {
  const std::u32string codes = CodesOf(text);
  std::string result;
  for (size_t i = 0; i < codes.size(); ++i) {
    AppendLower(codes, i, result);
  }
  return result;
}

std::string PythonUpper(std::string_view text) {
  std::string result;
  for (const char32_t code : CodesOf(text)) {
    AppendMapped(code, LetterCase::kUpper, result);
  }
  return result;
}

std::string PythonTitle(std::string_view text) {
  const std::u32string codes = CodesOf(text);
  std::string result;
  for (size_t i = 0; i < codes.size(); ++i) {
    if (i > 0 && IsCased(codes[i - 1])) {
      AppendLower(codes, i, result);
    } else {
      AppendMapped(codes[i], LetterCase::kTitle, result);
    }
  }
  return result;
}

std::string_view PythonLStrip(std::string_view text) {
  size_t position = 0;
  while (position < text.size()) {
    size_t next = position;
    if (!IsPythonSpace(DecodeUtf8(text, next))) {
      break;
    }
    position = next;
  }
  return text.substr(position);
}

std::string_view PythonStrip(std::string_view text) {
  text = PythonLStrip(text);
  while (!text.empty()) {
    size_t start = text.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) {
      --start;
    }
    size_t position = start;
    if (!IsPythonSpace(DecodeUtf8(text, position))) {
      break;
    }
    text = text.substr(0, start);
  }
  return text;
}

}  // namespace vffn
