#include <filesystem>
#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "apps/version.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "reports/reproduction/finished_run.h"
#include "reports/reproduction/report_figures.h"
#include "reports/reproduction/report_files.h"
#include "reports/reproduction/reproduction_data.h"
#include "reports/reproduction/reproduction_tables.h"
#include "reports/reproduction/training_log.h"

namespace vffn {
namespace {

struct ReportOptions {
  std::vector<std::string> results;
  std::string published, training_log, data, output, format = "console";
  double alpha = 0.05, margin = 1;
};

std::vector<PublishedNumber> ReadPublished(const std::string& path) {
  return path.empty() ? PublishedNumbers() : ParsePublishedNumbers(ReadFileBytes(path), path);
}

void WriteAll(const Reproduction& reproduction, std::vector<TracePart> traces, const ReportOptions& options) {
  WriteTables(reproduction, options.output);
  const PairedRuns paired =
      CompareRuns(reproduction.runs, options.data.empty() ? std::nullopt : std::optional(options.data));
  WritePaired(paired, options.output);
  ReportParts parts{.title = "Tables 1 to 5",
                    .subtitle = "vffn " + ProgramVersion(),
                    .paired = PairedTables(paired),
                    .traces = std::move(traces)};
  if (auto figure = AccuracyAgainstFlops(reproduction)) {
    parts.figures.push_back(*std::move(figure));
  }
  if (!options.training_log.empty()) {
    parts.figures.push_back(TrainingCurves(ReadTrainingLog(options.training_log), options.training_log));
  }
  WriteReportPage(reproduction, std::move(parts), options.output);
}

void RunReport(const ReportOptions& options) {
  std::vector<FinishedRun> runs;
  std::vector<MeasuredRun> measured;
  for (const std::string& path : options.results) {
    runs.push_back(MakeFinishedRun(ReadRun(path)));
    measured.push_back(runs.back().measured);
  }
  const Reproduction reproduction = Reproduce(std::move(measured), ReadPublished(options.published),
                                              {.alpha = options.alpha, .margin = options.margin / 100});
  if (options.format == "json") {
    std::cout << ReproductionJson(reproduction).dump(2) << '\n';
  } else {
    std::cout << ReproductionText(reproduction, ParseTableFormat(options.format));
  }
  if (!options.output.empty()) {
    const std::vector<std::optional<size_t>> no_controls(runs.size());
    WriteAll(reproduction, TraceParts(runs, no_controls), options);
  }
}

}  // namespace

void AddReportCommand(CLI::App& app) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command =
      app.add_subcommand("report", "The paper's Tables 1 to 5: published, ours, difference, verdict");
  command
      ->add_option(
          "results", options->results,
          "Folders of vffn eval, or results_*.json; run.json beside it may name the run and its row, and a "
          "folder \"trace\" hold its trace")
      ->required();
  command->add_option("--published", options->published,
                      "CSV of published numbers: table, scale, row, column, value (default: the paper's)");
  CLI::Option* output =
      command->add_option("--output", options->output, "Folder for tables in every format, figures and page");
  command
      ->add_option("--training_log", options->training_log,
                   "CSV for Figure 3: configuration, tokens, loss, accuracy")
      ->needs(output);
  command
      ->add_option("--data", options->data,
                   "Folder of the data sets, for clusters of questions where models are compared")
      ->needs(output);
  command->add_option("--format", options->format, "console, markdown, latex, csv or json")
      ->check(CLI::IsMember({"console", "markdown", "latex", "csv", "json"}))
      ->capture_default_str();
  command
      ->add_option("--alpha", options->alpha,
                   "Chance of a wrong \"differs\" in a table; intervals have confidence 1 - alpha")
      ->check(CLI::Range(1e-6, 0.5))
      ->capture_default_str();
  command->add_option("--margin", options->margin, "Differences that do not matter: points of accuracy")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->callback([options] { RunReport(*options); });
}

}  // namespace vffn
