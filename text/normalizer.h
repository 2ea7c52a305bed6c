// The normalisers of the supported tokenizers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vffn {

/// One step: text to text. Thread safe.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  /// Replaces `text` (well-formed UTF-8) by its normal form.
  virtual void Apply(std::string& text) const = 0;
  /// True if Apply would surely leave `text` as it is: a cheap test that spares the copy.
  virtual bool Keeps(std::string_view text) const = 0;
  /// Name and arguments, for the tokenizer's identity.
  virtual std::string Describe() const = 0;
};

using Normalizers = std::vector<std::unique_ptr<const Normalizer>>;

/// Canonical composition as of Unicode 9, where Hugging Face's normaliser stopped: later characters are left
/// alone.
std::unique_ptr<const Normalizer> MakeNfc();

/// Every `from` becomes `to`. Throws Error if `from` is empty.
std::unique_ptr<const Normalizer> MakeReplace(std::string from, std::string to);

/// `prefix` before any text that is not empty.
std::unique_ptr<const Normalizer> MakePrepend(std::string prefix);

}  // namespace vffn
