#include "reports/figures/figure.h"

#include <algorithm>

#include "base/error.h"

namespace vffn {
namespace {

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

JsonText ValueIn(const DataRow& row, const std::string& column) {
  const auto found = std::ranges::find(row, column, &DataRow::value_type::first);
  return found == row.end() ? JsonText() : found->second;
}

}  // namespace

std::string CompleteSpecification(const Figure& figure) {
  std::string text = figure.specification.substr(0, figure.specification.rfind('}'));
  text.erase(text.find_last_not_of('\n') + 1);
  text += ",\n \"datasets\": {";
  const char* between = "\n";
  for (const Dataset& dataset : figure.datasets) {
    text.append(between).append(" ").append(JsonText(dataset.name).text()).append(": [");
    between = "\n";
    for (const DataRow& row : dataset.rows) {
      text.append(between).append("  ").append(JsonText::Object(row).text());
      between = ",\n";
    }
    text += "\n ]";
    between = ",\n";
  }
  return text + "\n }\n}\n";
}

std::string DatasetCsv(const Dataset& dataset) {
  std::vector<std::string> columns;
  for (const DataRow& row : dataset.rows) {
    for (const auto& [column, value] : row) {
      if (!value.absent() && std::ranges::find(columns, column) == columns.end()) {
        columns.push_back(column);
      }
    }
  }
  std::string text;
  for (size_t i = 0; i < columns.size(); ++i) {
    text.append(i == 0 ? "" : ",").append(JsonText(columns[i]).CsvField());
  }
  text += "\n";
  for (const DataRow& row : dataset.rows) {
    for (size_t i = 0; i < columns.size(); ++i) {
      text.append(i == 0 ? "" : ",").append(ValueIn(row, columns[i]).CsvField());
    }
    text += "\n";
  }
  return text;
}

void CheckFigure(const Figure& figure) {
  VFFN_CHECK(!figure.name.empty() && std::ranges::all_of(figure.name, IsPlain), "a figure cannot be named \"",
             figure.name, "\": its files are named after it, so use letters, digits, - and _");
  VFFN_CHECK(!figure.datasets.empty(), "figure ", figure.name, ": it has no data");
  for (const Dataset& dataset : figure.datasets) {
    for (size_t i = 0; i < dataset.rows.size(); ++i) {
      for (const auto& [column, value] : dataset.rows[i]) {
        VFFN_CHECK(value.finite(), "figure ", figure.name, ": not a finite number at /datasets/",
                   dataset.name, "/", i, "/", column);
      }
    }
  }
}

}  // namespace vffn
