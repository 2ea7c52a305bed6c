// The files of a report.
#pragma once

#include <filesystem>
#include <span>

#include "reports/figures/figure.h"
#include "reports/reproduction/paired_runs.h"
#include "reports/reproduction/report_page.h"
#include "reports/reproduction/report_selection.h"
#include "reports/reproduction/reproduction.h"

namespace vffn {

/// Writes tables.txt, .md, .tex, .csv and .json, and says so.
void WriteTables(const Reproduction& reproduction, const std::filesystem::path& folder,
                 const ReportSelection& selection = {});

/// Writes paired.txt, .md, .tex, .csv and .json, and says so; nothing without a comparison.
void WritePaired(const PairedRuns& paired, const std::filesystem::path& folder);

/// Writes figures, then report.html with those that were drawn, and says so.
void WriteReportPage(const Reproduction& reproduction, ReportParts parts,
                     const std::filesystem::path& folder);

}  // namespace vffn
