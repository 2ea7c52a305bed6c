#include "tokens/json_document.h"

#include <cstdint>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "text/utf8.h"

namespace vffn {
namespace {

constexpr int kMaxDepth = 256;

/// True if one of eight bytes is '"', '\\' or below 0x20.
bool HasSpecial(uint64_t eight) {
  constexpr uint64_t kOnes = 0x0101010101010101u, kHigh = 0x8080808080808080u;
  const auto zero_byte = [](uint64_t x) { return (x - kOnes) & ~x & kHigh; };
  const uint64_t control = (eight - kOnes * 0x20) & ~eight & kHigh;
  return (zero_byte(eight ^ kOnes * '"') | zero_byte(eight ^ kOnes * '\\') | control) != 0;
}

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

}  // namespace

JsonDocumentReader::JsonDocumentReader(std::string text_field, std::string id_field)
    : text_field_(std::move(text_field)), id_field_(std::move(id_field)) {}

void JsonDocumentReader::FailHere(std::string_view what) const {
  Fail("not JSON at byte ", position_, " of the line: ", what);
}

char JsonDocumentReader::Peek() {
  if (position_ >= line_.size()) {
    FailHere("the line ends too early");
  }
  return line_[position_];
}

void JsonDocumentReader::Expect(char byte) {
  if (Peek() != byte) {
    FailHere(std::string("expected '") + byte + "'");
  }
  ++position_;
}

void JsonDocumentReader::SkipSpace() {
  while (position_ < line_.size()) {
    const char byte = line_[position_];
    if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n') {
      return;
    }
    ++position_;
  }
}

void JsonDocumentReader::Read(std::string_view line) {
  line_ = line;
  position_ = 0;
  has_text_ = has_id_ = false;
  text_ = id_ = {};
  SkipSpace();
  if (Peek() != '{') {
    FailHere("expected an object, which begins with '{'");
  }
  ++position_;
  SkipSpace();
  if (Peek() == '}') {
    ++position_;
  } else {
    for (;;) {
      SkipSpace();
      const std::string_view name = String(name_buffer_);
      SkipSpace();
      Expect(':');
      SkipSpace();
      Field(name);
      SkipSpace();
      if (Peek() == '}') {
        ++position_;
        break;
      }
      Expect(',');
    }
  }
  SkipSpace();
  if (position_ != line_.size()) {
    FailHere("text after the object");
  }
  VFFN_CHECK(has_text_, "the object has no field \"", text_field_,
             "\"; name the field that has the text with --text_field");
  VFFN_CHECK(has_id_ || id_field_.empty(), "the object has no field \"", id_field_,
             "\"; name the field that has the identifier with --id_field, or give --id_field '' if the "
             "documents have none");
}

void JsonDocumentReader::Field(std::string_view name) {
  if (name == text_field_) {
    VFFN_CHECK(!has_text_, "the object has two fields \"", text_field_, "\"");
    VFFN_CHECK(Peek() == '"', "the field \"", text_field_, "\" is not a string");
    has_text_ = true;
    text_ = String(text_buffer_);
    if (text_field_ == id_field_) {
      id_ = text_;
      has_id_ = true;
    }
  } else if (!id_field_.empty() && name == id_field_) {
    VFFN_CHECK(!has_id_, "the object has two fields \"", id_field_, "\"");
    has_id_ = true;
    if (Peek() == '"') {
      id_ = String(id_buffer_);
    } else if (Peek() == '-' || IsDigit(Peek())) {
      id_ = Number();
      VFFN_CHECK(id_.find_first_of(".eE") == std::string_view::npos, "the field \"", id_field_, "\" is ", id_,
                 ", neither a string nor an integer");
    } else {
      Fail("the field \"", id_field_, "\" is neither a string nor an integer");
    }
  } else {
    Value(1);
  }
}

void JsonDocumentReader::Value(int depth) {
  if (depth > kMaxDepth) {
    FailHere("nested too deeply");
  }
  const char byte = Peek();
  if (byte == '"') {
    String(other_buffer_);
  } else if (byte == '{') {
    Object(depth);
  } else if (byte == '[') {
    Array(depth);
  } else if (byte == '-' || IsDigit(byte)) {
    Number();
  } else {
    Literal();
  }
}

void JsonDocumentReader::Object(int depth) {
  Expect('{');
  SkipSpace();
  if (Peek() == '}') {
    ++position_;
    return;
  }
  for (;;) {
    SkipSpace();
    String(other_buffer_);
    SkipSpace();
    Expect(':');
    SkipSpace();
    Value(depth + 1);
    SkipSpace();
    if (Peek() == '}') {
      ++position_;
      return;
    }
    Expect(',');
  }
}

void JsonDocumentReader::Array(int depth) {
  Expect('[');
  SkipSpace();
  if (Peek() == ']') {
    ++position_;
    return;
  }
  for (;;) {
    SkipSpace();
    Value(depth + 1);
    SkipSpace();
    if (Peek() == ']') {
      ++position_;
      return;
    }
    Expect(',');
  }
}

std::string_view JsonDocumentReader::Number() {
  const size_t start = position_;
  const auto digits = [&] {
    const size_t first = position_;
    while (position_ < line_.size() && IsDigit(line_[position_])) {
      ++position_;
    }
    if (position_ == first) {
      FailHere("a number without digits");
    }
    return position_ - first;
  };
  if (Peek() == '-') {
    ++position_;
  }
  const bool zero = Peek() == '0';
  if (digits() > 1 && zero) {
    FailHere("a number that begins with 0");
  }
  if (position_ < line_.size() && line_[position_] == '.') {
    ++position_;
    digits();
  }
  if (position_ < line_.size() && (line_[position_] == 'e' || line_[position_] == 'E')) {
    ++position_;
    if (Peek() == '+' || Peek() == '-') {
      ++position_;
    }
    digits();
  }
  return line_.substr(start, position_ - start);
}

void JsonDocumentReader::Literal() {
  for (const std::string_view literal : {"true", "false", "null"}) {
    if (line_.substr(position_).starts_with(literal)) {
      position_ += literal.size();
      return;
    }
  }
  FailHere("expected a value (NaN and Infinity are not JSON)");
}

std::string_view JsonDocumentReader::String(std::string& buffer) {
  Expect('"');
  size_t start = position_;
  bool escaped = false;
  buffer.clear();
  for (;;) {
    uint64_t eight = 0;
    while (position_ + sizeof(eight) <= line_.size()) {
      std::memcpy(&eight, line_.data() + position_, sizeof(eight));
      if (HasSpecial(eight)) {
        break;
      }
      position_ += sizeof(eight);
    }
    const char byte = Peek();
    if (byte == '"') {
      const std::string_view tail = line_.substr(start, position_ - start);
      ++position_;
      if (!escaped) {
        return tail;
      }
      buffer.append(tail);
      return buffer;
    }
    if (byte == '\\') {
      buffer.append(line_, start, position_ - start);
      escaped = true;
      ++position_;
      Escape(buffer);
      start = position_;
    } else if (static_cast<unsigned char>(byte) < 0x20) {
      FailHere("a control character in a string; it must be written as an escape");
    } else {
      ++position_;
    }
  }
}

void JsonDocumentReader::Escape(std::string& buffer) {
  const char byte = Peek();
  constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
  if (const size_t at = kFrom.find(byte); at != std::string_view::npos) {
    buffer += kTo[at];
    ++position_;
    return;
  }
  if (byte != 'u') {
    FailHere("an unknown escape in a string");
  }
  ++position_;
  uint32_t code = HexDigits();
  if (code >= 0xD800 && code <= 0xDBFF && line_.substr(position_).starts_with("\\u")) {
    position_ += 2;
    const uint32_t low = HexDigits();
    if (low < 0xDC00 || low > 0xDFFF) {
      FailHere("half of a surrogate pair in a string");
    }
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (code >= 0xD800 && code <= 0xDFFF) {
    FailHere("half of a surrogate pair in a string");
  }
  AppendUtf8(code, buffer);
}

unsigned JsonDocumentReader::HexDigits() {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) {
    const char byte = Peek();
    constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
    const size_t digit = kDigits.find(byte);
    if (digit == std::string_view::npos) {
      FailHere("expected four hexadecimal digits");
    }
    value = value * 16 + static_cast<unsigned>(digit < 16 ? digit : digit - 6);
    ++position_;
  }
  return value;
}

}  // namespace vffn
