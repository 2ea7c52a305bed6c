#include <filesystem>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/printed_tables.h"
#include "apps/options/shared_options.h"
#include "base/error.h"
#include "eval/profiles.h"
#include "eval/rescore.h"
#include "reports/calibration/calibration_figures.h"
#include "reports/calibration/calibration_table.h"
#include "reports/figures/figure_files.h"
#include "reports/tables/score_table.h"
#include "reports/tables/table_data.h"
#include "reports/tables/table_files.h"
#include "runs/scores/recorded_run.h"

namespace vffn {
namespace {

struct RescoreOptions {
  std::string run, profile, binning = "width", folder;
  std::string format = "console";
  bool markdown = false;
  CalibrationOptions calibration;
};

/// Tables and reliability diagrams.
void WriteCalibration(const Results& results, const RunSources& sources, const std::string& folder) {
  const std::vector<Table> tables = NamedTables(sources.folder(), sources.ledger->header,
                                                {CalibrationTable(results), CalibrationBinTable(results)});
  const Table &table = tables[0], &bins = tables[1];
  VFFN_CHECK(!table.rows().empty(), sources.ledger->origin,
             ": no task has a calibration: it takes an accuracy over two choices or more");
  const auto text = [&](const Table& one) { return [&](TableFormat format) { return ToText(one, format); }; };
  WriteTableFiles(folder, table.name, text(table), ToJson(table));
  WriteTableFiles(folder, bins.name, text(bins), ToJson(bins));
  const std::string name = std::filesystem::canonical(sources.folder().path()).filename().string();
  WriteFigures(ReliabilityFigures(results, name), folder);
}

void RunRescore(const RescoreOptions& options) {
  const RunSources sources = ReadRunSources(FindRun(options.run, RunContent::kScores));
  VFFN_CHECK(
      sources.ledger, options.run,
      ": there is no ledger.jsonl of the run; samples and results do not have the log-probabilities that "
      "another profile needs");
  for (const std::string& note : sources.notes) {
    std::cerr << note << '\n';
  }
  CalibrationOptions calibration = options.calibration;
  Parse(options.binning, "--binning", calibration.binning);
  const Profile& profile =
      options.profile.empty() ? ProfileOfRun(*sources.ledger, sources.results) : FindProfile(options.profile);
  const Results results = Rescore(*sources.ledger, profile, calibration);
  std::vector<Table> tables = {ScoreTable(results), MetricTable(results)};
  if (Table calibrations = CalibrationTable(results); !calibrations.rows().empty()) {
    tables.push_back(std::move(calibrations));
  }
  std::cout << TablesText(NamedTables(sources.folder(), sources.ledger->header, std::move(tables)),
                          options.markdown ? "markdown" : options.format);
  if (!options.folder.empty()) {
    WriteCalibration(results, sources, options.folder);
  }
}

}  // namespace

void AddRescoreCommand(Command& program) {
  auto options = std::make_shared<RescoreOptions>();
  Command& command = program.AddCommand(
      "rescore", "Compute scores under another profile from a ledger, without running the model.");
  command
      .Add("run", &options->run, "Folder of a run of 'vffn eval', or its ledger.jsonl or another file in it.")
      .Required();
  command
      .Add("--profile NAME", &options->profile,
           "Evaluation protocol: olmo or olmo-in-loop-0.9 for a ledger of either (if both put the same "
           "special "
           "tokens before the contexts), lm-eval or olmes for a ledger of that profile.")
      .Default("that of the run");
  AddFormatOption(options->format, command);
  command.Add("--markdown", &options->markdown, "As --format markdown.");
  command.BeginGroup("Calibration");
  command
      .Add("--calibration DIR", &options->folder,
           "Folder for the table of calibration errors, the bins behind it, and reliability diagrams.")
      .Default("the table is printed");
  command.Add("--bins N", &options->calibration.bins, "Bins of the expected calibration error.").Positive();
  command
      .Add("--binning NAME", &options->binning,
           "Bins of equal width, or of equal mass (as many questions in each).")
      .OneOf({"width", "mass"});
  command
      .Add("--replicates N", &options->calibration.replicates,
           "Replicates of the bootstrap over questions and of the test; 0 gives neither.")
      .NotNegative();
  command.Add("--seed N", &options->calibration.seed, "Random seed of both.");
  command.AddExample("vffn rescore output/base --profile olmo-in-loop-0.9");
  command.AddExample("vffn rescore output/base/ledger.jsonl --calibration output/calibration");
  command.OnRun([options] { RunRescore(*options); });
}

}  // namespace vffn
