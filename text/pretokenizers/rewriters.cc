// Steps that write words anew: blanks as another character, prefixes, bytes as characters.
#include <algorithm>

#include "text/byte_level.h"
#include "text/word_splitter.h"

namespace vffn {
namespace {

class Prefixer : public WordRewriter {
 public:
  explicit Prefixer(std::string prefix) : prefix_(std::move(prefix)) {}

  void Rewrite(std::string_view word, bool /*is_first*/, std::string& text) const override {
    if (!word.starts_with(prefix_)) {
      text += prefix_;
    }
    text += word;
  }

  std::string Describe() const override { return "Always(" + prefix_ + ")"; }

 private:
  std::string prefix_;
};

class Metaspace : public WordRewriter {
 public:
  Metaspace(std::string replacement, PrependScheme scheme)
      : replacement_(std::move(replacement)), scheme_(scheme) {}

  void Rewrite(std::string_view word, bool is_first, std::string& text) const override {
    const bool prepends = scheme_ == PrependScheme::kAlways || (scheme_ == PrependScheme::kFirst && is_first);
    if (prepends && !word.starts_with(' ') && !word.starts_with(replacement_)) {
      text += replacement_;
    }
    for (size_t position = 0; position < word.size();) {
      const size_t blank = std::min(word.find(' ', position), word.size());
      text.append(word, position, blank - position);
      if (blank < word.size()) {
        text += replacement_;
      }
      position = blank + 1;
    }
  }

  std::string Describe() const override {
    const std::string prefix =
        scheme_ == PrependScheme::kNever
            ? ""
            : (scheme_ == PrependScheme::kFirst ? " First(" : " Always(") + replacement_ + ")";
    return "Blank(" + replacement_ + ")" + prefix;
  }

  bool AsksForFirst() const override { return scheme_ == PrependScheme::kFirst; }

 private:
  std::string replacement_;
  PrependScheme scheme_;
};

class ByteCharacters : public WordRewriter {
 public:
  void Rewrite(std::string_view word, bool /*is_first*/, std::string& text) const override {
    for (const char byte : word) {
      text += ByteCharacter(static_cast<unsigned char>(byte));
    }
  }

  std::string Describe() const override { return "ByteLevel"; }
  bool WritesBytes() const override { return true; }
};

}  // namespace

std::unique_ptr<const PreTokenizer> MakePrefixer(std::string prefix) {
  return std::make_unique<Prefixer>(std::move(prefix));
}

std::unique_ptr<const PreTokenizer> MakeMetaspace(std::string replacement, PrependScheme scheme) {
  return std::make_unique<Metaspace>(std::move(replacement), scheme);
}

std::unique_ptr<const PreTokenizer> MakeByteCharacters() { return std::make_unique<ByteCharacters>(); }

}  // namespace vffn
