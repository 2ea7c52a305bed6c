// Tables for other programs: rows of named values, as CSV and as JSON.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace vffn {

/// Rows with the same keys in the same order; null: not there.
using Records = std::vector<OrderedJson>;

/// A header and a line a row, numbers as they are (17 digits where needed), nulls empty. Throws Error on rows
/// of different keys.
std::string ToCsv(const Records& records);

/// Writes FOLDER/NAME.csv, whole or not at all; returns its path.
std::filesystem::path WriteCsv(const std::filesystem::path& folder, const std::string& name,
                               const Records& records);

}  // namespace vffn
