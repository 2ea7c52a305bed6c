#include "text/normalizer.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uniset.h>

#include <algorithm>

#include "base/error.h"

namespace vffn {
namespace {

void CheckIcu(UErrorCode status, const char* what) {
  VFFN_CHECK(U_SUCCESS(status), "ICU cannot ", what, ": ", u_errorName(status));
}

class Nfc : public Normalizer {
 public:
  Nfc() {
    UErrorCode status = U_ZERO_ERROR;
    unicode9_.applyPattern("[:age=9.0:]", status);  // assigned in Unicode 9.0 or before
    unicode9_.freeze();
    CheckIcu(status, "select the characters of Unicode 9");
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
    CheckIcu(status, "normalise to NFC");
    filtered_ = std::make_unique<icu::FilteredNormalizer2>(*nfc, unicode9_);
  }

  void Apply(std::string& text) const override {
    UErrorCode status = U_ZERO_ERROR;
    std::string result;
    icu::StringByteSink<std::string> sink(&result);
    filtered_->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                             nullptr, status);
    CheckIcu(status, "normalise to NFC");
    text = std::move(result);
  }

  // Everything below U+0300, whose first byte is 0xCC, is its own normal form and does not compose.
  bool Keeps(std::string_view text) const override {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) >= 0xCC; });
  }

  std::string Describe() const override { return "NFC(Unicode 9)"; }

 private:
  icu::UnicodeSet unicode9_;
  std::unique_ptr<icu::FilteredNormalizer2> filtered_;
};

class Replace : public Normalizer {
 public:
  Replace(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {
    VFFN_CHECK(!from_.empty(), "normalizer Replace: the pattern is empty");
  }

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

}  // namespace

std::unique_ptr<const Normalizer> MakeNfc() { return std::make_unique<Nfc>(); }

std::unique_ptr<const Normalizer> MakeReplace(std::string from, std::string to) {
  return std::make_unique<Replace>(std::move(from), std::move(to));
}

std::unique_ptr<const Normalizer> MakePrepend(std::string prefix) {
  return std::make_unique<Prepend>(std::move(prefix));
}

}  // namespace vffn
