#include "reports/tables/csv.h"

#include <algorithm>
#include <set>

#include "base/error.h"

namespace vffn {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& origin, char separator)
      : text_(text), origin_(origin), separator_(separator) {}

  bool AtEnd() const { return at_ == text_.size(); }
  size_t line() const { return line_; }

  std::vector<std::string> Row() {
    std::vector<std::string> row = {Field()};
    while (!AtLineEnd()) {
      VFFN_CHECK(text_[at_] == separator_, Where(), "text follows the closing quote of '", row.back(), "'");
      ++at_;
      row.push_back(Field());
    }
    SkipLineEnd();
    return row;
  }

  void SkipBlankLines() {
    for (;;) {
      const size_t line_end = std::min(text_.find('\n', at_), text_.size());
      if (AtEnd() || text_.substr(at_, line_end - at_).find_first_not_of(" \r") != std::string_view::npos) {
        return;
      }
      at_ = line_end;
      SkipLineEnd();
    }
  }

  std::string Where() const { return origin_ + ":" + std::to_string(line_) + ": "; }

 private:
  bool AtLineEnd() const { return AtEnd() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n"; }

  void SkipLineEnd() {
    at_ = AtEnd() ? at_ : at_ + (text_[at_] == '\n' ? 1 : 2);
    ++line_;
  }

  std::string Field() {
    const size_t begin = std::min(text_.find_first_not_of(' ', at_), text_.size());
    if (begin < text_.size() && text_[begin] == '"') {
      at_ = begin;
      return QuotedField();
    }
    std::string field;
    for (; !AtLineEnd() && text_[at_] != separator_; ++at_) {
      VFFN_CHECK(text_[at_] != '"' && text_[at_] != '\r', Where(), "a quote or a carriage return after '",
                 field, "', in a field without quotes around it");
      field += text_[at_];
    }
    return field;
  }

  std::string QuotedField() {
    const std::string where = Where();
    std::string field;
    for (++at_; !AtEnd(); ++at_) {
      if (text_[at_] == '"') {
        if (text_.substr(at_, 2) != "\"\"") {
          const size_t next = std::min(text_.find_first_not_of(' ', ++at_), text_.size());
          const bool ends =
              next == text_.size() || std::string_view("\r\n").find(text_[next]) != std::string_view::npos;
          at_ = ends || text_[next] == separator_ ? next : at_;
          return field;
        }
        ++at_;
      }
      line_ += text_[at_] == '\n' ? 1 : 0;
      field += text_[at_];
    }
    Fail(where, "a quote is never closed");
  }

  std::string_view text_;
  std::string origin_;
  char separator_;
  size_t at_ = 0;
  size_t line_ = 1;
};

}  // namespace

CsvTable ParseCsv(std::string_view text, const std::string& origin, char separator) {
  CsvReader reader(text, origin, separator);
  reader.SkipBlankLines();
  VFFN_CHECK(!reader.AtEnd(), origin, ": the file is empty, not even a header is there");
  CsvTable table{.header = reader.Row()};
  VFFN_CHECK(std::set<std::string>(table.header.begin(), table.header.end()).size() == table.header.size(),
             origin, ": the header has a name twice");
  for (reader.SkipBlankLines(); !reader.AtEnd(); reader.SkipBlankLines()) {
    const std::string where = reader.Where();
    table.rows.push_back(reader.Row());
    VFFN_CHECK(table.rows.back().size() == table.header.size(), where, "a row of ", table.rows.back().size(),
               " fields; the header has ", table.header.size());
  }
  return table;
}

std::string CsvField(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + "\"";
}

}  // namespace vffn
