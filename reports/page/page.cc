#include "reports/page/page.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/valid_utf8.h"
#include "reports/figures/renderer.h"
#include "reports/page/contents.h"
#include "reports/page/html.h"
#include "reports/page/page_assets.h"
#include "reports/page/question_browser.html.h"
#include "reports/page/search_form.html.h"
#include "reports/page/table_html.h"

namespace vffn {
namespace {

std::string Element(const std::string& name, std::string_view text) {
  return "<" + name + ">" + EscapeHtml(text) + "</" + name + ">\n";
}

std::string FigureHtml(const Figure& figure) {
  CheckFigure(figure);
  const char* width = figure.width > kColumnWidth ? "full" : "column";
  return "<figure id=\"" + FigureId(figure) + "\" class=\"" + width +
         "\"><div class=\"drawing\"></div>\n<figcaption>" + EscapeHtml(figure.caption) +
         "</figcaption>\n<script type=\"application/json\">" + ScriptJson(CompleteSpecification(figure)) +
         "</script></figure>\n";
}

std::string Group(const std::string& name, const std::string& html) {
  return html.empty() ? "" : "<div class=\"" + name + "\">\n" + html + "</div>\n";
}

/// `tables_before` counts the tables of the page.
std::string SectionHtml(const PageSection& section, size_t& tables_before) {
  std::string figures, tables;
  for (const Figure& figure : section.figures) {
    figures += FigureHtml(figure);
  }
  for (const PageTable& table : section.tables) {
    tables += TableHtml(table, TableId(++tables_before));
  }
  const char* wide = std::ranges::any_of(section.tables, IsWide) ? " class=\"wide\"" : "";
  return "<section id=\"" + EscapeHtml(section.id) + "\"" + wide + ">\n" + Element("h2", section.title) +
         Group("figures", figures) + Group("tables", tables) + "</section>\n";
}

std::string HeadHtml(const ReportPage& page) {
  // An empty icon: browsers ask the network for one otherwise.
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<link rel=\"icon\" href=\"data:,\">\n" +
         Element("title", page.title) + StyleElement() + "</head>\n";
}

std::string HeaderHtml(const ReportPage& page) {
  std::string html = "<header>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n";
  if (page.questions.has_value()) {
    html += kSearchFormHtml;
  }
  html += Element("h1", page.title) + "<p class=\"subtitle\">" + EscapeHtml(page.subtitle) + "</p>\n";
  if (!page.warning.empty()) {
    html += "<p class=\"warning\" role=\"note\">" + EscapeHtml(page.warning) + "</p>\n";
  }
  return html + ContentsHtml(page) + "</header>\n";
}

}  // namespace

std::string MakePage(const ReportPage& page) {
  std::string html = HeadHtml(page) + "<body>\n" + HeaderHtml(page) + "<main id=\"main\" tabindex=\"-1\">\n";
  size_t tables = 0;
  for (const PageSection& section : page.sections) {
    html += SectionHtml(section, tables);
  }
  if (page.questions.has_value()) {
    html += std::string(kQuestionBrowserHtml) + "<script type=\"text/plain\" id=\"question-data\">" +
            EncodeQuestions(*page.questions) + "</script>\n";
  }
  html += "</main>\n" + ScriptElements(page.questions.has_value());
  if (std::ranges::any_of(page.sections,
                          [](const PageSection& section) { return !section.figures.empty(); })) {
    html += ScriptElement(ReadVegaBundle(), " type=\"module\"");
  }
  return html + "</body>\n</html>\n";
}

void WritePage(const ReportPage& page, const std::filesystem::path& path) {
  WriteFileAtomically(path, ValidUtf8(MakePage(page)));
}

}  // namespace vffn
