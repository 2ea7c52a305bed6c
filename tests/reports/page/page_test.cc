#include "reports/page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "reports/figures/renderer.h"
#include "reports/page/html.h"
#include "reports/page/page_table.h"
#include "reports/page/table_html.h"
#include "tests/base/temporary_folder.h"
#include "tests/reports/figures/sample_figures.h"
#include "tests/reports/page/sample_page.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Html, IsEscaped) {
  EXPECT_EQ(EscapeHtml("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
  EXPECT_EQ(ScriptJson("{\"a\":\"</script>\"}"), "{\"a\":\"\\u003c/script>\"}");
  EXPECT_EQ(ScriptCode("x='</script>';y='<!--'"), "x='<\\/script>';y='<\\!--'");
}

TEST(Page, NeedsNothingElse) {
  const std::string html = MakePage(SamplePage(3, 2));
  for (const char* outside : {"src=\"http", "href=\"http", "url(http", "@import", "fetch("}) {
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  }
  EXPECT_THAT(html, HasSubstr("Base &lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("<a href=\"#scores\">Scores</a>"));
  EXPECT_THAT(html, Not(HasSubstr("tables and figures</summary>")));  // three are found without a list
}

TEST(Page, RefusesWhatDoesNotFitTogether) {
  ReportPage page = SamplePage(3, 1);
  page.sections[0].tables[0].rows[1].pop_back();
  EXPECT_THAT(ErrorOf([&] { MakePage(page); }), HasSubstr("a row of 2 cells under 3 columns"));
  page = SamplePage(3, 1);
  page.sections.push_back(page.sections[0]);
  EXPECT_THAT(ErrorOf([&] { MakePage(page); }), HasSubstr("the id \"scores\""));
  page = SamplePage(3, 1);
  page.sections[0].tables[0].foot_rows = 5;
  EXPECT_THAT(ErrorOf([&] { MakePage(page); }), HasSubstr("a foot of 5 rows in a table of 4"));
}

TEST(Page, ListsManyTablesAndFigures) {
  ReportPage page = SamplePage(3, 1);
  page.sections[0].tables.resize(6, page.sections[0].tables[0]);
  page.sections[0].tables[5].caption = "The last one. It has two sentences";
  const std::string html = MakePage(page);
  EXPECT_THAT(html, HasSubstr("<summary>All 8 tables and figures</summary>"));
  EXPECT_THAT(html, HasSubstr("<li><a href=\"#table-6\">The last one</a></li>"));
  EXPECT_THAT(html, HasSubstr("<div class=\"table\" id=\"table-6\">"));
}

TEST(PageTable, AveragesAreTheFoot) {
  Table table(std::vector<Column>{{"task", "task"}, {"score", "score", kNumber}}, "Scores");
  for (const char* task : {"piqa", "sciq", "average", "parameters (M)"}) {
    table.AddRow("task", task, "score", 1.5);
  }
  EXPECT_EQ(ToPageTable(table).foot_rows, 2);
  Table averages(std::vector<Column>{{"task", "task"}});
  averages.AddRow("task", "average");
  EXPECT_EQ(ToPageTable(averages).foot_rows, 0);
  EXPECT_FALSE(IsWide(ToPageTable(table)));
  EXPECT_TRUE(IsWide(WideTable()));
}

TEST(QuestionPage, RefusesWhatDoesNotFitTogether) {
  const auto error_of = [](auto&& spoil) {
    QuestionPage page = SampleQuestions(3, 2);
    spoil(page.questions[1]);
    return ErrorOf([&] { EncodeQuestions(page); });
  };
  const std::string adaptive = "question piqa/1 under VersatileFFN 354M: ",
                    dense = "question piqa/1 under Base 354M: ";
  EXPECT_EQ(error_of([](Question& q) { q.answers.pop_back(); }), "question piqa/1: 1 answers of 2 models");
  EXPECT_EQ(error_of([](Question& q) { q.gold = 4; }), adaptive + "the gold choice is none of its choices");
  EXPECT_EQ(error_of([](Question& q) { q.answers[1].predicted = 9; }),
            dense + "the predicted choice is none of its choices");
  EXPECT_EQ(error_of([](Question& q) { q.answers[0].contexts[0].loops.pop_back(); }),
            adaptive + "loops that are not [tokens, layers]");
  EXPECT_EQ(error_of([](Question& q) { q.answers[0].contexts[0].loops[4] = 5; }),
            adaptive + "a loop count out of range");
  EXPECT_EQ(error_of([](Question& q) { q.answers[0].contexts[0].lambda[4] = 1.5; }),
            adaptive + "a lambda out of 0..1");
  EXPECT_EQ(error_of([](Question& q) { q.answers[0].choices[1].continuation.experts[0] = 8; }),
            adaptive + "an expert out of range");
  for (const double score : {std::nan(""), HUGE_VAL}) {
    EXPECT_EQ(error_of([&](Question& q) { q.answers[0].choices[1].score = score; }),
              adaptive + "a score that is no number");
  }
  EXPECT_EQ(error_of([](Question& q) { q.answers[0].choices[1].score = -HUGE_VAL; }), "");  // an empty answer
  EXPECT_EQ(error_of([](Question& q) { q.answers[1].choices[0].continuation.log_probs[0] = -INFINITY; }),
            dense + "a log-probability that is no finite number");
  EXPECT_EQ(error_of([](Question& q) { q.answers[1].choices[0].context = 1; }),
            dense + "a choice whose context is not there");
}

TEST(QuestionPage, IsSmall) {
  // 1,000 questions of an adaptive and a dense model, of noise, which does not deflate as traces do.
  EXPECT_LT(EncodeQuestions(SampleQuestions(1000, 2)).size(), 6u << 20);
}

/// Pages in headless Chromium, where page_browser.py uses them as a reader does. Skipped without Chromium,
/// poppler-utils, axe-core or vl-convert; with VFFN_REQUIRE_BROWSER=1, as in continuous integration, that is
/// a failure.
class PageInChromium : public testing::Test {
 protected:
  void SetUp() override {
    std::string missing;
    if (!HasRenderer()) {
      missing = "vl-convert is missing in " VFFN_SETUP_DIR ": run `make setup`";
    } else if (!RunBrowser("available").empty()) {
      missing = "Chromium or poppler-utils is not installed: apt-get install chromium poppler-utils";
    } else if (!std::filesystem::exists(kAxe)) {
      missing = std::string(kAxe) + " is missing: run `setup/setup.sh test`";
    }
    if (!missing.empty()) {
      const char* required = std::getenv("VFFN_REQUIRE_BROWSER");
      if (required != nullptr && std::string(required) == "1") {
        FAIL() << missing << " (VFFN_REQUIRE_BROWSER=1)";
      }
      GTEST_SKIP() << missing;
    }
  }

  static constexpr const char* kAxe = VFFN_SETUP_DIR "/axe/axe.min.js";

  /// What is wrong with a page; empty if nothing is. `kind` names the screenshots and the checks: "two"
  /// models, the first adaptive, or one "dense" model. `part`: see page_browser.py.
  std::string FaultsOf(const std::string& html, const std::vector<Figure>& figures, const std::string& kind,
                       const std::string& part = "") {
    std::vector<std::pair<std::string, JsonText>> texts;
    for (const Figure& figure : figures) {
      texts.emplace_back("figure-" + figure.name, figure.texts);
    }
    WriteFile(folder_ / "page.html", html);
    WriteFile(folder_ / "texts.json", JsonText::Object(texts).text());
    return RunBrowser("check '" + (folder_ / "page.html").string() + "' '" +
                      (folder_ / "texts.json").string() + "' " + kind + " '" VFFN_LOOK_DIR "/page' '" + kAxe +
                      "' " + part);
  }

 private:
  /// What page_browser.py prints if it fails; empty if it does not.
  static std::string RunBrowser(const std::string& arguments) {
    FILE* pipe = popen(
        ("python3 '" VFFN_TESTS_DIR "/reports/page/page_browser.py' " + arguments + " 2>&1").c_str(), "r");
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
      output += static_cast<char>(c);
    }
    const int status = pclose(pipe);
    return status == 0 ? "" : "page_browser.py failed: " + output;
  }

  TemporaryFolder folder_;
};

/// 40 questions and four figures.
ReportPage OneDenseModel() {
  ReportPage page = SamplePage(40, 2);
  page.questions->models.erase(page.questions->models.begin());
  for (Question& question : page.questions->questions) {
    question.answers.erase(question.answers.begin());
  }
  std::vector<Figure> figures(4, MakeFigure(SampleLoops()));
  for (size_t i = 0; i < figures.size(); ++i) {
    figures[i].name += std::to_string(i);
  }
  page.sections.push_back({.id = "figures", .title = "Figures", .figures = std::move(figures)});
  return page;
}

TEST_F(PageInChromium, TwoModels) {
  ReportPage page = SamplePage(1000, 2);
  const std::vector<Figure> figures = SampleFigures();  // about as many as a report has
  page.sections.push_back({.id = "figures", .title = "Figures", .figures = figures});
  EXPECT_EQ(FaultsOf(MakePage(page), figures, "two"), "");
}

TEST_F(PageInChromium, OneDenseModel) {
  const ReportPage page = OneDenseModel();
  EXPECT_EQ(FaultsOf(MakePage(page), page.sections.back().figures, "dense"), "");
}

TEST_F(PageInChromium, FaultsAreNoticed) {
  ReportPage page = OneDenseModel();
  const std::vector<Figure> figures = page.sections.back().figures;
  const std::string html = MakePage(page);
  const auto faults_with = [&](const char* part, const std::string& code, const std::string& fault) {
    std::string faulty = html;
    const size_t found = faulty.find(code);
    EXPECT_NE(found, std::string::npos) << code;
    return FaultsOf(faulty.replace(found, code.size(), fault), figures, "dense", part);
  };
  EXPECT_THAT(faults_with("questions", "this.open(Number(row.dataset.question), \"click\")", "0"),
              HasSubstr("a click on"));
  EXPECT_THAT(faults_with("questions", "data.tasks[data.task[q]] !== task", "false"),
              HasSubstr("the filter by task shows other tasks"));
  EXPECT_THAT(faults_with("questions", "return words.length === 0 || ", "return true || "),
              HasSubstr("the search for"));
  EXPECT_THAT(faults_with("tables", "() => sortBy(", "() => (0, "), HasSubstr("not ascending"));
  EXPECT_THAT(faults_with("tables", "    body.append(...rows)", "(table.tFoot ?? body).append(...rows)"),
              HasSubstr("sorting does not leave the average last"));
  EXPECT_THAT(faults_with("tables", "replaceAll(\"−\", \"-\")", "trim()"), HasSubstr("are copied as"));
  EXPECT_THAT(faults_with("questions", "[\"q\", ...QuestionFilters.NAMES", "[\"q\""),
              HasSubstr("is not in the address"));
  EXPECT_THAT(
      faults_with("questions", "history[again ? \"replaceState\" : \"pushState\"]", "history.replaceState"),
      HasSubstr("the button back"));
  EXPECT_THAT(faults_with("questions", "this.#say(problems)", "0"), HasSubstr("is answered with []"));
  EXPECT_THAT(faults_with("tables", "</body>\n</html>", "<script>missingFunction()</script></body>\n</html>"),
              HasSubstr("missingFunction is not defined"));
  EXPECT_THAT(faults_with("figures", "repeat(auto-fit", "repeat(1"),
              HasSubstr("columns of figures in a window of 1280"));
  EXPECT_THAT(faults_with("tables", "max-width: 7rem; min-width: 3rem; white-space: normal;", ""),
              HasSubstr("the first column takes"));
  EXPECT_THAT(faults_with("barriers", "drawing.setAttribute(\"aria-labelledby\", this.caption.id)", "0"),
              HasSubstr("svg-img-alt"));
  EXPECT_THAT(faults_with("dark", "FigureColors.dark(this.specification())", "this.specification()"),
              HasSubstr("dark page"));
  EXPECT_THAT(
      faults_with("print", "window.addEventListener(\"beforeprint\"", "window.addEventListener(\"never\""),
      HasSubstr("is not drawn for printing"));
  EXPECT_THAT(faults_with("print", "th button { display: none; }", "th::before { display: none; }"),
              HasSubstr("is not repeated on the next page"));
  EXPECT_THAT(faults_with("print", ".scroll, .drawing { overflow: visible; }",
                          "table { font-size: 14pt !important; }"),
              HasSubstr("printed"));
  Figure& empty = page.sections.back().figures[2];  // axes and titles without data
  for (Dataset& dataset : empty.datasets) {
    dataset.rows.clear();
  }
  EXPECT_THAT(FaultsOf(MakePage(page), figures, "dense", "figures"), HasSubstr("figure-loops2 is empty"));
}

}  // namespace
}  // namespace vffn
