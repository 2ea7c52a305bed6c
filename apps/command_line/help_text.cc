#include "apps/command_line/help_text.h"

#include <sstream>

namespace vffn {
namespace {

constexpr size_t kNameIndent = 2;
constexpr size_t kTextIndent = 26;

/// Appends the words of `text`, broken into lines that begin at column `indent`. `column` is the position of
/// the first word.
void AppendWrapped(const std::string& text, size_t indent, size_t column, std::string& page) {
  std::istringstream words(text);
  std::string word;
  bool first_of_line = true;
  while (words >> word) {
    if (!first_of_line && column + 1 + word.size() > kHelpWidth) {
      page.append("\n").append(indent, ' ');
      column = indent;
      first_of_line = true;
    }
    if (!first_of_line) {
      page.append(" ");
      ++column;
    }
    page.append(word);
    column += word.size();
    first_of_line = false;
  }
  page.append("\n");
}

void AppendEntry(const HelpEntry& entry, std::string& page) {
  page.append(kNameIndent, ' ').append(entry.name);
  size_t column = kNameIndent + entry.name.size();
  if (column + 2 > kTextIndent) {
    page.append("\n");
    column = 0;
  }
  page.append(kTextIndent - column, ' ');
  AppendWrapped(entry.text, kTextIndent, kTextIndent, page);
}

}  // namespace

std::string HelpText(const HelpPage& page) {
  std::string text;
  AppendWrapped(page.description, 0, 0, text);
  const std::string usage = "Usage: ";
  text.append("\n").append(usage);
  AppendWrapped(page.usage, usage.size(), usage.size(), text);
  for (const HelpSection& section : page.sections) {
    text.append("\n").append(section.title).append(":\n");
    for (const HelpEntry& entry : section.entries) {
      AppendEntry(entry, text);
    }
  }
  if (!page.examples.empty()) {
    text.append("\nExamples:\n");
    for (const std::string& example : page.examples) {
      text.append(kNameIndent, ' ').append(example).append("\n");
    }
  }
  return text;
}

}  // namespace vffn
