#include "reports/tables/table_data.h"

#include <algorithm>

#include "base/json.h"
#include "reports/tables/csv.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

/// A cell's values under as many keys: the two of an estimate or an interval apart, if there are two.
std::vector<Cell> Parts(const Cell& cell, size_t keys) {
  if (keys < 2) {
    return {cell};
  }
  if (const auto* estimate = std::get_if<Estimate>(&cell.value())) {
    return {estimate->value, estimate->standard_error};
  }
  if (const auto* interval = std::get_if<ConfidenceInterval>(&cell.value())) {
    return {interval->low, interval->high};
  }
  return {Cell(std::nullopt), Cell(std::nullopt)};
}

struct ValueJson {
  OrderedJson operator()(Cell::Blank) const { return nullptr; }
  OrderedJson operator()(Cell::Unknown) const { return nullptr; }
  OrderedJson operator()(const Printed& printed) const { return printed.digits; }
  OrderedJson operator()(double value) const { return value + 0.0; }  // of -0.0: 0.0
  OrderedJson operator()(const Estimate& estimate) const { return (*this)(estimate.value); }
  OrderedJson operator()(const ConfidenceInterval& interval) const {
    return OrderedJson::array({(*this)(interval.low), (*this)(interval.high)});
  }
  OrderedJson operator()(const auto& value) const { return value; }
};

std::string CsvText(const Cell& cell, const char* number) {
  if (cell.is_empty()) {
    return "";
  }
  if (const auto* texts = std::get_if<std::vector<std::string>>(&cell.value())) {
    return CsvField(JoinedText(*texts, "; "));
  }
  const OrderedJson json = JsonOf(cell);
  if (json.is_number_float() && number != nullptr) {
    return FormatText(number, json.get<double>());
  }
  return CsvField(json.is_string() ? json.get<std::string>() : json.dump());
}

void AddCsvLine(const std::vector<std::string>& fields, std::string& text) {
  for (size_t i = 0; i < fields.size(); ++i) {
    text.append(i == 0 ? "" : ",").append(fields[i]);
  }
  text += '\n';
}

/// Under "a.b": field b of object a.
void Set(OrderedJson& object, const std::string& key, OrderedJson value) {
  const size_t point = key.find('.');
  if (point == std::string::npos) {
    object[key] = std::move(value);
  } else {
    object[key.substr(0, point)][key.substr(point + 1)] = std::move(value);
  }
}

void EmptyObjectsToNull(OrderedJson& object) {
  for (auto& [key, value] : object.items()) {
    if (value.is_object() &&
        std::ranges::all_of(value, [](const OrderedJson& field) { return field.is_null(); })) {
      value = nullptr;
    }
  }
}

}  // namespace

std::string ToCsv(const Table& table) {
  std::string text;
  std::vector<std::string> fields;
  for (const Column& column : table.columns()) {
    for (const std::string& key : column.csv.names) {
      fields.push_back(CsvField(key));
    }
  }
  AddCsvLine(fields, text);
  for (const std::vector<Cell>& row : table.rows()) {
    fields.clear();
    for (size_t i = 0; i < row.size(); ++i) {
      if (const size_t keys = table.columns()[i].csv.names.size(); keys > 0) {
        for (const Cell& part : Parts(row[i], keys)) {
          fields.push_back(CsvText(part, table.csv_number));
        }
      }
    }
    AddCsvLine(fields, text);
  }
  return text;
}

OrderedJson RowToJson(const Table& table, size_t row, const std::vector<std::string_view>& only) {
  OrderedJson object = OrderedJson::object();
  for (size_t i = 0; i < table.columns().size(); ++i) {
    const std::vector<std::string>& keys = table.columns()[i].json_keys().names;
    if (keys.empty()) {
      continue;
    }
    const std::vector<Cell> parts = Parts(table.rows()[row][i], keys.size());
    for (size_t j = 0; j < keys.size(); ++j) {
      if (only.empty() || std::ranges::find(only, keys[j]) != only.end()) {
        Set(object, keys[j], JsonOf(parts[j]));
      }
    }
  }
  EmptyObjectsToNull(object);
  return object;
}

OrderedJson ToJson(const Table& table) {
  OrderedJson rows = OrderedJson::array();
  for (size_t i = 0; i < table.rows().size(); ++i) {
    rows.push_back(RowToJson(table, i));
  }
  return rows;
}

OrderedJson JsonOf(const Cell& cell) { return std::visit(ValueJson(), cell.value()); }

}  // namespace vffn
