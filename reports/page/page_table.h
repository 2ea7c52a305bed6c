// Tables (reports/tables) on a page.
#pragma once

#include "reports/page/page.h"
#include "reports/tables/table.h"

namespace vffn {

/// The table as people see it, with its title as the caption and its notes; numeric columns can be sorted.
/// The first row that is called "average" and all rows below it are the foot.
PageTable ToPageTable(const Table& table);

}  // namespace vffn
