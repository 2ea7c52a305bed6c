#include "reports/page/page.h"

#include <algorithm>
#include <set>

#include "base/atomic_file.h"
#include "base/error.h"
#include "reports/figures/renderer.h"
#include "reports/page/html.h"
#include "reports/page/page.css.h"
#include "reports/page/page.js.h"
#include "reports/page/question_browser.html.h"
#include "reports/page/question_data.js.h"
#include "reports/page/question_list.js.h"
#include "reports/page/question_view.js.h"
#include "reports/page/questions.css.h"

namespace vffn {
namespace {

std::string Element(const std::string& name, std::string_view text) {
  return "<" + name + ">" + EscapeHtml(text) + "</" + name + ">\n";
}

std::string TableHtml(const PageTable& table) {
  // The caption is outside of the box that scrolls, so that it stays in view.
  std::string html = "<div class=\"table\"><p class=\"caption\">" + EscapeHtml(table.caption) +
                     "</p>\n<div class=\"scroll\" tabindex=\"0\"><table class=\"sortable\" aria-label=\"" +
                     EscapeHtml(table.caption) + "\">\n<thead><tr>";
  for (const PageColumn& column : table.columns) {
    html += std::string("<th scope=\"col\"") + (column.numeric ? " class=\"number\"" : "") +
            "><button type=\"button\">" + EscapeHtml(column.title) + "</button></th>";
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const std::vector<PageCell>& row : table.rows) {
    VFFN_CHECK(row.size() == table.columns.size(), "table \"", table.caption, "\": a row of ", row.size(),
               " cells under ", table.columns.size(), " columns");
    html += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      html += std::string("<td") + (table.columns[i].numeric ? " class=\"number\"" : "");
      if (row[i].value.has_value()) {
        html += " data-value=\"" + JsonText(*row[i].value).text() + "\"";
      }
      html.append(">").append(EscapeHtml(row[i].text)).append("</td>");
    }
    html += "</tr>\n";
  }
  html += "</tbody></table></div>\n";
  for (const std::string& note : table.notes) {
    html += "<p class=\"note\">" + EscapeHtml(note) + "</p>\n";
  }
  return html + "</div>\n";
}

std::string FigureHtml(const Figure& figure) {
  CheckFigure(figure);
  const char* width = figure.width == FigureWidth::kFull ? "full" : "column";
  return "<figure id=\"figure-" + figure.name + "\" class=\"" + width +
         "\"><div class=\"drawing\"></div>\n<figcaption>" + EscapeHtml(figure.caption) +
         "</figcaption>\n<script type=\"application/json\">" + ScriptJson(CompleteSpecification(figure)) +
         "</script></figure>\n";
}

std::string Group(const std::string& name, const std::string& html) {
  return html.empty() ? "" : "<div class=\"" + name + "\">\n" + html + "</div>\n";
}

std::string SectionHtml(const PageSection& section) {
  std::string figures, tables;
  for (const Figure& figure : section.figures) {
    figures += FigureHtml(figure);
  }
  for (const PageTable& table : section.tables) {
    tables += TableHtml(table);
  }
  return "<section id=\"" + EscapeHtml(section.id) + "\">\n" + Element("h2", section.title) +
         Group("figures", figures) + Group("tables", tables) + "</section>\n";
}

std::string NavigationHtml(const ReportPage& page) {
  std::string html = "<nav aria-label=\"Sections\">";
  std::set<std::string> ids = {"questions"};
  for (const PageSection& section : page.sections) {
    VFFN_CHECK(!section.id.empty() && ids.insert(section.id).second,
               "two sections of the page have the id \"", section.id, "\", or it is empty or \"questions\"");
    html += "<a href=\"#" + EscapeHtml(section.id) + "\">" + EscapeHtml(section.title) + "</a>\n";
  }
  if (page.questions.has_value()) {
    html += "<a href=\"#questions\">Questions</a>\n";
  }
  return html + "</nav>\n";
}

std::string HeadHtml(const ReportPage& page) {
  // An empty icon: browsers ask the network for one otherwise.
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<link rel=\"icon\" href=\"data:,\">\n" +
         Element("title", page.title) + "<style>\n" + std::string(kPageCss) + std::string(kQuestionsCss) +
         "</style>\n</head>\n";
}

std::string Script(std::string_view code, const char* type = "") {
  return std::string("<script") + type + ">\n" + ScriptCode(code) + "</script>\n";
}

}  // namespace

std::string MakePage(const ReportPage& page) {
  std::string html = HeadHtml(page) + "<body>\n<header>\n" + Element("h1", page.title) +
                     "<p class=\"subtitle\">" + EscapeHtml(page.subtitle) + "</p>\n";
  if (!page.warning.empty()) {
    html += "<p class=\"warning\" role=\"note\">" + EscapeHtml(page.warning) + "</p>\n";
  }
  html += NavigationHtml(page) + "</header>\n<main>\n";
  for (const PageSection& section : page.sections) {
    html += SectionHtml(section);
  }
  if (page.questions.has_value()) {
    html += std::string(kQuestionBrowserHtml) + "<script type=\"text/plain\" id=\"question-data\">" +
            EncodeQuestions(*page.questions) + "</script>\n";
  }
  html += "</main>\n";
  if (page.questions.has_value()) {
    html += Script(kQuestionDataJs) + Script(kQuestionViewJs) + Script(kQuestionListJs);
  }
  html += Script(kPageJs);
  if (std::ranges::any_of(page.sections,
                          [](const PageSection& section) { return !section.figures.empty(); })) {
    html += Script(ReadVegaBundle(), " type=\"module\"");
  }
  return html + "</body>\n</html>\n";
}

void WritePage(const ReportPage& page, const std::filesystem::path& path) {
  WriteFileAtomically(path, MakePage(page));
}

}  // namespace vffn
