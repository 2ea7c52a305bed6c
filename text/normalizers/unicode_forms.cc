// NFC, NFD, NFKC, NFKD.
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uniset.h>

#include <algorithm>

#include "base/error.h"
#include "text/normalizer.h"
#include "text/utf8.h"

namespace vffn {
namespace {

void CheckIcu(UErrorCode status, const char* what) {
  VFFN_CHECK(U_SUCCESS(status), "ICU cannot ", what, ": ", u_errorName(status));
}

class UnicodeNormalizer : public Normalizer {
 public:
  explicit UnicodeNormalizer(UnicodeForm form) : form_(form) {
    UErrorCode status = U_ZERO_ERROR;
    unicode9_.applyPattern("[:age=9.0:]", status);  // assigned in Unicode 9.0 or before
    unicode9_.freeze();
    CheckIcu(status, "select the characters of Unicode 9");
    const icu::Normalizer2* normalizer = Instance(form, status);
    CheckIcu(status, "normalise");
    filtered_ = std::make_unique<icu::FilteredNormalizer2>(*normalizer, unicode9_);
  }

  void Apply(std::string& text) const override {
    UErrorCode status = U_ZERO_ERROR;
    std::string result;
    icu::StringByteSink<std::string> sink(&result);
    filtered_->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                             nullptr, status);
    CheckIcu(status, "normalise");
    text = std::move(result);
  }

  // Below U+0300, whose first byte is 0xCC, characters are their own composed form; below U+00C0 they are
  // also their own canonical form, and below U+00A0 their compatibility form.
  bool Keeps(std::string_view text) const override {
    const unsigned char limit = form_ == UnicodeForm::kNfc ? 0xCC : form_ == UnicodeForm::kNfd ? 0xC3 : 0xC2;
    return std::none_of(text.begin(), text.end(),
                        [&](char c) { return static_cast<unsigned char>(c) >= limit; });
  }

  // Marks of the first character may move behind those that follow it, or become one with it.
  size_t HeadAfter(std::string_view text, size_t head) const override {
    std::string of_head(text.substr(0, head)), whole(text);
    Apply(of_head);
    Apply(whole);
    size_t common = 0;  // whole characters that both begin with
    for (size_t next = 0; whole.starts_with(of_head.substr(0, next));) {
      common = next;
      if (next == of_head.size()) {
        break;
      }
      DecodeUtf8(of_head, next);
    }
    return head == 0 ? 0 : std::max(common, Utf8Length(static_cast<unsigned char>(whole[0])));
  }

  std::string Describe() const override {
    constexpr const char* kNames[] = {"NFC", "NFD", "NFKC", "NFKD"};
    return std::string(kNames[static_cast<size_t>(form_)]) + "(Unicode 9)";
  }

 private:
  static const icu::Normalizer2* Instance(UnicodeForm form, UErrorCode& status) {
    switch (form) {
      case UnicodeForm::kNfc:
        return icu::Normalizer2::getNFCInstance(status);
      case UnicodeForm::kNfd:
        return icu::Normalizer2::getNFDInstance(status);
      case UnicodeForm::kNfkc:
        return icu::Normalizer2::getNFKCInstance(status);
      case UnicodeForm::kNfkd:
        return icu::Normalizer2::getNFKDInstance(status);
    }
    Fail("unknown normalisation form");
  }

  UnicodeForm form_;
  icu::UnicodeSet unicode9_;
  std::unique_ptr<icu::FilteredNormalizer2> filtered_;
};

}  // namespace

std::unique_ptr<const Normalizer> MakeUnicodeForm(UnicodeForm form) {
  return std::make_unique<UnicodeNormalizer>(form);
}

std::unique_ptr<const Normalizer> MakeNfc() { return MakeUnicodeForm(UnicodeForm::kNfc); }

}  // namespace vffn
