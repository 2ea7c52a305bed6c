#include "apps/utf8_output.h"

#include <algorithm>

#include "base/valid_utf8.h"
#include "text/utf8.h"

namespace vffn {
namespace {

/// How many bytes at the end of `text` may be the beginning of a character.
size_t OpenBytes(std::string_view text) {
  for (size_t count = 1; count <= std::min<size_t>(3, text.size()); ++count) {
    const auto byte = static_cast<unsigned char>(text[text.size() - count]);
    if (byte >= 0xC0) {
      return Utf8Length(byte) > count ? count : 0;
    }
    if (byte < 0x80) {
      return 0;
    }
  }
  return 0;
}

}  // namespace

Utf8Output::Utf8Output(std::ostream& stream) : stream_(stream), target_(stream.rdbuf(this)) {}

Utf8Output::~Utf8Output() {
  Pass(true);
  stream_.rdbuf(target_);
}

int Utf8Output::overflow(int byte) {
  if (byte != traits_type::eof()) {
    pending_ += static_cast<char>(byte);
    Pass(false);
  }
  return 0;
}

std::streamsize Utf8Output::xsputn(const char* bytes, std::streamsize count) {
  pending_.append(bytes, static_cast<size_t>(count));
  Pass(false);
  return count;
}

int Utf8Output::sync() {
  Pass(true);
  return target_->pubsync();
}

void Utf8Output::Pass(bool all) {
  const size_t count = pending_.size() - (all ? 0 : OpenBytes(pending_));
  std::string text = pending_.substr(0, count);
  pending_.erase(0, count);
  if (FindInvalidUtf8(text) != std::string_view::npos) {
    text = ValidUtf8(text);
  }
  if (target_->sputn(text.data(), static_cast<std::streamsize>(text.size())) !=
      static_cast<std::streamsize>(text.size())) {
    stream_.setstate(std::ios::badbit);
  }
}

}  // namespace vffn
