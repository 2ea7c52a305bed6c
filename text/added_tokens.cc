#include "text/added_tokens.h"

#include <algorithm>

#include "text/char_class.h"
#include "text/character_sets.h"
#include "text/utf8.h"

namespace vffn {
namespace {

bool IsWhitespace(uint32_t code) { return CharClasses()[code] == CharClass::kWhitespace; }

// Where the character that ends at `end` begins.
size_t CharacterBefore(std::string_view text, size_t end) {
  size_t start = end - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) {
    --start;
  }
  return start;
}

// Whether neither the character before `begin` nor the one at `end` is of a word.
bool IsSingleWord(std::string_view text, size_t begin, size_t end) {
  if (begin > 0) {
    size_t position = CharacterBefore(text, begin);
    if (RustWordSet().Contains(DecodeUtf8(text, position))) {
      return false;
    }
  }
  return end == text.size() || !RustWordSet().Contains(DecodeUtf8(text, end));
}

// Where the white space that ends at `end` begins.
size_t WhitespaceBefore(std::string_view text, size_t end) {
  while (end > 0) {
    const size_t start = CharacterBefore(text, end);
    size_t position = start;
    if (!IsWhitespace(DecodeUtf8(text, position))) {
      break;
    }
    end = start;
  }
  return end;
}

// Where the white space that begins at `start` ends.
size_t WhitespaceAfter(std::string_view text, size_t start) {
  while (start < text.size()) {
    size_t next = start;
    if (!IsWhitespace(DecodeUtf8(text, next))) {
      break;
    }
    start = next;
  }
  return start;
}

size_t TwoBytes(std::string_view text, size_t position) {
  return static_cast<size_t>(static_cast<unsigned char>(text[position])) << 8 |
         static_cast<unsigned char>(text[position + 1]);
}

}  // namespace

AddedTokenMatcher::AddedTokenMatcher(std::vector<AddedToken> tokens)
    : tokens_(std::move(tokens)), node_token_{-1} {
  std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const std::string& content = tokens_[i].content;
    if (content.size() == 1) {
      has_single_byte_ = true;
      for (size_t second = 0; second < 256; ++second) {
        first_bytes_.set(static_cast<size_t>(static_cast<unsigned char>(content[0])) << 8 | second);
      }
    } else {
      first_bytes_.set(TwoBytes(content, 0));
    }
    uint64_t node = 0;
    for (const char byte : content) {
      const auto next = static_cast<uint32_t>(node_token_.size());
      const auto [edge, is_new] = edges_.try_emplace(node << 8 | static_cast<unsigned char>(byte), next);
      if (is_new) {
        node_token_.push_back(-1);
      }
      node = edge->second;
    }
    if (node_token_[node] < 0) {
      node_token_[node] = static_cast<int32_t>(i);
    }
  }
}

AddedTokenMatcher::Match AddedTokenMatcher::LongestAt(std::string_view text, size_t position) const {
  Match match;
  uint64_t node = 0;
  while (position < text.size()) {
    const auto edge = edges_.find(node << 8 | static_cast<unsigned char>(text[position]));
    if (edge == edges_.end()) {
      break;
    }
    node = edge->second;
    ++position;
    if (node_token_[node] >= 0) {
      match = {&tokens_[static_cast<size_t>(node_token_[node])], position};
    }
  }
  return match;
}

void AddedTokenMatcher::Split(std::string_view text, std::vector<Part>& parts) const {
  parts.clear();
  size_t begin = 0;     // of the text after the last token
  size_t position = 0;  // where the search goes on
  // A token of two bytes or more cannot begin at the last byte.
  const size_t last = tokens_.empty() || text.empty() ? 0 : text.size() - (has_single_byte_ ? 0 : 1);
  while (position < last) {
    Match match;
    if (position + 1 == text.size() || first_bytes_[TwoBytes(text, position)]) {
      match = LongestAt(text, position);
    }
    if (match.token == nullptr) {
      ++position;
      continue;
    }
    if (match.token->single_word && !IsSingleWord(text, position, match.end)) {
      position = match.end;
      continue;
    }
    // The search goes on after the token itself, whatever white space it takes.
    const size_t start = match.token->lstrip ? std::max(WhitespaceBefore(text, position), begin) : position;
    const size_t end = match.token->rstrip ? WhitespaceAfter(text, match.end) : match.end;
    if (begin < start) {
      parts.push_back({text.substr(begin, start - begin)});
    }
    if (start < end) {  // else another token has taken all of it
      parts.push_back({text.substr(start, end - start), match.token});
    }
    begin = end;
    position = match.end;
  }
  if (begin < text.size()) {
    parts.push_back({text.substr(begin)});
  }
}

}  // namespace vffn
