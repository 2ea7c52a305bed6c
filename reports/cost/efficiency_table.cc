#include "reports/cost/efficiency_table.h"

#include <charconv>
#include <cstdio>

#include "base/error.h"
#include "flops/paper_formula.h"
#include "flops/paper_models.h"
#include "flops/parameter_groups.h"
#include "reports/published/published_numbers.h"

namespace vffn {
namespace {

constexpr int64_t kMillion = 1000000;
constexpr int64_t kHundredth = kMillion / 100;  // of a million: the last digit of a printed cell
constexpr double kHalfHundredth = 0.005 * kMillion;

std::string Format(const char* format, double value) {
  char text[60];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// "377.487360"
std::string Millions(int64_t value) { return Format("%.6f", static_cast<double>(value) / kMillion); }

/// 37749 of "377.49".
int64_t Hundredths(const std::string& cell) {
  const size_t point = cell.find('.');
  VFFN_CHECK(point != std::string::npos && cell.size() == point + 3, "a cell of Table 2 is '", cell,
             "', should have two decimals");
  const std::string digits = cell.substr(0, point) + cell.substr(point + 1);
  int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// "377.49" of 37749.
std::string Cell(int64_t hundredths) { return Format("%.2f", static_cast<double>(hundredths) / 100); }

/// numerator / denominator, halves up.
int64_t RoundedRatio(int64_t numerator, int64_t denominator) {
  return (numerator + denominator / 2) / denominator;
}

std::string Published(const PaperModel& model, std::string_view column) {
  const std::optional<std::string> cell = FindPublished("2", model.scale, model.method, column);
  VFFN_CHECK(cell.has_value(), "Table 2 has no ", column, " of ", model.method, " at ", model.scale);
  return *cell;
}

/// What a printed cell is, where it is not the exact value rounded.
std::string NoteOn(const std::string& printed, int64_t exact, const std::string& base_printed, int64_t base) {
  const int64_t rounded = RoundedRatio(exact, kHundredth);
  if (Hundredths(printed) == rounded) {
    return "";
  }
  const int64_t of_rounded_base = RoundedRatio(Hundredths(base_printed) * exact, base);
  const std::string product =
      Format("%g", static_cast<double>(exact) / static_cast<double>(base)) + " × " + base_printed;
  if (Hundredths(printed) == of_rounded_base) {
    return "exact rounds to " + Cell(rounded) + "; printed is " + product +
           ", a multiple of the rounded Base";
  }
  return "exact rounds to " + Cell(rounded) + ", and " + product + " would be " + Cell(of_rounded_base) +
         ": neither is printed";
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

std::string Range(const Interval& interval) {
  char text[60];
  std::snprintf(text, sizeof text, "[%.2f, %.2f]", interval.low, interval.high);
  return text;
}

TextTable MakeTable(const std::vector<EfficiencyRow>& rows) {
  TextTable table({{"scale"},
                   {"method"},
                   {"params (M)", Align::kRight},
                   {"printed", Align::kRight},
                   {"FFN FLOPs (M)", Align::kRight},
                   {"printed", Align::kRight},
                   {"note"}});
  for (const EfficiencyRow& row : rows) {
    if (&row != rows.data() && row.scale != (&row)[-1].scale) {
      table.AddRule();
    }
    table.AddRow({std::string(row.scale), std::string(row.method), Millions(row.parameters),
                  row.parameters_printed, row.ffn_flops ? Millions(*row.ffn_flops) : "-",
                  row.ffn_flops_printed, row.note});
  }
  return table;
}

TextTable MakeInversionTable(const std::vector<EfficiencyRow>& rows) {
  TextTable table({{"scale"}, {"printed", Align::kRight}, {"Base and MoE"}, {"N_mean"}, {"P"}});
  for (const EfficiencyRow& row : rows) {
    const auto add = [&](const char* what, const std::optional<PossibleAverages>& averages) {
      table.AddRow({std::string(row.scale), row.ffn_flops_printed, what,
                    averages ? Range(averages->mean_loops) : "none",
                    averages ? Range(averages->share_below_max) : "none"});
    };
    if (!row.ffn_flops) {
      add("exact", row.averages);
      add("known as printed", row.averages_of_rounded);
    }
  }
  return table;
}

std::string Csv(const std::vector<EfficiencyRow>& rows) {
  TextTable table({{"scale"},
                   {"method"},
                   {"parameters"},
                   {"parameters_printed_millions"},
                   {"ffn_flops"},
                   {"ffn_flops_printed_millions"},
                   {"mean_loops_low"},
                   {"mean_loops_high"},
                   {"share_below_max_low"},
                   {"share_below_max_high"},
                   {"note"}});
  for (const EfficiencyRow& row : rows) {
    const auto bound = [&](Interval PossibleAverages::*member, double Interval::*end) {
      return row.averages ? Format("%.6f", *row.averages.*member.*end) : std::string();
    };
    table.AddRow({std::string(row.scale), std::string(row.method), std::to_string(row.parameters),
                  row.parameters_printed, row.ffn_flops ? std::to_string(*row.ffn_flops) : "",
                  row.ffn_flops_printed, bound(&PossibleAverages::mean_loops, &Interval::low),
                  bound(&PossibleAverages::mean_loops, &Interval::high),
                  bound(&PossibleAverages::share_below_max, &Interval::low),
                  bound(&PossibleAverages::share_below_max, &Interval::high), row.note});
  }
  return table.ToCsv();
}

OrderedJson AveragesJson(const std::optional<PossibleAverages>& averages) {
  if (!averages) {
    return nullptr;
  }
  const auto [mean_loops, share] = *averages;
  return {{"mean_loops", {mean_loops.low, mean_loops.high}}, {"share_below_max", {share.low, share.high}}};
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
      row.note = NoteOn(row.ffn_flops_printed, *row.ffn_flops, base_printed, BaseFfnFlops(model.config));
    } else {
      Invert(model, base_printed, moe_printed, row);
    }
    rows.push_back(row);
  }
  return rows;
}

std::string EfficiencyTable(TableFormat format) {
  const std::vector<EfficiencyRow> rows = MakeEfficiencyRows();
  if (format == TableFormat::kCsv) {
    return Csv(rows);
  }
  const std::vector<std::string> notes = {
      "params and FFN FLOPs: exact, then as the paper printed them (Table 2)",
      "FFN FLOPs: of one token, all layers, one multiply-add is 2; router, loop head, attention and output "
      "head "
      "are not in them"};
  const std::vector<std::string> inversion_notes = {
      "what loop counts 1 to 4 can have printed = Base * N_mean + (MoE - Base) * P, the cells being rounded "
      "to "
      "two decimals",
      "N_mean: mean loops; P: share of (layer, token) pairs below 4 loops; the paper does not say which "
      "tokens"};
  return MakeTable(rows).ToText(format) + "\n" + NotesText(notes, format) + "\n" +
         MakeInversionTable(rows).ToText(format) + "\n" + NotesText(inversion_notes, format);
}

OrderedJson EfficiencyJson() {
  OrderedJson json = OrderedJson::array();
  for (const EfficiencyRow& row : MakeEfficiencyRows()) {
    json.push_back({{"scale", row.scale},
                    {"method", row.method},
                    {"parameters", {{"exact", row.parameters}, {"printed", row.parameters_printed}}},
                    {"ffn_flops",
                     {{"exact", row.ffn_flops ? OrderedJson(*row.ffn_flops) : OrderedJson(nullptr)},
                      {"printed", row.ffn_flops_printed}}},
                    {"averages", AveragesJson(row.averages)},
                    {"averages_of_rounded_cells", AveragesJson(row.averages_of_rounded)},
                    {"note", row.note}});
  }
  return json;
}

}  // namespace vffn
