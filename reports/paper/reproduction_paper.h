// A reproduction as tables of a paper.
#pragma once

#include <string>
#include <vector>

#include "reports/paper/paper_table.h"
#include "reports/reproduction/report_selection.h"

namespace vffn {

struct PaperOptions {
  ReportSelection selection;
  bool errors = false;                ///< standard errors of our numbers as subscripts
  double text_width = kArticleWidth;  ///< points
};

/// The selected tables of the paper that have a row to show, one group for each scale: published rows above
/// ours. Then those of the runs that are no row of the paper: their scores (with Table 1), and their size and
/// cost (with Table 2). Columns of other quantities than tasks are left out if all of their cells are empty.
/// Numbers are ranked among those of trained models, of the same profile, split and number of questions, with
/// nothing missing; losses, of the same text and windows; parameters and FLOPs have no ranks.
std::vector<PaperTable> PaperTablesOf(const Reproduction& reproduction, const PaperOptions& options);

/// All of them as LaTeX. Throws Error if there is nothing to show.
std::string PaperText(const Reproduction& reproduction, const PaperOptions& options);

}  // namespace vffn
