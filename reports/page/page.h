// The report as one HTML file that needs nothing else: no network, no other file.
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
  std::optional<double> value = {};  ///< what a numeric column sorts by; absent sorts last
};

struct PageColumn {
  std::string title;
  bool numeric = false;
};

struct PageTable {
  std::string caption;
  std::vector<PageColumn> columns;
  std::vector<std::vector<PageCell>> rows;  ///< as many cells as columns
  std::vector<std::string> notes;           ///< below it
};

struct PageSection {
  std::string id;  ///< the anchor: letters, digits, '-'; unique
  std::string title;
  std::vector<std::string> paragraphs;
  std::vector<PageTable> tables;
  std::vector<Figure> figures;
};

/// All texts are plain text; the page escapes them.
struct ReportPage {
  std::string title;
  std::string subtitle;  ///< models, date, program version
  std::string warning;   ///< shown large, if there is one: "untrained model: not a result"
  std::vector<PageSection> sections;
  std::optional<QuestionPage> questions;
};

/// The page's HTML. Throws Error as EncodeQuestions and CheckFigure, on ragged tables or an id used twice,
/// and naming `make setup` if there are figures and no renderer to take Vega from.
std::string MakePage(const ReportPage& page);

void WritePage(const ReportPage& page, const std::filesystem::path& path);

}  // namespace vffn
