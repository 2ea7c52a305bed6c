// Normalisers that replace, add or strip pieces of text.
#include <algorithm>

#include "text/character_sets.h"
#include "text/normalizer.h"
#include "text/regex/regex.h"
#include "text/utf8.h"

namespace vffn {

size_t Normalizer::HeadAfter(std::string_view text, size_t head) const {
  std::string normal(text.substr(0, head));
  Apply(normal);
  return normal.size();
}

namespace {

// What a match becomes counts as part of the match's last character.
size_t HeadAfterReplacing(const std::vector<Regex::Match>& matches, size_t head, size_t replacement) {
  size_t after = 0, position = 0;
  for (const Regex::Match& match : matches) {
    if (match.begin >= head) {
      break;
    }
    after += match.begin - position;
    if (match.end > head) {
      return after;
    }
    after += replacement;
    position = match.end;
  }
  return after + (head - position);
}

void ReplaceMatches(const std::vector<Regex::Match>& matches, const std::string& to, std::string& text) {
  std::string result;
  size_t position = 0;
  for (const Regex::Match& match : matches) {
    result.append(text, position, match.begin - position).append(to);
    position = match.end;
  }
  text = result.append(text, position);
}

class RegexReplace : public Normalizer {
 public:
  RegexReplace(std::string_view pattern, std::string to)
      : pattern_(pattern), to_(std::move(to)), regex_(pattern, "normalizer Replace") {}

  void Apply(std::string& text) const override { ReplaceMatches(Matches(text), to_, text); }
  bool Keeps(std::string_view text) const override { return text.empty(); }

  size_t HeadAfter(std::string_view text, size_t head) const override {
    return head == 0 ? 0 : HeadAfterReplacing(Matches(text), head, to_.size());
  }

  std::string Describe() const override { return "Replace(/" + pattern_ + "/," + to_ + ")"; }

 private:
  const std::vector<Regex::Match>& Matches(std::string_view text) const {
    thread_local std::vector<Regex::Match> matches;
    regex_.FindAll(text, matches);
    return matches;
  }

  std::string pattern_, to_;
  Regex regex_;
};

class Replace : public Normalizer {
 public:
  Replace(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}

  void Apply(std::string& text) const override {
    std::string result;
    size_t position = 0;
    for (size_t found; (found = text.find(from_, position)) != std::string::npos;
         position = found + from_.size()) {
      result.append(text, position, found - position).append(to_);
    }
    text = result.append(text, position);
  }

  bool Keeps(std::string_view text) const override { return text.find(from_) == std::string_view::npos; }

  size_t HeadAfter(std::string_view text, size_t head) const override {
    std::vector<Regex::Match> matches;
    for (size_t found = 0; (found = text.find(from_, found)) < head; found += from_.size()) {
      matches.push_back({found, found + from_.size()});
    }
    return head == 0 ? 0 : HeadAfterReplacing(matches, head, to_.size());
  }

  std::string Describe() const override { return "Replace(" + from_ + "," + to_ + ")"; }

 private:
  std::string from_, to_;
};

class Prepend : public Normalizer {
 public:
  explicit Prepend(std::string prefix) : prefix_(std::move(prefix)) {}

  void Apply(std::string& text) const override {
    if (!text.empty()) {
      text.insert(0, prefix_);
    }
  }

  bool Keeps(std::string_view text) const override { return text.empty() || prefix_.empty(); }
  std::string Describe() const override { return "Prepend(" + prefix_ + ")"; }

 private:
  std::string prefix_;
};

class Strip : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}

  void Apply(std::string& text) const override {
    const size_t begin = left_ ? LeadingSpace(text) : 0;
    size_t end = text.size();
    while (right_ && end > begin) {
      const size_t last = text.find_last_not_of(kContinuationBytes, end - 1);
      size_t position = last;
      if (!WhitespaceSet().Contains(DecodeUtf8(text, position))) {
        break;
      }
      end = last;
    }
    text = text.substr(begin, end - begin);
  }

  bool Keeps(std::string_view text) const override { return text.empty() || (!left_ && !right_); }

  size_t HeadAfter(std::string_view text, size_t head) const override {
    std::string normal(text);
    Apply(normal);
    const size_t stripped = left_ ? LeadingSpace(text) : 0;
    return std::min(normal.size(), head - std::min(head, stripped));
  }

  std::string Describe() const override {
    return std::string("Strip(") + (left_ ? "left" : "") + (right_ ? "right" : "") + ")";
  }

 private:
  static const std::string kContinuationBytes;

  static size_t LeadingSpace(std::string_view text) {
    size_t end = 0;
    while (end < text.size()) {
      size_t next = end;
      if (!WhitespaceSet().Contains(DecodeUtf8(text, next))) {
        break;
      }
      end = next;
    }
    return end;
  }

  bool left_, right_;
};

const std::string Strip::kContinuationBytes = [] {
  std::string bytes;
  for (int byte = 0x80; byte < 0xC0; ++byte) {
    bytes += static_cast<char>(byte);
  }
  return bytes;
}();

}  // namespace

std::unique_ptr<const Normalizer> MakeReplace(std::string from, std::string to) {
  if (from.empty()) {
    return MakeRegexReplace("", std::move(to));
  }
  return std::make_unique<Replace>(std::move(from), std::move(to));
}

std::unique_ptr<const Normalizer> MakeRegexReplace(std::string_view pattern, std::string to) {
  return std::make_unique<RegexReplace>(pattern, std::move(to));
}

std::unique_ptr<const Normalizer> MakePrepend(std::string prefix) {
  return std::make_unique<Prepend>(std::move(prefix));
}

std::unique_ptr<const Normalizer> MakeStrip(bool left, bool right) {
  return std::make_unique<Strip>(left, right);
}

}  // namespace vffn
