#include "reports/tables/table.h"

#include <algorithm>
#include <cstdlib>
#include <type_traits>

#include "base/error.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

std::string Fixed(double value, const Unit& unit, bool sign) {
  const double shown = unit.scale * value / unit.per;
  return sign ? SignedText(shown, unit.decimals) : FixedText(shown, unit.decimals);
}

bool IsPlain(const Unit& unit) { return unit.scale == 1 && unit.per == 1; }

std::string IntegerText(int64_t value, const Style& style, const Unit& unit) {
  return !IsPlain(unit)             ? Fixed(static_cast<double>(value), unit, style.sign)
         : style.grouped            ? GroupedText(value)
         : style.sign && value >= 0 ? "+" + std::to_string(value)
                                    : std::to_string(value);
}

/// The number alone, in a unit.
struct ValueText {
  const Style& style;
  const Unit& unit;

  std::string operator()(Cell::Blank) const { return ""; }
  std::string operator()(Cell::Unknown) const { return "-"; }
  std::string operator()(bool yes) const { return yes ? "yes" : ""; }
  std::string operator()(int64_t value) const { return IntegerText(value, style, unit); }
  std::string operator()(double value) const {
    return style.probability ? ProbabilityText(value) : Fixed(value, unit, style.sign);
  }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const Printed& printed) const { return printed.digits; }
  std::string operator()(const std::vector<std::string>& texts) const { return JoinedText(texts, "; "); }
  std::string operator()(const Estimate& estimate) const {
    const std::string value = Fixed(estimate.value, unit, style.sign);
    return estimate.standard_error.value_or(0) > 0
               ? value + " ± " + Fixed(*estimate.standard_error, unit, false)
               : value;
  }
  std::string operator()(const ConfidenceInterval& interval) const {
    std::string text = "[";
    text.append(Fixed(interval.low, unit, style.sign)).append(", ");
    return text.append(Fixed(interval.high, unit, style.sign)).append("]");
  }
};

}  // namespace

Keys::Keys(const std::string& name) {
  if (!name.empty()) {
    names.push_back(name);
  }
}

const std::string& Column::name() const {
  const std::vector<std::string>& keys = csv.names.empty() ? json_keys().names : csv.names;
  return !id.empty() ? id : keys.empty() ? title : keys.front();
}

Cell Cell::In(const Unit& unit) && {
  unit_ = unit;
  return std::move(*this);
}

Cell Cell::Marked(std::string mark) && {
  mark_ = std::move(mark);
  return std::move(*this);
}

Cell Cell::Shown(std::string words) && {
  words_ = std::move(words);
  return std::move(*this);
}

bool Cell::is_empty() const {
  return std::holds_alternative<Blank>(value_) || std::holds_alternative<Unknown>(value_);
}

std::string Cell::Text(const Style& style) const {
  std::string text = words_ ? *words_ : std::visit(ValueText{style, unit_.value_or(style.unit)}, value_);
  if (!words_ && !is_empty()) {
    text.insert(0, style.before).append(style.after);
  }
  return mark_.empty() ? text : text.append(" ").append(mark_);
}

std::optional<double> Cell::Number(const Style& style) const {
  const Unit unit = unit_.value_or(style.unit);
  return std::visit(
      [&](const auto& value) -> std::optional<double> {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, double>) {
          return unit.scale * static_cast<double>(value) / unit.per;
        } else if constexpr (std::is_same_v<T, Estimate>) {
          return unit.scale * value.value / unit.per;
        } else if constexpr (std::is_same_v<T, Printed>) {
          return std::strtod(value.digits.c_str(), nullptr);
        } else {
          return std::nullopt;
        }
      },
      value_);
}

Table::Table(std::vector<Column> columns, std::string title)
    : title(std::move(title)), columns_(std::move(columns)) {
  AddRule();
}

Table::Table(std::string name, std::vector<Column> columns) : Table(std::move(columns)) {
  this->name = std::move(name);
}

void Table::AddRow(const Row& row) {
  std::vector<Cell> cells(columns_.size());
  for (const auto& [name, cell] : row) {
    bool found = false;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].name() == name) {
        cells[i] = cell;
        found = true;
      }
    }
    VFFN_CHECK(found, "a cell of column \"", name, "\" in the table \"", title,
               "\", which has no such column");
  }
  rows_.push_back(std::move(cells));
}

void Table::Prepend(const Row& constants) {
  std::vector<Column> front;
  std::vector<Cell> cells;
  for (const auto& [key, cell] : constants) {
    front.push_back({key});
    cells.push_back(cell);
  }
  columns_.insert(columns_.begin(), front.begin(), front.end());
  for (std::vector<Cell>& row : rows_) {
    row.insert(row.begin(), cells.begin(), cells.end());
  }
}

void Table::Append(const Table& other) {
  if (columns_.empty()) {
    *this = other;
    return;
  }
  VFFN_CHECK(other.columns_.size() == columns_.size(), "a table of ", other.columns_.size(),
             " columns cannot be appended to \"", title, "\" with ", columns_.size());
  rows_.insert(rows_.end(), other.rows_.begin(), other.rows_.end());
}

Table DataTable(std::string name, const std::vector<std::string>& keys) {
  std::vector<Column> columns;
  for (const std::string& key : keys) {
    columns.push_back({key});
  }
  return Table(std::move(name), std::move(columns));
}

bool Table::HasRuleBefore(size_t row) const { return std::ranges::find(rules_, row) != rules_.end(); }

}  // namespace vffn
