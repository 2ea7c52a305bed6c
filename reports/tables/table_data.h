// Tables for programs: every value as it is, whatever people are shown of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "reports/tables/table.h"

namespace vffn {

/// A header and a line a row (RFC 4180); absent values are empty. Numbers as `csv_number` says.
std::string ToCsv(const Table& table);

/// An object a row; absent values are null.
OrderedJson ToJson(const Table& table);

/// One row; with `only`, those of its fields.
OrderedJson RowToJson(const Table& table, size_t row, const std::vector<std::string_view>& only = {});

/// A value alone; null if absent.
OrderedJson JsonOf(const Cell& cell);

}  // namespace vffn
