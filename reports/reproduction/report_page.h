// The page of a report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/page/page.h"
#include "reports/reproduction/reproduction.h"
#include "reports/reproduction/reproduction_tables.h"

namespace vffn {

/// Analyses of the trace of one model.
struct TracePart {
  std::string model;  ///< its label in the report
  std::vector<TitledTable> tables;
  std::vector<Figure> figures;
};

struct ReportParts {
  std::string title, subtitle;
  std::vector<Figure> figures;      ///< about all models
  std::vector<TitledTable> paired;  ///< comparisons of two models
  std::vector<TracePart> traces;
  std::optional<QuestionPage> questions;
};

/// Sections: models, figures, one per trace, comparisons, Tables 1 to 5, questions. The warning names every
/// untrained model.
ReportPage MakeReportPage(const Reproduction& reproduction, ReportParts parts);

}  // namespace vffn
