// Text and identifier of one line of a JSON-lines file.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// Takes two string fields out of one JSON object, without building a JSON value: several times as fast as a
/// general parser. Strict all the same: the whole line must be JSON (no NaN, no text after the object).
/// Not thread safe: one reader for each thread.
class JsonDocumentReader {
 public:
  /// An empty `id_field`: identifiers are not read.
  JsonDocumentReader(std::string text_field, std::string id_field);

  /// Reads one line. Throws Error, with the byte offset in the line, if it is not one JSON object, a field is
  /// missing, null or given twice, the text is not a string, or the identifier is neither a string nor an
  /// integer.
  void Read(std::string_view line);

  // Of the line read last; valid until the next call and as long as the line. May be malformed UTF-8 if the
  // line is.
  std::string_view text() const { return text_; }
  std::string_view id() const { return id_; }

 private:
  void Value(int depth);
  void Object(int depth);
  void Array(int depth);
  std::string_view Number();
  void Literal();
  std::string_view String(std::string& buffer);
  void Escape(std::string& buffer);
  unsigned HexDigits();
  void SkipSpace();
  void Field(std::string_view name);
  char Peek();
  void Expect(char byte);
  [[noreturn]] void FailHere(std::string_view what) const;

  std::string text_field_, id_field_;
  std::string_view line_;
  size_t position_ = 0;
  std::string_view text_, id_;
  bool has_text_ = false, has_id_ = false;
  std::string text_buffer_, id_buffer_, name_buffer_, other_buffer_;  // strings that have escapes
};

}  // namespace vffn
