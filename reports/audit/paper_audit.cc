#include "reports/audit/paper_audit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "reports/audit/baseline_audit.h"
#include "reports/audit/unchanged_rows.h"
#include "reports/cost/efficiency_table.h"
#include "reports/published/published_numbers.h"
#include "reports/tables/number_text.h"

namespace vffn {
namespace {

/// Two rows, of 354M, that are one configuration, and what says so.
struct SameConfiguration {
  std::string_view a_table, a_row, b_table, b_row, because;
};

constexpr std::string_view kSameName = "same method, scale and training";
constexpr std::string_view kDefault =
    "8 choose 2 experts and up to 4 loops are the paper's default (section 4.1)";

constexpr std::array<SameConfiguration, 10> kSame = {{
    {"1", "VersatileFFN", "3", "width+depth+gating", "all components are the full method"},
    {"1", "Base", "3", "Base", kSameName},
    {"1", "VersatileFFN", "4A", "4-loops", kDefault},
    {"1", "VersatileFFN", "4B", "8-2", kDefault},
    {"4A", "4-loops", "4B", "8-4",
     "4A's caption says MoE-8-4, 4B's says 4 loops: both are 8 choose 4 experts and 4 loops"},
    {"3", "width", "figure-3a", "8-2", "the width branch alone, 8 choose 2"},
    {"3", "depth", "figure-3b", "4-loops", "the depth branch alone, up to 4 loops"},
    {"1", "2-Loop", "figure-3b", "2-loops", "k-Loop is the depth branch alone"},
    {"1", "4-Loop", "figure-3b", "4-loops", "k-Loop is the depth branch alone"},
    {"1", "6-Loop", "figure-3b", "6-loops", "k-Loop is the depth branch alone"},
}};

std::string Place(std::string_view table, std::string_view row) {
  return TableTitle(table).append(" ").append(row);
}

constexpr const char* kCompared = "the printed text of cells that captions and section 4 make the same";

void CompareRows(const SameConfiguration& same, std::string_view scale, int& agreeing, Findings& findings) {
  for (const char* column : {"loss", "average"}) {
    const auto a = FindPublished(same.a_table, scale, same.a_row, column);
    const auto b = FindPublished(same.b_table, scale, same.b_row, column);
    if (!a || !b) {
      continue;
    }
    if (*a == *b) {
      ++agreeing;
      continue;
    }
    findings.push_back({Severity::kContradiction, "tables disagree",
                        Place(same.a_table, same.a_row) + " and " + Place(same.b_table, same.b_row),
                        std::string(column) + " is " + *a + " in one and " + *b + " in the other, though " +
                            std::string(same.because),
                        kCompared});
  }
}

void AuditRepeats(Findings& findings) {
  int agreeing = 0;
  for (const SameConfiguration& same : kSame) {
    CompareRows(same, "354M", agreeing, findings);
  }
  for (const EfficiencyRow& row : MakeEfficiencyRows()) {
    CompareRows({"1", row.method, "2", row.method, kSameName}, row.scale, agreeing, findings);
  }
  findings.push_back({Severity::kNote, "tables agree", "Tables 1 to 5, Figure 3",
                      std::to_string(agreeing) + " pairs of cells that should be the same are", kCompared});
}

void AuditMissing(Findings& findings) {
  for (const char* row : {"Base", "width", "depth"}) {
    if (!FindPublished("3", "354M", row, "average")) {
      findings.push_back({Severity::kNote, "missing entry", Place("3", row) + ", average",
                          "there is no entry: what the component adds in accuracy cannot be checked here",
                          "reports/published/versatileffn.csv has every number that the paper printed"});
    }
  }
}

std::string Range(const Interval& interval) {
  return Cell(ConfidenceInterval{interval.low, interval.high}).Text(kNumber);
}

void AuditInversion(const EfficiencyRow& row, const std::string& where, Findings& findings) {
  const char* how =
      "value = Base N_mean + (MoE - Base) P, loop counts 1 to 4, the printed value being any that rounds to "
      "it";
  if (!row.averages) {
    findings.push_back({Severity::kContradiction, "FLOPs", where,
                        row.ffn_flops_printed + " M: no loop counts give it", how});
    return;
  }
  findings.push_back({Severity::kNote, "FLOPs inverted", where,
                      row.ffn_flops_printed + " M means N_mean in " + Range(row.averages->mean_loops) +
                          " and P in " + Range(row.averages->share_below_max) +
                          ": the bars of Figure 4 must average into the first; neither is printed, nor which "
                          "tokens they are means over",
                      how});
}

void AuditEfficiency(Findings& findings) {
  int exact_parameters = 0, rows = 0;
  for (const EfficiencyRow& row : MakeEfficiencyRows()) {
    const std::string where = "Table 2, " + std::string(row.scale) + "/" + std::string(row.method);
    ++rows;
    const double millions = static_cast<double>(row.parameters) / 1e6;
    if (std::abs(millions - std::atof(row.parameters_printed.c_str())) <= 0.005) {
      ++exact_parameters;
    } else {
      findings.push_back(
          {Severity::kContradiction, "parameters", where,
           row.parameters_printed + " M is printed, " + FixedText(millions, 6) + " M are exact",
           "elements of every tensor of the configuration"});
    }
    if (!row.ffn_flops) {
      AuditInversion(row, where, findings);
    } else if (row.origin != PrintedFlops::kExactRounded) {
      const bool unexplained = row.origin == PrintedFlops::kUnexplained;
      findings.push_back({unexplained ? Severity::kContradiction : Severity::kNote, "FLOPs", where,
                          row.ffn_flops_printed + " M is printed: " + row.note,
                          "3 d F multiply-adds a layer and application, 2 FLOPs each, over 15 layers"});
    }
  }
  findings.push_back({Severity::kNote, "parameters", "Table 2",
                      std::to_string(exact_parameters) + " of " + std::to_string(rows) +
                          " printed parameter counts are exact, rounded",
                      "elements of every tensor, with F = 4 d and the released configuration's vocabulary"});
}

}  // namespace

Findings AuditPaper() {
  Findings findings;
  AuditRepeats(findings);
  std::ranges::move(AuditBaseline(PublishedNumbers()), std::back_inserter(findings));
  AuditMissing(findings);
  AuditEfficiency(findings);
  return findings;
}

}  // namespace vffn
