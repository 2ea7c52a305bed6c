#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/page_options.h"
#include "apps/options/shared_options.h"
#include "apps/version.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "base/valid_utf8.h"
#include "reports/paper/reproduction_paper.h"
#include "reports/reproduction/reproduction_tables.h"
#include "reports/reproduction/run_report.h"
#include "reports/training/training_report.h"

namespace vffn {
namespace {

struct ReportOptions {
  std::vector<std::string> results, training, tables;
  std::string published, training_log, output, scale, only, style = "plain", format = "console";
  bool errors = false;
  double width = kArticleWidth;
  double alpha = 0.05, margin = 1, loss_margin = 0.01;
  PageFlags page;
};

std::vector<PublishedNumber> ReadPublished(const std::string& path) {
  return path.empty() ? PublishedNumbers() : ParsePublishedNumbers(ReadFileBytes(path), path);
}

/// What was left out cannot be said among the lines or values of machine formats.
void SayLeftOut(const Reproduction& reproduction, const ReportSelection& selection) {
  const std::string note = LeftOutNote(reproduction, selection);
  std::cerr << (note.empty() ? "" : "report: " + note + "\n");
}

/// Results and the table of training runs as text, or both as JSON.
void Print(const Reproduction* reproduction, const ReportSelection& selection,
           std::span<const TrainingRun> training, const std::string& format) {
  if (reproduction != nullptr && (format == "json" || format == "csv")) {
    SayLeftOut(*reproduction, selection);
  }
  if (format == "json") {
    OrderedJson json =
        reproduction != nullptr ? ReproductionJson(*reproduction, selection) : OrderedJson::object();
    if (!training.empty()) {
      json["training"] = TrainingJson(training);
    }
    std::cout << DumpJson(json, 2) << '\n';
    return;
  }
  const TableFormat table_format = ParseTableFormat(format);
  std::cout << (reproduction != nullptr ? ReproductionText(*reproduction, table_format, selection) : "")
            << (reproduction != nullptr && !training.empty() ? "\n" : "")
            << (training.empty() ? "" : TrainingText(training, table_format));
}

/// The files and the page have every table and row unless some are chosen; standard output has the runs and
/// what they are compared with.
ReportSelection SelectionOfFiles(const ReportOptions& options, ReportSelection selection) {
  selection.rows = options.only.empty() ? ShownRows::kBoth : selection.rows;
  return selection;
}

void WritePaperTables(const std::string& text, const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "paper.tex";
  WriteFileAtomically(path, text);
  std::cout << "wrote " << path.string() << '\n';
}

void ReportResults(const ReportOptions& options, std::span<const TrainingRun> training) {
  RunReportOptions page = PageOptionsOf(options.page);
  page.published = ReadPublished(options.published);
  const ReportSelection selection =
      MakeReportSelection(options.tables, options.scale, options.only, page.published);
  page.selection = SelectionOfFiles(options, selection);
  page.rule = {.alpha = options.alpha, .margin = options.margin / 100, .loss_margin = options.loss_margin};
  page.training_log = options.training_log;
  page.training = training;
  const RunReport report =
      MakeRunReport(ReadReportRuns({options.results.begin(), options.results.end()}), page);
  std::string paper;
  if (options.style == "paper") {
    paper = PaperText(report.reproduction,
                      {.selection = selection, .errors = options.errors, .text_width = options.width});
    std::cout << paper;
    SayLeftOut(report.reproduction, selection);
  } else {
    Print(&report.reproduction, selection, training, options.format);
  }
  if (!options.output.empty()) {
    WriteRunReport(report, page, options.output);
    if (!paper.empty()) {
      WritePaperTables(paper, options.output);
    }
  }
}

void RunReportCommand(const ReportOptions& options) {
  CheckIsFolder(options.output, "for the tables alone write vffn report ... > " + options.output);
  const bool published_alone = options.only == "published";
  VFFN_CHECK(!options.results.empty() || !options.training.empty() || published_alone,
             "report: there is nothing to report: give results of vffn eval, or runs of vffn train with "
             "--training");
  VFFN_CHECK(options.style != "paper" || options.format == "console" || options.format == "latex",
             "--style paper is LaTeX, but --format is ", options.format);
  VFFN_CHECK(options.style == "paper" || !options.errors, "--errors: give --style paper, too");
  const std::vector<std::filesystem::path> folders(options.training.begin(), options.training.end());
  const std::vector<TrainingRun> training = ReadTrainingRuns(folders);
  if (!options.output.empty() && !training.empty()) {
    WriteTrainingTables(training, options.output);
  }
  if (!options.results.empty() || published_alone) {
    ReportResults(options, training);
    return;
  }
  Print(nullptr, {}, training, options.format);
  if (!options.output.empty()) {
    WriteTrainingPage(training, "vffn " + ProgramVersion(), options.output);
  }
}

}  // namespace

void AddReportCommand(Command& program) {
  auto options = std::make_shared<ReportOptions>();
  Command& command = program.AddCommand(
      "report",
      "Compare finished runs with the paper's Tables 1 to 5 (published number, measured number, difference, "
      "verdict), and show how models were trained.");
  command.BeginGroup("Input");
  command.Add(
      "results", &options->results,
      "Output folders of 'vffn eval' and 'vffn loss', files in them, or a folder with several of them. A "
      "file run.json in a folder may name the run and its row; a folder 'trace' is its trace, and "
      "losses.jsonl its loss.");
  command
      .Add("--training DIR", &options->training,
           "Folders of 'vffn train': curves, loops and expert loads of one run or of several runs together. "
           "Runs whose names differ only in an ending such as -seed2 have the same colour.")
      .Default("none");
  command
      .Add("--published FILE", &options->published,
           "CSV file of published numbers with the columns table, scale, row, column and value.")
      .Default("the paper's numbers");
  command.BeginGroup("Tables");
  command
      .Add("--table NAME", &options->tables,
           "Tables of the paper: 1, 2, 3, 4A, 4B, 5, figure-3a or figure-3b. Models that are no row of the "
           "paper are shown with Tables 1 and 2.")
      .SeparatedByCommas()
      .Default("all");
  command.Add("--scale NAME", &options->scale, "Rows of this scale of the paper: 354M or 720M.")
      .Default("all");
  command
      .Add(
          "--only ROWS", &options->only,
          "ours: the runs alone; published: the paper's numbers alone; both: every row of the paper, and the "
          "runs.")
      .OneOf({"ours", "published", "both"})
      .Default("the runs and the published rows that they are compared with");
  command
      .Add("--style NAME", &options->style,
           "paper: whole LaTeX tables for a paper (booktabs) with captions, labels and short names.")
      .OneOf({"plain", "paper"});
  command.Add("--errors", &options->errors, "With --style paper: standard errors beside the numbers.");
  command
      .Add("--width POINTS", &options->width,
           "With --style paper: width of the text of the paper's page in points (LaTeX's \\textwidth), for "
           "which "
           "the type size of wide tables is chosen.")
      .Between(100.0, 2000.0);
  command.BeginGroup("Verdicts");
  command
      .Add("--alpha P", &options->alpha,
           "Probability of a wrong verdict 'differs' in a table. Intervals have confidence 1 - alpha.")
      .Between(1e-6, 0.5);
  command
      .Add("--margin POINTS", &options->margin,
           "Differences in accuracy up to this many percentage points count as the same.")
      .NotNegative();
  command
      .Add("--loss_margin NATS", &options->loss_margin,
           "Differences in loss up to this many nats a token count as the same.")
      .NotNegative();
  command.BeginGroup("Output");
  AddFormatOption(options->format, command);
  Option& output = command
                       .Add("--output,--output_path DIR", &options->output,
                            "Write the tables in every format, the figures and an HTML page to this folder.")
                       .Default("not written");
  command
      .Add("--training_log FILE", &options->training_log,
           "CSV file with the columns configuration, tokens, loss and accuracy: draws Figure 3.")
      .Needs(output)
      .Default("no Figure 3");
  AddPageOptions(options->page, command);
  command.AddExample("vffn report output/4-loop output/versatile --output report");
  command.AddExample("vffn report output/versatile --table 1 --scale 354M --style paper");
  command.AddExample("vffn report --training runs/base runs/versatile --output report");
  command.OnRun([options] { RunReportCommand(*options); });
}

}  // namespace vffn
