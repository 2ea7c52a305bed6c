#include "reports/tables/csv.h"

#include <set>

#include "base/error.h"

namespace vffn {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {}

  bool AtEnd() const { return at_ == text_.size(); }
  size_t line() const { return line_; }

  std::vector<std::string> Row() {
    VFFN_CHECK(!AtLineEnd(), Where(), "the line is empty");
    std::vector<std::string> row = {Field()};
    while (!AtLineEnd()) {
      VFFN_CHECK(text_[at_] == ',', Where(), "text follows the closing quote of '", row.back(), "'");
      ++at_;
      row.push_back(Field());
    }
    SkipLineEnd();
    return row;
  }

  std::string Where() const { return origin_ + ":" + std::to_string(line_) + ": "; }

 private:
  bool AtLineEnd() const { return AtEnd() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n"; }

  void SkipLineEnd() {
    at_ = AtEnd() ? at_ : at_ + (text_[at_] == '\n' ? 1 : 2);
    ++line_;
  }

  std::string Field() {
    if (!AtEnd() && text_[at_] == '"') {
      return QuotedField();
    }
    std::string field;
    for (; !AtLineEnd() && text_[at_] != ','; ++at_) {
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
          ++at_;
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
  size_t at_ = 0;
  size_t line_ = 1;
};

}  // namespace

CsvTable ParseCsv(std::string_view text, const std::string& origin) {
  CsvReader reader(text, origin);
  VFFN_CHECK(!reader.AtEnd(), origin, ": the file is empty, not even a header is there");
  CsvTable table{.header = reader.Row()};
  VFFN_CHECK(std::set<std::string>(table.header.begin(), table.header.end()).size() == table.header.size(),
             origin, ": the header has a name twice");
  while (!reader.AtEnd()) {
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
