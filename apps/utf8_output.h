// Standard output and standard error as UTF-8, whatever bytes paths have.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>

namespace vffn {

/// While it lives, what is written to `stream` is UTF-8: other bytes become U+FFFD.
class Utf8Output : public std::streambuf {
 public:
  explicit Utf8Output(std::ostream& stream);
  ~Utf8Output() override;
  Utf8Output(const Utf8Output&) = delete;
  Utf8Output& operator=(const Utf8Output&) = delete;

 protected:
  int overflow(int byte) override;
  std::streamsize xsputn(const char* bytes, std::streamsize count) override;
  int sync() override;

 private:
  /// Passes pending bytes on, except the beginning of a character at their end unless `all`.
  void Pass(bool all);

  std::ostream& stream_;
  std::streambuf* target_;
  std::string pending_;
};

}  // namespace vffn
