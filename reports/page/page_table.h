// Tables (reports/tables) on a page.
#pragma once

#include "reports/page/page.h"
#include "reports/tables/table.h"

namespace vffn {

/// The table as people see it, with its title as the caption and its notes; numeric columns can be sorted.
PageTable ToPageTable(const Table& table);

}  // namespace vffn
