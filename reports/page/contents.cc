#include "reports/page/contents.h"

#include <set>

#include "base/error.h"
#include "reports/page/html.h"

namespace vffn {
namespace {

constexpr size_t kFewParts = 6;  ///< that a reader finds without a list of them

std::string Link(const std::string& id, const std::string& text) {
  return "<li><a href=\"#" + EscapeHtml(id) + "\">" + EscapeHtml(text) + "</a></li>\n";
}

/// The first sentence of a caption.
std::string ShortCaption(const std::string& caption) { return caption.substr(0, caption.find(". ")); }

std::string PartsHtml(const ReportPage& page) {
  std::string html;
  size_t parts = 0, tables = 0;
  for (const PageSection& section : page.sections) {
    std::string links;
    for (const Figure& figure : section.figures) {
      links += Link(FigureId(figure), ShortCaption(figure.caption));
    }
    for (const PageTable& table : section.tables) {
      ++tables;
      if (!table.caption.empty()) {
        links += Link(TableId(tables), ShortCaption(table.caption));
      }
    }
    parts += section.figures.size() + section.tables.size();
    html += "<li>" + EscapeHtml(section.title) + "\n<ul>\n" + links + "</ul></li>\n";
  }
  return parts <= kFewParts
             ? ""
             : "<details><summary>All " + std::to_string(parts) +
                   " tables and figures</summary>\n<ul class=\"parts\">\n" + html + "</ul></details>\n";
}

}  // namespace

std::string TableId(size_t number) { return "table-" + std::to_string(number); }

std::string FigureId(const Figure& figure) { return "figure-" + figure.name; }

std::string ContentsHtml(const ReportPage& page) {
  std::string html = "<nav aria-label=\"Contents\">\n<ul class=\"sections\">\n";
  std::set<std::string> ids = {"questions"};
  for (const PageSection& section : page.sections) {
    VFFN_CHECK(!section.id.empty() && ids.insert(section.id).second,
               "two sections of the page have the id \"", section.id, "\", or it is empty or \"questions\"");
    html += Link(section.id, section.title);
  }
  if (page.questions.has_value()) {
    html += Link("questions", "Questions");
  }
  return html + "</ul>\n" + PartsHtml(page) + "</nav>\n";
}

}  // namespace vffn
