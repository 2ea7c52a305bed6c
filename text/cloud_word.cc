#include "text/cloud_word.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "text/utf8.h"

namespace vffn {
namespace {

constexpr std::array<std::string_view, 9> kSpaces = {" ",  "\t",       "\n",       "\r",          "\v",
                                                     "\f", "\xC2\x85", "\xC2\xA0", "\xE3\x80\x80"};

// Sorted.
constexpr std::array<std::string_view, 142> kEnglish = {
    "a",      "about",    "above",     "after",     "again",      "against", "all",      "also",
    "am",     "an",       "and",       "any",       "are",        "aren't",  "as",       "at",
    "be",     "because",  "been",      "before",    "being",      "below",   "between",  "both",
    "but",    "by",       "can",       "can't",     "cannot",     "could",   "couldn't", "did",
    "didn't", "do",       "does",      "doesn't",   "doing",      "don't",   "down",     "during",
    "each",   "else",     "ever",      "few",       "for",        "from",    "further",  "had",
    "hadn't", "has",      "hasn't",    "have",      "haven't",    "having",  "he",       "her",
    "here",   "hers",     "herself",   "him",       "himself",    "his",     "how",      "i",
    "if",     "in",       "into",      "is",        "isn't",      "it",      "it's",     "its",
    "itself", "just",     "me",        "more",      "most",       "my",      "myself",   "no",
    "nor",    "not",      "of",        "off",       "on",         "once",    "only",     "or",
    "other",  "our",      "ours",      "ourselves", "out",        "over",    "own",      "same",
    "she",    "should",   "shouldn't", "so",        "some",       "such",    "than",     "that",
    "the",    "their",    "theirs",    "them",      "themselves", "then",    "there",    "these",
    "they",   "this",     "those",     "through",   "to",         "too",     "under",    "until",
    "up",     "very",     "was",       "wasn't",    "we",         "were",    "weren't",  "what",
    "when",   "where",    "which",     "while",     "who",        "whom",    "why",      "with",
    "would",  "wouldn't", "you",       "your",      "yours",      "yourself"};
static_assert(std::ranges::is_sorted(kEnglish));

bool IsWordCharacter(uint32_t code) {
  return u_isalnum(static_cast<UChar32>(code)) ||
         (U_GET_GC_MASK(static_cast<UChar32>(code)) & U_GC_M_MASK) != 0;
}

/// Widens a word by the brackets that belong to those inside it.
void IncludeBrackets(std::string_view text, WordSpan& word) {
  constexpr std::string_view kOpening = "([{", kClosing = ")]}";
  std::string open, closed;  // kinds of those inside the word that have no partner there, as opening ones
  for (const char c : text.substr(word.begin, word.end - word.begin)) {
    if (kOpening.find(c) != std::string_view::npos) {
      open.push_back(c);
    } else if (const size_t kind = kClosing.find(c); kind != std::string_view::npos) {
      if (!open.empty() && open.back() == kOpening[kind]) {
        open.pop_back();
      } else {
        closed.push_back(kOpening[kind]);
      }
    }
  }
  while (!open.empty() && word.end < text.size() && text[word.end] == kClosing[kOpening.find(open.back())]) {
    open.pop_back();
    ++word.end;
  }
  for (size_t i = 0; i < closed.size() && word.begin > 0 && text[word.begin - 1] == closed[i]; ++i) {
    --word.begin;
  }
}

/// "e.g", "U.S.A": single letters between dots.
bool IsAbbreviation(std::string_view word) {
  bool letter = false;
  size_t dots = 0;
  for (size_t position = 0; position < word.size();) {
    const uint32_t code = DecodeUtf8(word, position);
    const bool is_letter = u_isalpha(static_cast<UChar32>(code)) != 0;
    if (is_letter == letter || (!is_letter && code != '.')) {
      return false;
    }
    letter = is_letter;
    dots += is_letter ? 0 : 1;
  }
  return letter && dots > 0;
}

std::string Lower(std::string_view text) {
  std::string result;
  icu::StringByteSink<std::string> sink(&result);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                            nullptr, status);
  VFFN_CHECK(U_SUCCESS(status), "ICU cannot change the case of \"", text, "\": ", u_errorName(status));
  return result;
}

}  // namespace

bool BeginsWithSpace(std::string_view piece) {
  return std::ranges::any_of(kSpaces, [&](std::string_view space) { return piece.starts_with(space); });
}

bool EndsWithSpace(std::string_view piece) {
  return std::ranges::any_of(kSpaces, [&](std::string_view space) { return piece.ends_with(space); });
}

bool HasWordBytes(std::string_view piece) {
  return std::ranges::any_of(piece, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
  });
}

std::optional<WordSpan> FindCloudWord(std::string_view bytes) {
  if (FindInvalidUtf8(bytes) != std::string_view::npos) {
    return std::nullopt;
  }
  size_t begin = std::string_view::npos, end = 0;
  for (size_t position = 0; position < bytes.size();) {
    const size_t start = position;
    if (IsWordCharacter(DecodeUtf8(bytes, position))) {
      begin = std::min(begin, start);
      end = position;
    }
  }
  if (begin == std::string_view::npos) {
    return WordSpan();
  }
  WordSpan word = {begin, end};
  if (bytes.substr(end).starts_with('.') && IsAbbreviation(bytes.substr(begin, end - begin))) {
    ++word.end;
  }
  IncludeBrackets(bytes, word);
  return word;
}

std::optional<std::string> WordForCloud(std::string_view bytes, bool lower_case) {
  const std::optional<WordSpan> span = FindCloudWord(bytes);
  if (!span) {
    return std::nullopt;
  }
  const std::string_view word = bytes.substr(span->begin, span->end - span->begin);
  return lower_case ? Lower(word) : std::string(word);
}

std::string PieceLabel(std::string_view piece) {
  const auto hex = [](char c) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    return std::string("\\x") + kDigits[byte >> 4] + kDigits[byte & 15];
  };
  std::string label;
  while (!piece.empty()) {
    const size_t invalid = FindInvalidUtf8(piece);
    for (const char c : piece.substr(0, invalid)) {
      const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
      label += c == '\n' ? "\\n" : c == '\t' ? "\\t" : control ? hex(c) : std::string(1, c);
    }
    if (invalid == std::string_view::npos) {
      break;
    }
    label += hex(piece[invalid]);
    piece.remove_prefix(invalid + 1);
  }
  return label;
}

bool IsEnglishStopWord(std::string_view lower_case_word) {
  return std::ranges::binary_search(kEnglish, lower_case_word);
}

}  // namespace vffn
