#include "reports/paper/reproduction_paper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "reports/paper/paper_captions.h"
#include "tests/reports/paper/pdflatex.h"
#include "tests/reports/reproduction/reproduction_samples.h"
#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// All eight tasks, whole, with so many percent right.
MeasuredRun WholeRun(const std::string& name, const std::string& method, double percent) {
  MeasuredRun run = MakeRun(name, PaperConfig("354M", method));
  for (const Task& task : Tasks()) {
    if (task.facts.group == "paper") {
      run.tasks.push_back(MakeTask(std::string(task.facts.name), task.facts.doc_count, percent / 100, 0.01));
    }
  }
  return run;
}

Reproduction WithPaper(std::vector<MeasuredRun> runs) {
  return Reproduce(std::move(runs), PublishedNumbers(), {});
}

PaperOptions Chosen(const std::vector<std::string>& tables, const std::string& scale,
                    const std::string& rows) {
  return {.selection = MakeReportSelection(tables, scale, rows, PublishedNumbers())};
}

/// The line of a table that begins with a name.
std::string LineOf(const std::string& latex, const std::string& name) {
  const size_t whole = latex.find("\n" + name + " &");
  const size_t at = whole != std::string::npos ? whole : latex.find("\n\\raggedright " + name + " &");
  return at == std::string::npos ? "" : latex.substr(at + 1, latex.find('\n', at + 1) - at - 1);
}

TEST(PaperText, IsTable1OfTheRunsBesideThePaper) {
  const Reproduction reproduction =
      WithPaper({WholeRun("a_b", "Base", 50), WholeRun("VersatileFFN", "VersatileFFN", 60)});
  const std::string ours = PaperText(reproduction, Chosen({"1"}, "354M", "ours"));
  EXPECT_THAT(ours,
              HasSubstr("Method & PIQA & HSwag & OBQA & SciQ & ARC-e & ARC-c & CSQA & WinoG. & Avg. \\\\"))
      << "there is no loss";
  EXPECT_THAT(LineOf(ours, "VersatileFFN"), HasSubstr("\\textbf{60.00}\\rlap{$^{\\neq}$}"));
  EXPECT_THAT(LineOf(ours, "Base (a\\_b)"), HasSubstr("\\underline{50.00}"));
  EXPECT_THAT(
      ours, AllOf(HasSubstr("\\label{tab:table-1-354M}"), HasSubstr("models with 354M parameters"),
                  HasSubstr("under the profile olmo."), Not(HasSubstr("Published")), Not(HasSubstr("---"))));
  const std::string compared = PaperText(reproduction, Chosen({"1"}, "354M", ""));
  EXPECT_THAT(compared, AllOf(HasSubstr("\\emph{Published}"), HasSubstr("\\emph{Ours}"), HasSubstr("47.98"),
                              Not(HasSubstr("MoE")), HasSubstr("Method & Loss &")));
  const std::string both = PaperText(reproduction, Chosen({"1"}, "354M", "both"));
  EXPECT_THAT(both, AllOf(HasSubstr("MoE"), HasSubstr("67.16\\rlap{$^{\\#}$}"),
                          HasSubstr("$^{\\#}$: no whole number")));
  EXPECT_THAT(LineOf(both, "VersatileFFN"), HasSubstr("2.617"));
  EXPECT_THAT(both, HasSubstr("\\underline{53.51}")) << "the published WinoGrande is second to our 60";
}

TEST(PaperText, HasAHeadingForEachScale) {
  const std::string all = PaperText(WithPaper({}), Chosen({"1"}, "", "published"));
  EXPECT_THAT(all, AllOf(HasSubstr("\\emph{354M}"), HasSubstr("\\emph{720M}"), HasSubstr("\\textbf{57.03}"),
                         HasSubstr("\\textbf{52.33}"), HasSubstr("\\label{tab:table-1}")));
}

TEST(PaperText, RanksOnlyWhatCanBeCompared) {
  MeasuredRun part = WholeRun("part", "4-Loop", 90), other = WholeRun("other profile", "2-Loop", 91);
  for (MeasuredTask& task : part.tasks) {
    task.missing = 5;
  }
  other.profile = "lm-eval";
  MeasuredRun untrained = WholeRun("fresh", "MoE", 95);
  untrained.untrained = untrained.rows_named = true;
  const std::string latex = PaperText(
      WithPaper({part, other, untrained, WholeRun("x", "Base", 50), WholeRun("y", "VersatileFFN", 40)}),
      Chosen({"1"}, "354M", "ours"));
  for (const char* name : {"4-Loop (part)", "2-Loop (other profile)", "MoE (fresh {[}UNTRAINED{]})"}) {
    EXPECT_THAT(LineOf(latex, name),
                AllOf(Not(HasSubstr("textbf")), Not(HasSubstr("underline")), HasSubstr("9")))
        << latex;
  }
  EXPECT_THAT(LineOf(latex, "Base (x)"), HasSubstr("\\textbf{50.00}"));
  EXPECT_THAT(latex,
              AllOf(HasSubstr("not ranked: "), HasSubstr("4-Loop (part) (incomplete, docs missing: 40)"),
                    HasSubstr("2-Loop (other profile) (profile lm-eval, "), HasSubstr("(untrained)")));
}

TEST(PaperText, HasATableOfModelsThatAreNoRowOfThePaper) {
  MeasuredRun a = WholeRun("mine", "Base", 50), b = WholeRun("mine too", "Base", 55);
  a.rows.clear();
  b.rows.clear();
  b.tasks.erase(b.tasks.begin());  // PIQA
  for (MeasuredTask& task : b.tasks) {
    task.docs = 100;
  }
  const std::string latex = PaperText(WithPaper({a, b}), Chosen({"1"}, "354M", "ours"));
  EXPECT_THAT(latex, AllOf(HasSubstr("\\label{tab:other-models}"), HasSubstr("Model & PIQA"),
                           HasSubstr("on 100 questions of a task"), HasSubstr("HSwag, OBQA")));
  EXPECT_THAT(LineOf(latex, "mine too"),
              AllOf(HasSubstr("mine too & --- & 55.00"), HasSubstr("& 55.00 \\\\")));
  EXPECT_THAT(latex, HasSubstr("---: no number."));
  EXPECT_THAT(PaperText(WithPaper({a}), Chosen({"2"}, "", "ours")),
              HasSubstr("\\label{tab:other-models-cost}"));
}

TEST(PaperText, HasErrorsAndIntervals) {
  MeasuredRun run = WholeRun("x", "Base", 50);
  run.tasks[0].score = {.value = 1, .standard_error = 0};
  run.tasks[0].docs = 10;
  PaperOptions options = Chosen({"1"}, "354M", "ours");
  options.errors = true;
  const std::string latex = PaperText(WithPaper({run}), options);
  EXPECT_THAT(latex, AllOf(HasSubstr("100.00$_{[72.25,\\,100.00]}$"), HasSubstr("50.00$_{\\pm 1.00}$"),
                           HasSubstr("95\\,\\% Wilson intervals"), Not(HasSubstr("\\pm 0.00"))));
}

TEST(PaperText, SaysWhenThereIsNothingToShow) {
  EXPECT_THAT(MessageOf([] { PaperText(WithPaper({}), Chosen({"3"}, "", "ours")); }),
              HasSubstr("--only published"));
  EXPECT_THAT(MessageOf([] { Chosen({"6"}, "", ""); }),
              AllOf(HasSubstr("--table is \"6\""), HasSubstr("4A")));
  EXPECT_THAT(MessageOf([] { Chosen({"4a"}, "1B", ""); }), AllOf(HasSubstr("--scale"), HasSubstr("720M")));
}

TEST(PaperTextInLatex, Compiles) {
  if (!WhatLatexLacks().empty()) {
    GTEST_SKIP() << WhatLatexLacks();  // PaperInLatex fails where it is required
  }
  MeasuredRun other = WholeRun("[new] 50% a_b & \\c", "Base", 45);
  other.rows.clear();
  const Reproduction reproduction =
      WithPaper({WholeRun("#1", "Base", 50), WholeRun("λ", "VersatileFFN", 60), other});
  for (const char* options : {"", "twocolumn"}) {
    for (const bool errors : {false, true}) {
      PaperOptions chosen = Chosen({}, "", "both");
      chosen.errors = errors;
      const SetDocument document = SetLatex("paper-tables" + std::string(options) + (errors ? "-errors" : ""),
                                            options, PaperText(reproduction, chosen));
      ASSERT_EQ(document.fault, "");
      EXPECT_EQ(document.overfull, 0);
      for (const char* text : {"HSwag", "[new]", "Base (#1)", "60.00", "52.33", "VersatileFFN (λ)",
                               "differs from the published"}) {
        EXPECT_THAT(document.text, HasSubstr(text));
      }
    }
  }
}

}  // namespace
}  // namespace vffn
