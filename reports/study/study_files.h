// The files and figures of a study.
#pragma once

#include <filesystem>
#include <vector>

#include "reports/figures/figure.h"
#include "reports/study/study.h"
#include "reports/study/study_tables.h"

namespace vffn {

/// The losses of the runs of the first table during training, if they can be told apart in a figure.
std::vector<Figure> StudyFigures(const Study& study);

/// Writes study.md with all tables, and each table as study/NAME.txt, .md, .tex, .csv and .json; nothing if
/// there is no table.
void WriteStudy(const Study& study, const std::filesystem::path& folder);

}  // namespace vffn
