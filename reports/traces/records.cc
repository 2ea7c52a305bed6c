#include "reports/traces/records.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "reports/tables/csv.h"

namespace vffn {
namespace {

std::string Cell(const OrderedJson& value) {
  return value.is_null() ? "" : CsvField(value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

std::string ToCsv(const Records& records) {
  std::string text;
  for (const OrderedJson& record : records) {
    std::string titles, line;
    for (const auto& [key, value] : record.items()) {
      titles.append(titles.empty() ? "" : ",").append(CsvField(key));
      line.append(line.empty() && key == record.begin().key() ? "" : ",").append(Cell(value));
    }
    titles += '\n';
    if (text.empty()) {
      text = titles;
    }
    VFFN_CHECK(text.starts_with(titles), "a row with the columns ", titles, "in a table of others");
    text.append(line).append("\n");
  }
  return text;
}

std::filesystem::path WriteCsv(const std::filesystem::path& folder, const std::string& name,
                               const Records& records) {
  const std::filesystem::path path = folder / (name + ".csv");
  WriteFileAtomically(path, ToCsv(records));
  return path;
}

}  // namespace vffn
