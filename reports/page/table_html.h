// A table as HTML that can be read on a phone, sorted, copied, and printed without losing a column.
#pragma once

#include <string>

#include "reports/page/page.h"

namespace vffn {

/// A <div class="table"> with caption, table and notes; `id` is its anchor. Throws Error if a row has fewer
/// or more cells than there are columns, or if the foot has more rows than the table.
std::string TableHtml(const PageTable& table, const std::string& id);

/// Whether the table needs a page in landscape format to be printed in a size that can be read.
bool IsWide(const PageTable& table);

}  // namespace vffn
