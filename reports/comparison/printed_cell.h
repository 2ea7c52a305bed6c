// Cells of published tables as people paste them: markup, signs and numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/printed_scores.h"

namespace vffn {

/// The text of a cell without markup: Markdown's and HTML's emphasis, LaTeX's commands ("\textbf{70.5}",
/// "\multicolumn{2}{c}{x}"), "$", and blanks at both ends. Blanks that do not break are blanks; "\pm", "+/-"
/// and "+-" are "±". "model_name" keeps its underscore.
std::string PlainCell(std::string_view text);

struct PrintedNumber {
  PrintedDecimal value;
  bool percent_sign = false;
};

/// The number of a cell, as text or as PlainCell gives it: "70.51", ".7051", "70.51%", "70.5 ± 1.2",
/// "70.5 (1.2)", "70.5*", "1,838". With `decimal_comma`, "70,51" and "1.838,5"; without it, a comma before
/// exactly three digits separates thousands, and another one is the decimal comma. What follows "±" and what
/// is in parentheses is ignored. Nothing for other texts, and for a number below 0.
std::optional<PrintedNumber> ParsePrintedCell(std::string_view text, bool decimal_comma);

}  // namespace vffn
