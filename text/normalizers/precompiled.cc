// SentencePiece's map of characters, a double-array trie (Darts) of UTF-8 keys with the text each becomes.
#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "text/normalizer.h"
#include "text/utf8.h"

namespace vffn {
namespace {

class Precompiled : public Normalizer {
 public:
  // A 32-bit size in bytes, that many bytes of trie, then texts that end with 0.
  explicit Precompiled(const std::string& bytes) : identity_(HashOf(bytes)) {
    uint32_t size = 0;
    VFFN_CHECK(bytes.size() >= sizeof(size), "normalizer Precompiled: the map has ", bytes.size(),
               " bytes only");
    std::memcpy(&size, bytes.data(), sizeof(size));
    VFFN_CHECK(size % sizeof(uint32_t) == 0 && size <= bytes.size() - sizeof(size),
               "normalizer Precompiled: the trie has ", size, " bytes in a map of ", bytes.size());
    units_.resize(size / sizeof(uint32_t));
    std::memcpy(units_.data(), bytes.data() + sizeof(size), size);
    texts_ = bytes.substr(sizeof(size) + size);
  }

  // A cluster of fewer than 6 bytes becomes what its shortest known prefix becomes; of others, and of those
  // without a known prefix, each character by itself does.
  void Apply(std::string& text) const override {
    std::string result;
    const std::unique_ptr<icu::BreakIterator> clusters = MakeClusters(text);
    for (int32_t begin = clusters->first(), end = clusters->next(); end != icu::BreakIterator::DONE;
         begin = end, end = clusters->next()) {
      const std::string_view cluster =
          std::string_view(text).substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
      const std::optional<std::string_view> whole = cluster.size() < 6 ? Find(cluster) : std::nullopt;
      if (whole) {
        result += *whole;
        continue;
      }
      for (size_t position = 0; position < cluster.size();) {
        const size_t start = position;
        DecodeUtf8(cluster, position);
        const std::string_view character = cluster.substr(start, position - start);
        result += Find(character).value_or(character);
      }
    }
    text = std::move(result);
  }

  bool Keeps(std::string_view text) const override { return text.empty(); }

  // Hugging Face counts what follows a dropped first character as part of it.
  size_t HeadAfter(std::string_view text, size_t head) const override {
    std::string whole(text);
    Apply(whole);
    if (head == 0 || whole.empty()) {
      return 0;
    }
    return std::max(Normalizer::HeadAfter(text, head), Utf8Length(static_cast<unsigned char>(whole[0])));
  }
  std::string Describe() const override { return "Precompiled(" + identity_ + ")"; }

 private:
  static std::string HashOf(const std::string& bytes) {
    Sha256 hash;
    hash.Update(bytes);
    return hash.Hex();
  }

  static std::unique_ptr<icu::BreakIterator> MakeClusters(const std::string& text) {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> clusters(
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
    UText utext = UTEXT_INITIALIZER;
    utext_openUTF8(&utext, text.data(), static_cast<int64_t>(text.size()), &status);
    VFFN_CHECK(U_SUCCESS(status), "ICU cannot find grapheme clusters: ", u_errorName(status));
    clusters->setText(&utext, status);  // copies what it needs of utext
    utext_close(&utext);
    VFFN_CHECK(U_SUCCESS(status), "ICU cannot find grapheme clusters: ", u_errorName(status));
    return clusters;
  }

  uint32_t UnitAt(size_t position) const {
    VFFN_CHECK(position < units_.size(), "normalizer Precompiled: the trie points outside itself");
    return units_[position];
  }

  // The text of the shortest key that `key` begins with.
  std::optional<std::string_view> Find(std::string_view key) const {
    const auto offset = [](uint32_t unit) { return (unit >> 10) << ((unit & (1u << 9)) >> 6); };
    size_t position = offset(UnitAt(0));
    for (const char byte : key) {
      if (byte == 0) {
        break;
      }
      position ^= static_cast<unsigned char>(byte);
      const uint32_t unit = UnitAt(position);
      if ((unit & ((1u << 31) | 0xFF)) != static_cast<unsigned char>(byte)) {
        break;
      }
      position ^= offset(unit);
      if ((unit >> 8 & 1) != 0) {
        const size_t begin = UnitAt(position) & ((1u << 31) - 1);
        VFFN_CHECK(begin <= texts_.size(), "normalizer Precompiled: a key points outside the map");
        return std::string_view(texts_).substr(begin, texts_.find('\0', begin) - begin);
      }
    }
    return std::nullopt;
  }

  std::string identity_;
  std::vector<uint32_t> units_;
  std::string texts_;
};

}  // namespace

std::unique_ptr<const Normalizer> MakePrecompiled(std::string bytes) {
  return std::make_unique<Precompiled>(bytes);
}

}  // namespace vffn
