#define PCRE2_CODE_UNIT_WIDTH 8
#include "text/regex/regex.h"

#include <pcre2.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "base/error.h"
#include "text/regex/character_kinds.h"
#include "text/regex/pattern_parser.h"
#include "text/utf8.h"

namespace vffn {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

// Of steps of a match: some patterns take very many where the text does not match.
constexpr uint32_t kMatchLimit = 1'000'000'000;

// What a thread matches with.
struct Matching {
  std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>> context{
      pcre2_match_context_create(nullptr)};
  std::unique_ptr<pcre2_jit_stack, Freed<pcre2_jit_stack_free>> stack{
      pcre2_jit_stack_create(64 << 10, 64 << 20, nullptr)};
  std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>> data{pcre2_match_data_create(1, nullptr)};
  std::string kinds;            // of the text's characters
  std::vector<size_t> offsets;  // where they begin; empty if all are one byte long

  Matching() {
    VFFN_CHECK(context && stack && data, "out of memory for matching a pattern");
    pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
    pcre2_set_match_limit(context.get(), kMatchLimit);
  }
};

Matching& ThreadMatching() {
  thread_local Matching matching;
  return matching;
}

std::string MessageOf(int error) {
  PCRE2_UCHAR message[128];
  pcre2_get_error_message(error, message, sizeof(message));
  return reinterpret_cast<const char*>(message);
}

// One character of the kinds.
std::string ClassOf(const std::vector<size_t>& kinds) {
  if (kinds.empty()) {
    return "(?!)";
  }
  std::string text = "[";
  char byte[8];
  for (const size_t kind : kinds) {
    std::snprintf(byte, sizeof(byte), "\\x%02X", static_cast<unsigned>(kind));
    text += byte;
  }
  return text + "]";
}

std::string PatternOfKinds(const ParsedPattern& parsed, const CharacterKinds& kinds) {
  std::string text;
  for (const ParsedPattern::Piece& piece : parsed.pieces) {
    text += piece.set < 0 ? piece.syntax : ClassOf(kinds.kinds_of_set[static_cast<size_t>(piece.set)]);
  }
  return text;
}

}  // namespace

struct Regex::Code {
  pcre2_code* code = nullptr;

  Code() = default;
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() { pcre2_code_free(code); }
};

Regex::~Regex() = default;

Regex::Regex(std::string_view pattern, const std::string& where)
    : pattern_(pattern), where_(where), code_(std::make_unique<Code>()) {
  const ParsedPattern parsed = ParsePattern(pattern, where);
  const CharacterKinds kinds = FindCharacterKinds(parsed.sets);
  VFFN_CHECK(kinds.count <= 256, where, ": the pattern tells ", kinds.count,
             " kinds of characters apart, more than 256: ", pattern);
  FillKindTable(kinds);
  const std::string of_kinds = PatternOfKinds(parsed, kinds);
  int error = 0;
  PCRE2_SIZE offset = 0;
  code_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(of_kinds.data()), of_kinds.size(), 0, &error,
                              &offset, nullptr);
  if (code_->code == nullptr) {
    Fail(where, ": ", MessageOf(error), ": ", pattern);
  }
  // Without a compiler for this machine the pattern is interpreted.
  pcre2_jit_compile(code_->code, PCRE2_JIT_COMPLETE);
}

void Regex::FillKindTable(const CharacterKinds& kinds) {
  std::vector<uint8_t> all(size_t{CodePointSet::kLast} + 1);
  for (size_t i = 0; i < kinds.ranges.size(); ++i) {
    std::fill(all.begin() + kinds.ranges[i].first, all.begin() + kinds.ranges[i].last + 1,
              static_cast<uint8_t>(kinds.kind_of_range[i]));
  }
  std::map<std::vector<uint8_t>, uint16_t> known;  // pages, of which most are equal
  for (size_t page = 0; page < pages_.size(); ++page) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(page << 8);
    const std::vector<uint8_t> content(begin, begin + 256);
    const auto [entry, is_new] = known.try_emplace(content, static_cast<uint16_t>(known.size()));
    if (is_new) {
      kinds_.insert(kinds_.end(), content.begin(), content.end());
    }
    pages_[page] = entry->second;
  }
}

void Regex::FindKinds(std::string_view text) const {
  auto& [context, stack, data, kinds, offsets] = ThreadMatching();
  kinds.resize(text.size());
  offsets.clear();
  const uint8_t* ascii = kinds_.data();  // the first page comes first
  size_t position = 0;
  while (position < text.size() && static_cast<unsigned char>(text[position]) < 0x80) {
    kinds[position] = static_cast<char>(ascii[static_cast<unsigned char>(text[position])]);
    ++position;
  }
  if (position == text.size()) {
    return;
  }
  for (size_t i = 0; i < position; ++i) {
    offsets.push_back(i);
  }
  while (position < text.size()) {
    const size_t index = offsets.size();
    offsets.push_back(position);
    const uint32_t code = DecodeUtf8(text, position);
    kinds[index] = static_cast<char>(kinds_[static_cast<size_t>(pages_[code >> 8]) << 8 | (code & 0xFF)]);
  }
  kinds.resize(offsets.size());
  offsets.push_back(text.size());
}

void Regex::FindAll(std::string_view text, std::vector<Match>& matches) const {
  matches.clear();
  FindKinds(text);
  Matching& matching = ThreadMatching();
  const std::string& kinds = matching.kinds;
  const auto offset = [&](size_t i) { return matching.offsets.empty() ? i : matching.offsets[i]; };
  constexpr size_t kNowhere = ~size_t{0};
  size_t last_end = kNowhere;
  for (size_t start = 0; start <= kinds.size();) {
    const int count = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(kinds.data()), kinds.size(),
                                  start, 0, matching.data.get(), matching.context.get());
    if (count == PCRE2_ERROR_NOMATCH) {
      return;
    }
    VFFN_CHECK(count >= 0, where_, ": ", MessageOf(count), " in a text of ", text.size(),
               " bytes: ", pattern_);
    const PCRE2_SIZE* match = pcre2_get_ovector_pointer(matching.data.get());
    if (match[0] == match[1] && match[1] == last_end) {
      ++start;
      continue;
    }
    matches.push_back({offset(match[0]), offset(match[1])});
    start = last_end = match[1];
  }
}

}  // namespace vffn
