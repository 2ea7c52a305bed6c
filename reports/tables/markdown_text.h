// Text as Markdown (CommonMark with GitHub's tables) shows it.
#pragma once

#include <string>
#include <string_view>

namespace vffn {

/// The text on one line, for a cell of a table, a list item or a heading: what means something to Markdown or
/// HTML has a backslash. "_" between letters or digits means nothing there and stays ("arc_easy").
std::string MarkdownText(std::string_view text);

/// The text with a blank for each line end and each other control character.
std::string OneLine(std::string_view text);

}  // namespace vffn
