#include "reports/published/published_numbers.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/error.h"
#include "reports/published/published_data.h"
#include "reports/tables/csv.h"

namespace vffn {
namespace {

/// Digits, a point, digits.
bool IsDecimal(std::string_view text) {
  const size_t point = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return point != std::string_view::npos && digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

}  // namespace

std::vector<PublishedNumber> ParsePublishedNumbers(std::string_view csv, const std::string& origin) {
  const CsvTable table = ParseCsv(csv, origin);
  const std::vector<std::string> header = {"table", "scale", "row", "column", "value"};
  VFFN_CHECK(table.header == header, origin, ": the header should be table,scale,row,column,value");
  std::vector<PublishedNumber> numbers;
  std::set<std::tuple<std::string, std::string, std::string, std::string>> seen;
  for (const std::vector<std::string>& row : table.rows) {
    const PublishedNumber number{row[0], row[1], row[2], row[3], row[4]};
    const std::string where =
        origin + ": table " + number.table + ", " + number.scale + ", " + number.row + ", " + number.column;
    VFFN_CHECK(seen.insert({number.table, number.scale, number.row, number.column}).second, where,
               ": is there twice");
    VFFN_CHECK(IsDecimal(number.value), where, ": is '", number.value, "', should be a decimal number");
    numbers.push_back(number);
  }
  return numbers;
}

const std::vector<PublishedNumber>& PublishedNumbers() {
  static const std::vector<PublishedNumber> numbers =
      ParsePublishedNumbers(kPublishedVersatileFfn, "reports/published/versatileffn.csv");
  return numbers;
}

bool IsTaskColumn(std::string_view column) {
  return column != "loss" && column != "average" && column != "parameters_millions" &&
         !column.starts_with("ffn_mflops");
}

std::vector<std::string> PublishedTasks(std::span<const PublishedNumber> numbers) {
  std::vector<std::string> tasks;
  for (const PublishedNumber& number : numbers) {
    const bool is_task = number.table == "1" && IsTaskColumn(number.column);
    if (is_task && std::ranges::find(tasks, number.column) == tasks.end()) {
      tasks.push_back(number.column);
    }
  }
  return tasks.empty() && numbers.data() != PublishedNumbers().data() ? PublishedTasks() : tasks;
}

std::optional<std::string> FindPublished(std::string_view table, std::string_view scale, std::string_view row,
                                         std::string_view column) {
  for (const PublishedNumber& number : PublishedNumbers()) {
    if (number.table == table && number.scale == scale && number.row == row && number.column == column) {
      return number.value;
    }
  }
  return std::nullopt;
}

}  // namespace vffn
