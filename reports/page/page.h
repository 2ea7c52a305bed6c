// A report as one HTML file that needs neither a network nor other files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "reports/figures/figure.h"
#include "reports/page/question_page.h"

namespace vffn {

struct PageCell {
  std::string text;
  std::optional<double> value = {};  ///< sort key of a numeric column; absent values come last
};

struct PageColumn {
  std::string title;
  bool numeric = false;
};

struct PageTable {
  std::string caption;
  std::vector<PageColumn> columns;
  std::vector<std::vector<PageCell>> rows;  ///< one cell per column
  size_t foot_rows = 0;                     ///< how many of the last rows stay last: averages and the like
  std::vector<std::string> notes;           ///< below the table
};

struct PageSection {
  std::string id;  ///< the anchor: letters, digits, '-'; unique
  std::string title;
  std::vector<PageTable> tables;
  std::vector<Figure> figures;
};

/// All texts are plain text; the page escapes them.
struct ReportPage {
  std::string title;
  std::string subtitle;  ///< models, date, program version
  std::string warning;   ///< shown prominently unless empty: "untrained model: not a result"
  std::vector<PageSection> sections;
  std::optional<QuestionPage> questions;
};

/// The HTML of the page. Throws Error as EncodeQuestions, CheckFigure, TableHtml and ContentsHtml, or, naming
/// `make setup`, if there are figures but vl-convert, which has Vega's JavaScript, is missing.
std::string MakePage(const ReportPage& page);

void WritePage(const ReportPage& page, const std::filesystem::path& path);

}  // namespace vffn
