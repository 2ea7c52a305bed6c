// The contents of a page: links to its sections, and to the tables and figures in them.
#pragma once

#include <string>

#include "reports/page/page.h"

namespace vffn {

/// Anchors of the page's tables and figures: "table-3" of the third table, "figure-NAME".
std::string TableId(size_t number);
std::string FigureId(const Figure& figure);

/// A <nav> that links to all sections. A page with many tables and figures has a list of them, folded.
/// Throws Error if two sections have one id, or if one is empty or "questions".
std::string ContentsHtml(const ReportPage& page);

}  // namespace vffn
