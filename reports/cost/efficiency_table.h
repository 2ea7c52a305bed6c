// The paper's Table 2: the printed numbers beside exact ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "flops/formula_inversion.h"
#include "reports/tables/table_text.h"

namespace vffn {

/// How the paper got a printed number of FLOPs.
enum class PrintedFlops {
  kByTokens,               ///< VersatileFFN: from averages over tokens that are not published
  kExactRounded,           ///< the exact value, rounded
  kMultipleOfRoundedBase,  ///< a multiple of Base's rounded value
  kUnexplained,            ///< neither
};

struct EfficiencyRow {
  std::string_view scale, method;
  int64_t parameters = 0;
  std::string parameters_printed;    ///< millions
  std::optional<int64_t> ffn_flops;  ///< of one token; absent for VersatileFFN
  std::string ffn_flops_printed;     ///< millions
  PrintedFlops origin = PrintedFlops::kByTokens;
  /// VersatileFFN only: the averages that its printed FLOPs allow, given the exact FLOPs of Base and MoE, and
  /// given no more than their printed FLOPs.
  std::optional<PossibleAverages> averages, averages_of_rounded;
  std::string note;  ///< explains a printed number that is not the exact value rounded
};

/// Of the twelve models, in the paper's order.
std::vector<EfficiencyRow> MakeEfficiencyRows();

/// Table 2 for both scales with notes, then the inversion of VersatileFFN's cells. CSV: one table of exact
/// numbers.
std::string EfficiencyTable(TableFormat format);

/// [{"scale", "method", "parameters": {"exact", "printed"}, "ffn_flops": {"exact", "printed"}, "averages":
/// {"mean_loops": [low, high], "share_below_max": [low, high]} or null, "averages_of_rounded_cells": the
/// same, "note"}]
OrderedJson EfficiencyJson();

}  // namespace vffn
