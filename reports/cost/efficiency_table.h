// The paper's Table 2: what it printed beside what its own definitions give.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "flops/formula_inversion.h"
#include "reports/tables/text_table.h"

namespace vffn {

struct EfficiencyRow {
  std::string_view scale, method;
  int64_t parameters = 0;
  std::string parameters_printed;    ///< millions
  std::optional<int64_t> ffn_flops;  ///< of one token; none of VersatileFFN, whose averages are not published
  std::string ffn_flops_printed;     ///< millions
  /// VersatileFFN only: the averages that its printed FLOPs allow, with Base and MoE exact, and with Base and
  /// MoE known no better than printed.
  std::optional<PossibleAverages> averages, averages_of_rounded;
  std::string note;  ///< where a printed cell is not the exact value rounded, what explains it
};

/// Of the twelve models, in the paper's order.
std::vector<EfficiencyRow> MakeEfficiencyRows();

/// Table 2 for both scales, notes, and below them the inversion of the VersatileFFN cells. As CSV one table
/// of raw numbers.
std::string EfficiencyTable(TableFormat format);

/// [{"scale", "method", "parameters": {"exact", "printed"}, "ffn_flops": {"exact", "printed"}, "averages":
/// ..., "averages_of_rounded_cells": {"mean_loops": [low, high], "share_below_max": [low, high]} or null,
/// "note"}]
OrderedJson EfficiencyJson();

}  // namespace vffn
