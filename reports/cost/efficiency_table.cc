#include "reports/cost/efficiency_table.h"

#include <cmath>

#include "analysis/printed_scores.h"
#include "base/error.h"
#include "base/json.h"
#include "flops/paper_formula.h"
#include "flops/paper_models.h"
#include "flops/parameter_groups.h"
#include "reports/published/published_numbers.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

constexpr int64_t kMillion = 1000000;
constexpr int64_t kHundredth = kMillion / 100;  // of a million: the last digit of a printed cell
constexpr double kHalfHundredth = 0.005 * kMillion;
constexpr Style kMillions = {.unit = {.per = kMillion, .decimals = 6}};

/// "377.487360"
std::string Millions(int64_t value) { return FixedText(static_cast<double>(value) / kMillion, 6); }

/// 37749 of "377.49".
int64_t Hundredths(const std::string& cell) {
  const auto printed = ParsePrinted(cell);
  VFFN_CHECK(printed && printed->decimals == 2, "a cell of Table 2 is '", cell,
             "', should have two decimals");
  return printed->digits;
}

/// "377.49" of 37749.
std::string CellText(int64_t hundredths) { return FixedText(static_cast<double>(hundredths) / 100); }

/// numerator / denominator, halves up.
int64_t RoundedRatio(int64_t numerator, int64_t denominator) {
  return (numerator + denominator / 2) / denominator;
}

std::string Published(const PaperModel& model, std::string_view column) {
  const std::optional<std::string> cell = FindPublished("2", model.scale, model.method, column);
  VFFN_CHECK(cell.has_value(), "Table 2 has no ", column, " of ", model.method, " at ", model.scale);
  return *cell;
}

/// Where the printed cell comes from, and in words if it is not the exact value rounded.
void Explain(int64_t exact, const std::string& base_printed, int64_t base, EfficiencyRow& row) {
  const int64_t printed = Hundredths(row.ffn_flops_printed);
  const int64_t rounded = RoundedRatio(exact, kHundredth);
  if (printed == rounded) {
    row.origin = PrintedFlops::kExactRounded;
    return;
  }
  const int64_t of_rounded_base = RoundedRatio(Hundredths(base_printed) * exact, base);
  const std::string product =
      FormatText("%g", static_cast<double>(exact) / static_cast<double>(base)) + " × " + base_printed;
  row.note = "exact rounds to " + CellText(rounded);
  if (printed == of_rounded_base) {
    row.origin = PrintedFlops::kMultipleOfRoundedBase;
    row.note += "; printed is " + product + ", a multiple of the rounded Base";
  } else {
    row.origin = PrintedFlops::kUnexplained;
    row.note += ", and " + product + " would be " + CellText(of_rounded_base) + ": neither is printed";
  }
}

Interval RoundingOf(const std::string& cell) {
  const auto middle = static_cast<double>(Hundredths(cell) * kHundredth);
  return {middle - kHalfHundredth, middle + kHalfHundredth};
}

void Invert(const PaperModel& model, const std::string& base_printed, const std::string& moe_printed,
            EfficiencyRow& row) {
  const auto base = static_cast<double>(BaseFfnFlops(model.config));
  const auto moe = base + static_cast<double>(ExpertsFfnFlops(model.config));
  const Interval value = RoundingOf(row.ffn_flops_printed);
  const int64_t max_loops = model.config.ffn.max_loops;
  row.averages = InvertFormula({value, {base, base}, {moe, moe}}, max_loops);
  row.averages_of_rounded =
      InvertFormula({value, RoundingOf(base_printed), RoundingOf(moe_printed)}, max_loops);
  row.note = Millions(BaseFfnFlops(model.config)) + " N_mean + " + Millions(ExpertsFfnFlops(model.config)) +
             " P; N_mean and P are not published";
}

Cell CellOf(const std::optional<PossibleAverages>& averages, Interval PossibleAverages::*member) {
  if (!averages) {
    return Cell(std::nullopt).Shown("none");
  }
  const Interval& interval = *averages.*member;
  return ConfidenceInterval{interval.low, interval.high};
}

/// The models; people read the averages in a table of their own.
Table ModelTable(const std::vector<EfficiencyRow>& rows) {
  Table table({{"scale", "scale"},
               {"method", "method"},
               {"parameters", "params (M)", kMillions, "parameters.exact"},
               {"parameters_printed_millions", "printed", kNumber, "parameters.printed"},
               {"ffn_flops", "FFN FLOPs (M)", kMillions, "ffn_flops.exact"},
               {"ffn_flops_printed_millions", "printed", kNumber, "ffn_flops.printed"},
               {{"mean_loops_low", "mean_loops_high"}, "", kText, "averages.mean_loops"},
               {{"share_below_max_low", "share_below_max_high"}, "", kText, "averages.share_below_max"},
               {"", "", kText, "averages_of_rounded_cells.mean_loops"},
               {"", "", kText, "averages_of_rounded_cells.share_below_max"},
               {"note", "note"}});
  table.csv_number = "%.6f";
  for (const EfficiencyRow& row : rows) {
    if (&row != rows.data() && row.scale != (&row)[-1].scale) {
      table.AddRule();
    }
    table.AddRow("scale", row.scale, "method", row.method, "parameters", row.parameters,
                 "parameters_printed_millions", Printed{row.parameters_printed}, "ffn_flops", row.ffn_flops,
                 "ffn_flops_printed_millions", Printed{row.ffn_flops_printed}, "mean_loops_low",
                 CellOf(row.averages, &PossibleAverages::mean_loops), "share_below_max_low",
                 CellOf(row.averages, &PossibleAverages::share_below_max),
                 "averages_of_rounded_cells.mean_loops",
                 CellOf(row.averages_of_rounded, &PossibleAverages::mean_loops),
                 "averages_of_rounded_cells.share_below_max",
                 CellOf(row.averages_of_rounded, &PossibleAverages::share_below_max), "note", row.note);
  }
  table.notes = {
      "params and FFN FLOPs: the exact number, then the number that the paper printed (Table 2)",
      "FFN FLOPs: of one token, all layers; one multiply-add is 2 FLOPs; router, loop head, attention and "
      "output head are not included"};
  return table;
}

Table InversionTable(const std::vector<EfficiencyRow>& rows) {
  Table table({{"", "scale"}, {"", "printed", kNumber}, {"", "Base and MoE"}, {"", "N_mean"}, {"", "P"}});
  for (const EfficiencyRow& row : rows) {
    const auto add = [&](const char* what, const std::optional<PossibleAverages>& averages) {
      table.AddRow("scale", row.scale, "printed", row.ffn_flops_printed, "Base and MoE", what, "N_mean",
                   CellOf(averages, &PossibleAverages::mean_loops), "P",
                   CellOf(averages, &PossibleAverages::share_below_max));
    };
    if (!row.ffn_flops) {
      add("exact", row.averages);
      add("known as printed", row.averages_of_rounded);
    }
  }
  table.notes = {
      "the averages for which loop counts from 1 to 4 give printed = Base * N_mean + (MoE - Base) * P, where "
      "every cell is rounded to two decimals",
      "N_mean: mean loops; P: share of (layer, token) pairs below 4 loops; the paper does not say over which "
      "tokens"};
  return table;
}

}  // namespace

std::vector<EfficiencyRow> MakeEfficiencyRows() {
  std::vector<EfficiencyRow> rows;
  std::string base_printed, moe_printed;
  for (const PaperModel& model : PaperModels()) {
    EfficiencyRow row{.scale = model.scale,
                      .method = model.method,
                      .parameters = CountParameters(model.config).total(),
                      .parameters_printed = Published(model, "parameters_millions"),
                      .ffn_flops_printed = Published(model, "ffn_mflops")};
    if (model.method == "Base") {
      base_printed = row.ffn_flops_printed;
    }
    if (model.method == "MoE") {
      moe_printed = row.ffn_flops_printed;
    }
    if (const auto flops = PaperFfnFlops(model.config, std::nullopt)) {
      row.ffn_flops = static_cast<int64_t>(*flops);  // whole, and far below 2^53
      Explain(*row.ffn_flops, base_printed, BaseFfnFlops(model.config), row);
    } else {
      Invert(model, base_printed, moe_printed, row);
    }
    rows.push_back(row);
  }
  return rows;
}

std::string EfficiencyTable(TableFormat format) {
  const std::vector<EfficiencyRow> rows = MakeEfficiencyRows();
  const std::string models = ToText(ModelTable(rows), format);
  return format == TableFormat::kCsv ? models : models + "\n" + ToText(InversionTable(rows), format);
}

OrderedJson EfficiencyJson() { return ToJson(ModelTable(MakeEfficiencyRows())); }

}  // namespace vffn
