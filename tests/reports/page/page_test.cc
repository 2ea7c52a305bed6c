#include "reports/page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "reports/figures/renderer.h"
#include "reports/page/html.h"
#include "tests/base/temporary_folder.h"
#include "tests/reports/figures/sample_figures.h"
#include "tests/reports/page/sample_page.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Html, IsEscaped) {
  EXPECT_EQ(EscapeHtml("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
  EXPECT_EQ(ScriptJson({{"a", "</script>"}}), "{\"a\":\"\\u003c/script>\"}");
  EXPECT_EQ(ScriptCode("x='</script>';y='<!--'"), "x='<\\/script>';y='<\\!--'");
}

TEST(Page, NeedsNothingElse) {
  const std::string html = MakePage(SamplePage(3, 2));
  for (const char* outside : {"src=\"http", "href=\"http", "url(http", "@import", "fetch("}) {
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  }
  EXPECT_THAT(html, HasSubstr("Base &lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("<a href=\"#scores\">Scores</a>"));
}

TEST(Page, RefusesWhatDoesNotFitTogether) {
  ReportPage page = SamplePage(3, 1);
  page.sections[0].tables[0].rows[1].pop_back();
  EXPECT_THAT(ErrorOf([&] { MakePage(page); }), HasSubstr("a row of 2 cells under 3 columns"));
  page = SamplePage(3, 1);
  page.sections.push_back(page.sections[0]);
  EXPECT_THAT(ErrorOf([&] { MakePage(page); }), HasSubstr("the id \"scores\""));
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
  EXPECT_EQ(error_of([](Question& q) { q.answers[0].choices[1].score = NAN; }),
            adaptive + "a score that is no finite number");
  EXPECT_EQ(error_of([](Question& q) { q.answers[1].choices[0].continuation.log_probs[0] = -INFINITY; }),
            dense + "a log-probability that is no finite number");
  EXPECT_EQ(error_of([](Question& q) { q.answers[1].choices[0].context = 1; }),
            dense + "a choice whose context is not there");
}

TEST(QuestionPage, IsSmall) {
  // 1,000 questions of an adaptive and a dense model, of noise, which does not deflate as traces do.
  EXPECT_LT(EncodeQuestions(SampleQuestions(1000, 2)).size(), 6u << 20);
}

/// Runs page_browser.py, which works a page in Chromium as a reader does, and prints what went wrong.
int RunBrowser(const std::filesystem::path& page, const std::string& kind) {
  const std::string command = "python3 '" VFFN_TESTS_DIR "/reports/page/page_browser.py' '" + page.string() +
                              "' " + kind + " '" VFFN_LOOK_DIR "/page'";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

constexpr int kNoBrowser = 77;  // page_browser.py's way to say so

TEST(PageInChromium, TwoModels) {
  const TemporaryFolder folder;
  ReportPage page = SamplePage(1000, 2);
  std::vector<Figure> figures;  // about as many as a report has
  if (HasRenderer()) {
    figures = SampleFigures();
    std::erase_if(figures, [](const Figure& figure) { return figure.width != FigureWidth::kColumn; });
    page.sections.push_back({.id = "figures", .title = "Figures", .figures = figures});
  }
  WritePage(page, folder / "page.html");
  const int code = RunBrowser(folder / "page.html", "two " + std::to_string(figures.size()));
  if (code == kNoBrowser) {
    GTEST_SKIP() << "Chromium is not installed: apt-get install chromium";
  }
  EXPECT_EQ(code, 0);
}

TEST(PageInChromium, OneDenseModel) {
  const TemporaryFolder folder;
  ReportPage page = SamplePage(40, 2);
  page.questions->models.erase(page.questions->models.begin());
  for (Question& question : page.questions->questions) {
    question.answers.erase(question.answers.begin());
  }
  WritePage(page, folder / "page.html");
  const int code = RunBrowser(folder / "page.html", "dense 0");
  if (code == kNoBrowser) {
    GTEST_SKIP() << "Chromium is not installed: apt-get install chromium";
  }
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace vffn
