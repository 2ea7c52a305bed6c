#include "reports/reproduction/reproduction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"
#include "reports/reproduction/reproduction_tables.h"
#include "tasks/task.h"
#include "tests/reports/reproduction/reproduction_samples.h"

namespace vffn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const ReproductionCell& CellOf(const Reproduction& reproduction, const std::string& table,
                               const std::string& row, const std::string& column, size_t run = 0) {
  for (const ReproductionCell& cell : reproduction.cells) {
    if (cell.row == PaperRow{table, "354M", row} && cell.column == column && cell.run == run) {
      return cell;
    }
  }
  static const ReproductionCell none;
  ADD_FAILURE() << "no cell " << table << " " << row << " " << column;
  return none;
}

Reproduction WithPaper(std::vector<MeasuredRun> runs) {
  return Reproduce(std::move(runs), PublishedNumbers(), {});
}

TEST(PaperRows, FollowFromTheArchitecture) {
  EXPECT_THAT(RowsOf(PaperConfig("354M", "4-Loop")),
              ElementsAre(PaperRow{"1", "354M", "4-Loop"}, PaperRow{"2", "354M", "4-Loop"}));
  EXPECT_THAT(RowsOf(PaperConfig("354M", "VersatileFFN")), Contains(PaperRow{"4B", "354M", "8-2"}));
  ModelConfig other = PaperConfig("354M", "VersatileFFN");
  other.ffn.gate = Reading::kPaper;  // a reading, not another model
  EXPECT_EQ(RowsOf(other), RowsOf(PaperConfig("354M", "VersatileFFN")));
  other.ffn.probes.loops = 2;
  EXPECT_THAT(RowsOf(other), IsEmpty());
  other.ffn.probes = {};
  other.ffn.max_loops = 6;
  EXPECT_THAT(RowsOf(other), ElementsAre(PaperRow{"4A", "354M", "6-loops"}));
  other.ffn_hidden_size = 1536;
  EXPECT_THAT(RowsOf(other), IsEmpty());
}

TEST(PaperRows, AreNamed) {
  EXPECT_EQ(ParsePaperRows("354M/Base", "row"), RowsOf(PaperConfig("354M", "Base")));
  EXPECT_THAT(ParsePaperRows("5:354M/4-Loop", "row"), ElementsAre(PaperRow{"5", "354M", "4-Loop"}));
  EXPECT_THAT(ParsePaperRows("none", "row"), IsEmpty());
  for (const char* name : {"", "Base", "354M/Bass", "3:720M/width", "6:354M/Base"}) {
    try {
      ParsePaperRows(name, "m.json, entry 2, row");
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::AllOf(testing::StartsWith("m.json, entry 2, row"),
                                               HasSubstr("720M/VersatileFFN")));
    }
  }
}

TEST(Reproduction, JudgesTasks) {
  MeasuredRun run = MakeRun("base", PaperConfig("354M", "Base"));
  run.tasks = {MakeTask("piqa", 1838, 1197.0 / 1838, 0.0111),  // 65.13, as printed
               MakeTask("hellaswag", 10042, 0.43, 0.0049),     // printed 37.73
               MakeTask("arc_challenge", 299, 0.32, 0.027),    // printed 29.77
               MakeTask("sciq", 100, 0.80, 0.04)};
  const Reproduction all = WithPaper({run});
  EXPECT_EQ(CellOf(all, "1", "Base", "piqa").verdict, Verdict::kSame);
  EXPECT_EQ(CellOf(all, "1", "Base", "hellaswag").verdict, Verdict::kDiffers);
  EXPECT_EQ(CellOf(all, "1", "Base", "arc_challenge").verdict, Verdict::kCannotTell);
  EXPECT_EQ(CellOf(all, "1", "Base", "sciq").questions, 100);
  EXPECT_NEAR(*CellOf(all, "1", "Base", "arc_challenge").delta, 0.0223, 1e-9);
  EXPECT_NEAR(*CellOf(all, "1", "Base", "hellaswag").adjusted_p,
              4 * CellOf(all, "1", "Base", "hellaswag").difference->p, 1e-12);
  const ReproductionCell& missing = CellOf(all, "1", "Base", "winogrande");
  EXPECT_FALSE(missing.ours || missing.delta || missing.difference);
  EXPECT_EQ(missing.verdict, Verdict::kNone);
  EXPECT_THAT(CellOf(all, "1", "Base", "average").notes, Contains(HasSubstr("4 of the 8 tasks")));
  EXPECT_FALSE(CellOf(all, "1", "Base", "loss").ours);
}

TEST(Reproduction, JudgesAveragesOfEightTasks) {
  MeasuredRun run = MakeRun("v", PaperConfig("354M", "VersatileFFN"));
  for (const Task& task : Tasks()) {
    run.tasks.push_back(MakeTask(std::string(task.facts.name), task.facts.doc_count, 0.5, 0.01));
  }
  const Reproduction all = WithPaper({run});
  const ReproductionCell& average = CellOf(all, "1", "VersatileFFN", "average");
  EXPECT_EQ(*average.ours, 0.5);
  EXPECT_EQ(average.questions, 16737);
  EXPECT_NEAR(*average.standard_error, 0.01 / std::sqrt(8), 1e-11);
  EXPECT_NEAR(average.difference->interval.high - average.difference->value,
              1.959964 * std::hypot(0.0059, 0.01 / std::sqrt(8)), 1e-4);  // 0.0059: the paper's
  EXPECT_EQ(average.verdict, Verdict::kDiffers);
  EXPECT_EQ(CellOf(all, "4A", "4-loops", "average").verdict, Verdict::kDiffers);
  EXPECT_EQ(CellOf(all, "3", "width+depth+gating", "average").published, "52.33");
}

/// A run that equals the paper's VersatileFFN in every task of `tasks`.
MeasuredRun RunOfAll(std::span<const Task> tasks) {
  MeasuredRun run = MakeRun("v", PaperConfig("354M", "VersatileFFN"));
  for (const Task& task : tasks) {
    const auto printed =
        FindPublished("1", "354M", "VersatileFFN", task.facts.name).value_or("50.00");  // of the ninth
    run.tasks.push_back(MakeTask(std::string(task.facts.name), task.facts.doc_count,
                                 std::round(std::stod(printed) / 100 * task.facts.doc_count) /
                                     static_cast<double>(task.facts.doc_count),
                                 0.01));
  }
  return run;
}

std::vector<Verdict> VerdictsOf(const Reproduction& reproduction) {
  std::vector<Verdict> verdicts;
  for (const ReproductionCell& cell : reproduction.cells) {
    verdicts.push_back(cell.verdict);
  }
  return verdicts;
}

// The paper's tasks are the columns of its table, whatever else vffn knows or a run was scored on.
TEST(Reproduction, StaysWithThePapersTasksWhenThereAreMore) {
  const std::vector<Task> nine = NineTasks();
  const Reproduction eight = WithPaper({RunOfAll(Tasks())});
  const ReproductionCell& average = CellOf(eight, "1", "VersatileFFN", "average");
  ASSERT_EQ(average.verdict, Verdict::kSame);
  ASSERT_TRUE(average.ours && average.difference);
  for (const std::span<const Task> scored : {Tasks(), std::span<const Task>(nine)}) {
    for (const std::span<const Task> known : {Tasks(), std::span<const Task>(nine)}) {
      const Reproduction more = Reproduce({RunOfAll(scored)}, PublishedNumbers(), {}, known);
      EXPECT_EQ(VerdictsOf(more), VerdictsOf(eight));
      const ReproductionCell& same = CellOf(more, "1", "VersatileFFN", "average");
      EXPECT_EQ(same.ours, average.ours);
      EXPECT_EQ(same.questions, average.questions);
      EXPECT_EQ(same.difference->interval.low, average.difference->interval.low);
      EXPECT_EQ(CellOf(more, "4B", "8-2", "average").verdict, Verdict::kSame);
    }
  }
}

TEST(Reproduction, FollowsThePublishedTablesTasks) {
  const auto published = ParsePublishedNumbers(
      "table,scale,row,column,value\n1,354M,Base,piqa,65.13\n1,354M,Base,ninth,50.00\n"
      "1,354M,Base,average,57.56\n",
      "p.csv");
  MeasuredRun run = MakeRun("base", PaperConfig("354M", "Base"));
  run.tasks = {MakeTask("piqa", 1838, 1197.0 / 1838, 0.0111), MakeTask("ninth", 100, 0.5, 0.05)};
  const std::vector<Task> nine = NineTasks();
  const Reproduction known = Reproduce({run}, published, {}, nine);
  EXPECT_THAT(known.tasks, ElementsAre("piqa", "ninth"));
  EXPECT_EQ(CellOf(known, "1", "Base", "average").verdict, Verdict::kSame);
  EXPECT_EQ(CellOf(known, "1", "Base", "average").questions, 1938);
  EXPECT_THAT(CellOf(Reproduce({run}, published, {}), "1", "Base", "average").notes,
              ElementsAre(HasSubstr("1 of the 2 tasks")));
}

TEST(Reproduction, DoesNotCompareWhatIsNotComparable) {
  MeasuredRun run = MakeRun("base", PaperConfig("354M", "Base"));
  run.tasks = {MakeTask("piqa", 1838, 0.65, 0.01)};
  const auto expect = [](const MeasuredRun& changed, const std::string& note) {
    const ReproductionCell cell = CellOf(WithPaper({changed}), "1", "Base", "piqa");
    EXPECT_EQ(cell.verdict, Verdict::kNone) << note;
    EXPECT_TRUE(cell.ours && cell.delta && !cell.difference) << note;
    EXPECT_THAT(cell.notes, ElementsAre(HasSubstr(note)));
  };
  MeasuredRun changed = run;
  changed.profile = "lm-eval";
  expect(changed, "lm-eval");
  changed.profile = "olmes";
  changed.tasks[0].task = "piqa: best of both";
  changed.tasks[0].better_form_of = "piqa";
  expect(changed, "profile olmes: another protocol than the paper's");
  changed = run;
  changed.tasks[0].split = "test";
  expect(changed, "split test");
  changed = run;
  changed.tasks[0].missing = 3;
  expect(changed, "INCOMPLETE");
  changed = run;
  changed.untrained = changed.rows_named = true;
  expect(changed, "UNTRAINED");
}

TEST(Reproduction, NeverPutsAnUntrainedModelInARowByItself) {
  MeasuredRun run = MakeRun("random", PaperConfig("354M", "VersatileFFN"));
  run.untrained = true;
  run.tasks = {MakeTask("arc_challenge", 299, 0.25, 0.025)};
  const Reproduction all = WithPaper({run});
  EXPECT_THAT(OtherRuns(all), ElementsAre(0));
  EXPECT_THAT(ReproductionText(all, TableFormat::kConsole), HasSubstr("random [UNTRAINED]"));
  EXPECT_THAT(ReproductionText(all, TableFormat::kMarkdown), HasSubstr("random \\[UNTRAINED\\]"));
  EXPECT_THAT(ReproductionText(all, TableFormat::kLatex), HasSubstr("random [UNTRAINED]"));
  EXPECT_THAT(
      ReproductionText(all, TableFormat::kCsv),
      HasSubstr(
          "other,,random,arc_challenge,arc_challenge,fraction,random,true,olmo,float32,len_norm,,,0.25"));
}

TEST(Reproduction, FlagsAnImpossibleNumberWithoutAnyRun) {
  const Reproduction all = WithPaper({});
  int flagged = 0;
  for (const ReproductionCell& cell : all.cells) {
    flagged += static_cast<int>(cell.notes.size());
    EXPECT_EQ(cell.impossible, !cell.notes.empty());
    if (!cell.notes.empty()) {
      EXPECT_EQ(*cell.published, "67.16");
      EXPECT_THAT(cell.notes[0], HasSubstr("1838 questions: 67.14 and 67.19 are the nearest"));
    }
  }
  EXPECT_EQ(flagged, 1);
  EXPECT_THAT(ReproductionText(all, TableFormat::kConsole), HasSubstr("67.16 #"));
}

TEST(Reproduction, HoldsParametersAndFlopsAgainstTable2) {
  MeasuredRun base = MakeRun("b", PaperConfig("354M", "Base"));
  MeasuredRun loop = MakeRun("l", PaperConfig("354M", "4-Loop"));
  MeasuredRun loops = MakeRun("ll", PaperConfig("354M", "6-Loop"));
  MeasuredRun versatile = MakeRun("v", PaperConfig("354M", "VersatileFFN"));
  versatile.traced = {.mean_loops = 3.1,
                      .share_below_max = 0.7,
                      .flops = 1240e6,
                      .standard_error = 5e6,
                      .tasks = "arc_challenge",
                      .docs = 299};
  MeasuredRun few = versatile;
  few.traced->flops = 1280e6;
  MeasuredRun many = few;
  few.traced->docs = 2;
  const Reproduction all = WithPaper({base, loop, versatile, loops, few, many});
  EXPECT_EQ(CellOf(all, "2", "Base", "parameters_millions").verdict, Verdict::kSame);
  EXPECT_EQ(CellOf(all, "2", "Base", "ffn_mflops").verdict, Verdict::kSame);
  // 4 * 377.487360 is 1509.95; the paper printed 4 * 377.49. Its 2264.96 is neither, 6 * 377.49 is 2264.94.
  EXPECT_EQ(CellOf(all, "2", "4-Loop", "ffn_mflops", 1).verdict, Verdict::kSame);
  EXPECT_THAT(CellOf(all, "2", "4-Loop", "ffn_mflops", 1).notes, ElementsAre(HasSubstr("rounded Base")));
  EXPECT_EQ(CellOf(all, "2", "6-Loop", "ffn_mflops", 3).verdict, Verdict::kDiffers);
  EXPECT_EQ(CellOf(all, "2", "VersatileFFN", "ffn_mflops", 2).verdict, Verdict::kCannotTell);
  EXPECT_NEAR(CellOf(all, "2", "VersatileFFN", "ffn_mflops", 2).difference->interval.high, 3.92 + 9.84, 0.01);
  // 9 standard errors above what was printed, of 2 docs and of 299.
  EXPECT_EQ(CellOf(all, "2", "VersatileFFN", "ffn_mflops", 4).verdict, Verdict::kCannotTell);
  EXPECT_EQ(CellOf(all, "2", "VersatileFFN", "ffn_mflops", 5).verdict, Verdict::kDiffers);
  EXPECT_FALSE(CellOf(all, "2", "VersatileFFN", "ffn_mflops_executed", 2).ours);
}

TEST(Reproduction, HasNoNanAnywhere) {
  MeasuredRun run = MakeRun("base", PaperConfig("354M", "Base"));
  run.tasks = {MakeTask("piqa", 1, 1, 0)};
  run.tasks[0].score.standard_error.reset();
  const Reproduction all = WithPaper({run});
  for (const std::string& text : {ReproductionText(all, TableFormat::kConsole),
                                  ReproductionText(all, TableFormat::kCsv), ReproductionJson(all).dump()}) {
    EXPECT_THAT(text, Not(HasSubstr("nan")));
    EXPECT_THAT(text, Not(HasSubstr("inf")));
  }
}

/// A table of one row, small enough to be read.
Reproduction Small() {
  const auto published = ParsePublishedNumbers(
      "table,scale,row,column,value\n1,354M,Base,loss,2.779\n1,354M,Base,piqa,65.13\n1,354M,Base,sciq,78."
      "60\n",
      "p.csv");
  MeasuredRun run = MakeRun("a & b", PaperConfig("354M", "Base"));
  run.tasks = {MakeTask("piqa", 100, 0.69, 0.0465)};
  return Reproduce({run}, published, {});
}

TEST(ReproductionText, IsATableOfThePapersLayoutAndOneOfWhatWasCompared) {
  EXPECT_THAT(
      ReproductionText(Small(), TableFormat::kConsole),
      testing::StartsWith(
          "Table 1. Zero-shot accuracy\n"
          "scale  method  source      loss     piqa   sciq\n"
          "───────────────────────────────────────────────\n"
          "354M   Base    a & b          -  69.00 ?      -\n"
          "               published  2.779    65.13  78.60\n"
          "\n"
          "Table 1. Zero-shot accuracy: ours against published\n"
          "scale  method  run    column    n  published   ours  ± stderr  difference         interval  "
          "adjusted p  verdict\n"));
  EXPECT_THAT(ReproductionText(Small(), TableFormat::kMarkdown),
              HasSubstr("| 354M  | Base   | a & b     |    \\- | 69.00 ? |    \\- |\n"
                        "|       |        | published | 2.779 |   65.13 | 78.60 |\n"));
  EXPECT_THAT(
      ReproductionText(Small(), TableFormat::kLatex),
      testing::AllOf(HasSubstr("\\toprule\n"), HasSubstr("354M & Base & a \\& b & - & 69.00 ? & - \\\\\n")));
}

TEST(ReproductionCsv, LeavesWhatIsAbsentEmpty) {
  EXPECT_THAT(
      ReproductionText(Small(), TableFormat::kCsv),
      testing::AllOf(
          HasSubstr("\n1,354M,Base,loss,,nats per token,a & b,false,olmo,float32,,2.779,2.779,,,,,,,,,,\n"),
          HasSubstr("\n1,354M,Base,piqa,piqa,fraction,a & "
                    "b,false,olmo,float32,len_norm,0.6513,65.13,0.69,0.0465,100,"),
          HasSubstr(",cannot tell at this n,\n")));
}

TEST(ReproductionJson, LeavesWhatIsAbsentNull) {
  const OrderedJson json = ReproductionJson(Small());
  ASSERT_EQ(json["cells"].size(), 3);
  EXPECT_TRUE(json["cells"][0]["ours"].is_null());
  EXPECT_EQ(json["cells"][1]["verdict"], "cannot tell at this n");
  EXPECT_EQ(json["runs"][0]["tasks"]["piqa"]["docs"], 100);
}

/// A loss of 200 documents of another text.
MeasuredLoss LossOf(double value, double error) {
  return {.file = "run/losses.jsonl",
          .summary = {.documents = 200,
                      .tokens = 40000,
                      .bytes = 160000,
                      .nats_per_token = {.value = value, .standard_error = error},
                      .bits_per_byte = Estimate{.value = 0.95, .standard_error = 0.01}},
          .text = "wiki.jsonl, 200 documents, 160,000 bytes",
          .window = "rolling windows of 2048 tokens",
          .dtype = "float32"};
}

MeasuredRun RunWithLoss(double value, double error, bool paper_text = false) {
  MeasuredRun run = MakeRun("four", PaperConfig("354M", "4-Loop"));
  run.measured_loss = LossOf(value, error);
  run.measured_loss->paper_text = paper_text;
  return run;
}

TEST(MeasuredLosses, AreShownAndNotJudgedOnOtherText) {
  const Reproduction reproduction = WithPaper({RunWithLoss(2.925, 0.05)});
  const ReproductionCell& cell = CellOf(reproduction, "1", "4-Loop", "loss");
  EXPECT_EQ(cell.published, "2.625");
  EXPECT_DOUBLE_EQ(*cell.ours, 2.925);
  EXPECT_DOUBLE_EQ(*cell.standard_error, 0.05);
  EXPECT_EQ(cell.documents, 200);
  EXPECT_NEAR(*cell.delta, 0.3, 1e-12);
  EXPECT_NEAR(cell.difference->interval.low, 0.3 - 1.972 * 0.05, 1e-4);  // Student's t of 199 degrees
  EXPECT_EQ(cell.verdict, Verdict::kIncomparable);
  EXPECT_FALSE(cell.adjusted_p.has_value());
  EXPECT_THAT(cell.notes, ElementsAre(testing::AllOf(HasSubstr("training loss"), HasSubstr("FineWeb-Edu"),
                                                     HasSubstr("wiki.jsonl, 200 documents"),
                                                     HasSubstr("rolling windows of 2048 tokens"))));
}

TEST(MeasuredLosses, AreInEveryFormat) {
  const Reproduction reproduction = WithPaper({RunWithLoss(2.925, 0.05)});
  for (const TableFormat format : {TableFormat::kConsole, TableFormat::kMarkdown}) {
    EXPECT_THAT(ReproductionText(reproduction, format),
                testing::AllOf(HasSubstr("2.925 ~"), HasSubstr("incomparable"), HasSubstr("training loss")));
  }
  EXPECT_THAT(ReproductionText(reproduction, TableFormat::kLatex), HasSubstr("2.925 \\textasciitilde{}"));
  EXPECT_THAT(ReproductionText(reproduction, TableFormat::kCsv),
              HasSubstr("1,354M,4-Loop,loss,,nats per "
                        "token,four,false,olmo,float32,,2.625,2.625,2.925,0.05,200,0.2999999"));
  const OrderedJson json = ReproductionJson(reproduction);
  EXPECT_EQ(json["runs"][0]["measured_loss"]["text"], "wiki.jsonl, 200 documents, 160,000 bytes");
  EXPECT_EQ(json["runs"][0]["measured_loss"]["bits_per_byte"]["value"], 0.95);
  bool found = false;
  for (const auto& cell : json["cells"]) {
    if (cell["table"] == "1" && cell["row"] == "4-Loop" && cell["scale"] == "354M" &&
        cell["column"] == "loss") {
      found = true;
      EXPECT_EQ(cell["verdict"], "incomparable");
      EXPECT_EQ(cell["ours"], 2.925);
      EXPECT_TRUE(cell["p"].is_null());
    }
  }
  EXPECT_TRUE(found);
}

// The text is of the paper's corpus, as the user says: the rules of accuracies hold.
TEST(MeasuredLosses, AreJudgedOnTextOfThePapersCorpus) {
  const auto verdict = [](double value, double error) {
    return CellOf(WithPaper({RunWithLoss(value, error, true)}), "1", "4-Loop", "loss").verdict;
  };
  EXPECT_EQ(verdict(2.625, 0.002), Verdict::kSame);  // within 0.01 nats
  EXPECT_EQ(verdict(2.627, 0.002), Verdict::kSame);
  EXPECT_EQ(verdict(2.64, 0.002), Verdict::kDiffers);  // 7.5 errors
  EXPECT_EQ(verdict(2.64, 0.02), Verdict::kCannotTell);
}

TEST(MeasuredLosses, AreAFamilyOfTheirOwnForHolm) {
  MeasuredRun first = RunWithLoss(2.64, 0.006, true), second = RunWithLoss(2.65, 0.006, true);
  const Reproduction reproduction = WithPaper({first, second});
  const ReproductionCell& a = CellOf(reproduction, "1", "4-Loop", "loss", 0);
  const ReproductionCell& b = CellOf(reproduction, "1", "4-Loop", "loss", 1);
  EXPECT_DOUBLE_EQ(*a.adjusted_p, a.difference->p);      // the larger of two
  EXPECT_DOUBLE_EQ(*b.adjusted_p, 2 * b.difference->p);  // the smaller
}

TEST(MeasuredLosses, OfUntrainedOrUnfinishedRunsAreNotCompared) {
  MeasuredRun untrained = RunWithLoss(2.64, 0.002, true);
  untrained.untrained = untrained.rows_named = true;
  MeasuredRun unfinished = RunWithLoss(2.64, 0.002, true);
  unfinished.measured_loss->unfinished = 3;
  const Reproduction reproduction = WithPaper({untrained, unfinished});
  for (const size_t run : {0, 1}) {
    const ReproductionCell& cell = CellOf(reproduction, "1", "4-Loop", "loss", run);
    EXPECT_TRUE(cell.ours.has_value());
    EXPECT_EQ(cell.verdict, Verdict::kNone);
    EXPECT_THAT(cell.notes, Contains(HasSubstr(run == 0 ? "UNTRAINED" : "INCOMPLETE")));
  }
}

TEST(MeasuredLosses, GiveWayToTheLossOfTrainingThatTheUserGave) {
  MeasuredRun run = RunWithLoss(2.925, 0.05);
  run.loss = 2.63;
  const Reproduction reproduction = WithPaper({run});
  const ReproductionCell& cell = CellOf(reproduction, "1", "4-Loop", "loss");
  EXPECT_DOUBLE_EQ(*cell.ours, 2.63);
  EXPECT_EQ(cell.verdict, Verdict::kNone);
  EXPECT_THAT(cell.notes, ElementsAre(HasSubstr("as it was given")));
}

TEST(MeasuredLosses, OfOtherModelsAreUnderTheirNames) {
  MeasuredRun run = RunWithLoss(3.125, 0.05);
  run.rows.clear();
  run.tasks = {MakeTask("piqa", 100, 0.6, 0.05)};
  const Reproduction reproduction = WithPaper({run});
  EXPECT_THAT(ReproductionText(reproduction, TableFormat::kConsole),
              testing::AllOf(HasSubstr("loss, nats a token"), HasSubstr("3.125 ± 0.050"),
                             HasSubstr("0.950 ± 0.010"), HasSubstr("four, loss: wiki.jsonl")));
  EXPECT_THAT(ReproductionText(reproduction, TableFormat::kCsv),
              HasSubstr("other,,four,bits_per_byte,,bits per byte,four,"));
}

}  // namespace
}  // namespace vffn
