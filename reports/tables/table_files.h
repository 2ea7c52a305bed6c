// Tables as files.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/json_fwd.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// Makes the folder, writes NAME.txt, .md, .tex, .csv and .json, and says so on stdout. `text` gives what the
/// first four contain.
void WriteTableFiles(const std::filesystem::path& folder, const std::string& name,
                     const std::function<std::string(TableFormat)>& text, const OrderedJson& json);

}  // namespace vffn
