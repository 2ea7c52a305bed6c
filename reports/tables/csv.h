// Comma-separated values (RFC 4180) and those with another separator.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vffn {

struct CsvTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  ///< each as wide as the header
};

/// Lines end with "\n" or "\r\n"; blank lines are skipped. A field that begins with a quote, perhaps after
/// blanks, may hold separators, line ends and doubled quotes. Throws Error, beginning with `origin` and the
/// line, on a row of another width than the header, a quote in the wrong place or one that is never closed,
/// no header, or a header with a name twice.
CsvTable ParseCsv(std::string_view text, const std::string& origin, char separator = ',');

/// A field as it is written: quoted where it must be.
std::string CsvField(std::string_view text);

}  // namespace vffn
