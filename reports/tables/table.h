// The one model of a table: columns with keys for programs and a title for people, and typed cells. Console,
// Markdown and LaTeX (table_text.h), CSV and JSON (table_data.h) follow from it.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/estimate.h"
#include "analysis/paired_bootstrap.h"

namespace vffn {

enum class Align { kLeft, kRight };

/// People read scale * value / per with so many decimals.
struct Unit {
  double scale = 1;  ///< 100: a fraction in percent
  double per = 1;    ///< 1e6: FLOPs in MFLOPs
  int decimals = 2;
};

/// How people read a column.
struct Style {
  Align align = Align::kRight;
  Unit unit = {};
  bool sign = false;             ///< "+0.48", also the ends of intervals
  bool grouped = false;          ///< integers: "354,896,896"
  bool probability = false;      ///< "0.012", "<0.001"
  std::string_view before = {};  ///< a number: "± "
  std::string_view after = {};   ///< a number: " %"
};

inline constexpr Style kText = {.align = Align::kLeft};
inline constexpr Style kNumber = {};
inline constexpr Style kPercent = {.unit = {.scale = 100}};
inline constexpr Style kSigned = {.sign = true};
inline constexpr Style kProbability = {.probability = true};
constexpr Style Decimals(int decimals) { return {.unit = {.decimals = decimals}}; }

/// Names of a column in CSV or JSON: one, or two for the ends of an interval or for an estimate and its
/// standard error. Empty: the column is not there.
struct Keys {
  Keys(const char* name) : Keys(std::string(name)) {}
  Keys(const std::string& name);
  Keys(std::string first, std::string second) : names{std::move(first), std::move(second)} {}

  std::vector<std::string> names;
};

struct Column {
  Keys csv;
  std::string title = {};  ///< empty: people do not see the column
  Style style = kText;
  /// Absent: as in CSV. A key "a.b" is field b of an object a, which is null if all its fields are. An
  /// interval under one key is a list of its ends.
  std::optional<Keys> json = std::nullopt;
  std::string id = {};  ///< see name()

  const Keys& json_keys() const { return json ? *json : csv; }
  /// By which rows name it: `id`, else the first key in CSV, else in JSON, else the title.
  const std::string& name() const;
};

/// A number as somebody printed it: "67.10".
struct Printed {
  std::string digits;
};

/// A value, or none. People see "-" for one that is not known and nothing where none belongs; CSV is empty
/// and JSON null for both.
class Cell {
 public:
  struct Blank {};
  struct Unknown {};
  using Value = std::variant<Blank, Unknown, bool, int64_t, double, std::string, Printed,
                             std::vector<std::string>, Estimate, ConfidenceInterval>;

  Cell() = default;
  Cell(std::nullopt_t) : value_(Unknown()) {}
  Cell(const char* text) : value_(std::string(text)) {}
  Cell(std::string_view text) : value_(std::string(text)) {}
  Cell(std::string text) : value_(std::move(text)) {}
  Cell(Printed printed) : value_(std::move(printed)) {}
  Cell(std::vector<std::string> texts) : value_(std::move(texts)) {}
  Cell(const Estimate& estimate) : value_(estimate) {}
  Cell(const ConfidenceInterval& interval) : value_(interval) {}
  Cell(bool yes) : value_(yes) {}
  template <std::integral T>
  Cell(T integer) : value_(static_cast<int64_t>(integer)) {}
  template <std::floating_point T>
  Cell(T number) : value_(static_cast<double>(number)) {}
  template <class T>
  Cell(const std::optional<T>& value) : Cell(value ? Cell(*value) : Cell(std::nullopt)) {}

  /// In another unit than its column's.
  Cell In(const Unit& unit) &&;
  /// People see a mark after the value: "67.16 #".
  Cell Marked(std::string mark) &&;
  /// People see this instead of the value.
  Cell Shown(std::string words) &&;

  const Value& value() const { return value_; }
  bool is_empty() const;  ///< Blank or Unknown

  /// What people see in a column of this style.
  std::string Text(const Style& style) const;
  /// The number to sort by, in its unit; absent for texts and intervals.
  std::optional<double> Number(const Style& style) const;

 private:
  Value value_;
  std::optional<Unit> unit_;
  std::string mark_;
  std::optional<std::string> words_;
};

/// Cells by the names of their columns. Two columns of one name get the same cell: one for people, one at
/// another place for programs. A column that is not named is blank.
using Row = std::vector<std::pair<std::string, Cell>>;

inline Row MakeRow() { return {}; }
/// MakeRow("task", task.name, "docs", 100): names and values by turns.
template <class Value, class... Rest>
Row MakeRow(std::string name, Value&& value, Rest&&... rest) {
  Row row = {{std::move(name), Cell(std::forward<Value>(value))}};
  Row others = MakeRow(std::forward<Rest>(rest)...);
  row.insert(row.end(), others.begin(), others.end());
  return row;
}

class Table {
 public:
  Table() = default;
  explicit Table(std::vector<Column> columns, std::string title = {});
  Table(std::string name, std::vector<Column> columns);

  std::string name;   ///< of its file
  std::string title;  ///< for people; may be empty
  std::vector<std::string> notes;
  const char* csv_number = nullptr;  ///< printf's format of numbers in CSV; null: the shortest exact digits

  /// Throws Error on a name that is no column's.
  void AddRow(const Row& row);
  template <class... NamesAndValues>
  void AddRow(std::string name, NamesAndValues&&... rest) {
    AddRow(MakeRow(std::move(name), std::forward<NamesAndValues>(rest)...));
  }
  /// A line between the rows before and after (on a terminal and in LaTeX).
  void AddRule() { rules_.push_back(rows_.size()); }
  /// Columns in front, with the same cell in every row there is.
  void Prepend(const Row& constants);
  /// The rows of a table with as many columns; a table without columns becomes the other.
  void Append(const Table& other);

  const std::vector<Column>& columns() const { return columns_; }
  const std::vector<std::vector<Cell>>& rows() const { return rows_; }
  bool HasRuleBefore(size_t row) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<size_t> rules_;  // before which row
};

/// For programs alone: every column has a key and no title.
Table DataTable(std::string name, const std::vector<std::string>& keys);

}  // namespace vffn
