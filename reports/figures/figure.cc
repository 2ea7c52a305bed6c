#include "reports/figures/figure.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace vffn {
namespace {

std::string CsvCell(const OrderedJson& value) {
  if (value.is_null()) {
    return "";
  }
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + '"';
}

void CheckNumbers(const OrderedJson& value, const std::string& path, const std::string& name) {
  if (value.is_number_float()) {
    VFFN_CHECK(std::isfinite(value.get<double>()), "figure ", name, ": not a finite number at ", path);
  } else if (value.is_structured()) {
    for (const auto& [key, part] : value.items()) {
      CheckNumbers(part, path + "/" + key, name);
    }
  }
}

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

double PixelsOf(FigureWidth width) { return 96 * (width == FigureWidth::kColumn ? 3.3 : 6.8); }

std::string DatasetCsv(const OrderedJson& rows) {
  std::vector<std::string> columns;
  for (const OrderedJson& row : rows) {
    for (const auto& [key, value] : row.items()) {
      if (std::ranges::find(columns, key) == columns.end()) {
        columns.push_back(key);
      }
    }
  }
  std::string text;
  for (size_t i = 0; i < columns.size(); ++i) {
    text.append(i == 0 ? "" : ",").append(CsvCell(columns[i]));
  }
  text += "\n";
  for (const OrderedJson& row : rows) {
    for (size_t i = 0; i < columns.size(); ++i) {
      text.append(i == 0 ? "" : ",").append(row.contains(columns[i]) ? CsvCell(row[columns[i]]) : "");
    }
    text += "\n";
  }
  return text;
}

void CheckFigure(const Figure& figure) {
  VFFN_CHECK(!figure.name.empty() && std::ranges::all_of(figure.name, IsPlain), "a figure cannot be named \"",
             figure.name, "\": its files are named after it, so use letters, digits, - and _");
  const auto datasets = figure.spec.find("datasets");
  VFFN_CHECK(datasets != figure.spec.end() && datasets->is_object() && !datasets->empty(), "figure ",
             figure.name, ": the specification has no datasets");
  CheckNumbers(figure.spec, "", figure.name);
}

}  // namespace vffn
