// Which tables and rows of a reproduction are shown.
#pragma once

#include <string>
#include <vector>

#include "reports/reproduction/reproduction.h"

namespace vffn {

enum class ShownRows {
  kBoth,       ///< every row of the paper, and the runs
  kCompared,   ///< the runs, and the published rows that they are compared with
  kOurs,       ///< the runs alone
  kPublished,  ///< the paper's numbers alone
};

struct ReportSelection {
  std::vector<std::string> tables;  ///< "1", "4A", "figure-3a"; empty: all
  std::string scale;                ///< "354M"; empty: all
  ShownRows rows = ShownRows::kBoth;

  bool HasTable(const std::string& table) const;
  bool HasRow(const PaperRow& row) const {
    return HasTable(row.table) && (scale.empty() || scale == row.scale);
  }
  /// Whether the runs that are no row of the paper are shown: with Table 1 (their scores) and Table 2 (their
  /// cost), whatever the scale.
  bool HasOtherRuns() const { return rows != ShownRows::kPublished && (HasTable("1") || HasTable("2")); }
};

/// `rows` is "ours", "published", "both" or empty (kCompared). Table names may be in lower case. Throws
/// Error, with what there is, on a table or a scale that `published` does not have.
ReportSelection MakeReportSelection(const std::vector<std::string>& tables, const std::string& scale,
                                    const std::string& rows, std::span<const PublishedNumber> published);

/// The cells to show, in the paper's order. kPublished: one line for each row, without what a run measured.
std::vector<ReproductionCell> SelectedCells(const Reproduction& reproduction,
                                            const ReportSelection& selection);

/// The runs that are no row of the paper, by index, if they are shown.
std::vector<size_t> SelectedOtherRuns(const Reproduction& reproduction, const ReportSelection& selection);

/// What was left out because no run measured it, and how to see it; empty if nothing was.
std::string LeftOutNote(const Reproduction& reproduction, const ReportSelection& selection);

}  // namespace vffn
