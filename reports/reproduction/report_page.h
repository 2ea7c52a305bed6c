// The page of a report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/page/page.h"
#include "reports/reproduction/report_selection.h"
#include "reports/reproduction/reproduction.h"
#include "reports/reproduction/reproduction_tables.h"

namespace vffn {

/// What one model did, token by token.
struct TracePart {
  std::string model;  ///< as labelled everywhere
  std::vector<Table> tables;
  std::vector<Figure> figures;
};

struct ReportParts {
  std::string title, subtitle;
  ReportSelection selection;    ///< of the tables of runs and of the paper
  std::vector<Table> study;     ///< of models that were trained here
  std::vector<Figure> figures;  ///< of all models
  std::vector<Table> paired;    ///< models against each other
  std::vector<TracePart> traces;
  std::vector<PageSection> others;  ///< between the figures and the traces
  std::optional<QuestionPage> questions;
};

/// Sections: the study, models, figures, others, one per trace, comparisons, Tables 1 to 5, questions. The
/// warning names every untrained model.
ReportPage MakeReportPage(const Reproduction& reproduction, ReportParts parts);

}  // namespace vffn
