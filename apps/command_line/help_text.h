// The layout of a help text: paragraphs and two-column lists, wrapped to kHelpWidth columns.
#pragma once

#include <string>
#include <vector>

namespace vffn {

inline constexpr size_t kHelpWidth = 80;

/// A line of a list: a name in the left column, its explanation in the right one.
struct HelpEntry {
  std::string name;
  std::string text;
};

struct HelpSection {
  std::string title;
  std::vector<HelpEntry> entries;
};

struct HelpPage {
  std::string description;  ///< a paragraph
  std::string usage;        ///< "vffn eval --model PATH [options]"
  std::vector<HelpSection> sections;
  std::vector<std::string> examples;  ///< command lines, printed as they are
};

/// The page as text that ends with a newline. ASCII; a word longer than a line is not broken.
std::string HelpText(const HelpPage& page);

}  // namespace vffn
