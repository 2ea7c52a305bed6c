#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <span>

#include "apps/commands.h"
#include "apps/interrupt.h"
#include "apps/version.h"
#include "base/error.h"
#include "reports/reproduction/finished_run.h"
#include "reports/reproduction/question_source.h"
#include "reports/reproduction/report_figures.h"
#include "reports/reproduction/report_files.h"
#include "reports/reproduction/training_log.h"
#include "runs/manifest_runs.h"

namespace vffn {
namespace {

struct ReproduceOptions {
  std::string manifest;
  ManifestOptions runs{.output = "output/reproduction"};
};

/// Both in the order of the manifest's checkpoints.
struct ReproducedRuns {
  std::vector<FinishedRun> finished;
  std::vector<std::unique_ptr<Evaluation>> evaluations;
};

/// A wrong name of a row is an error before hours of scoring.
void CheckRows(const Manifest& manifest) {
  for (const ManifestEntry& entry : manifest.checkpoints) {
    if (entry.row) {
      ParsePaperRows(*entry.row, entry.where + ": row");
    }
  }
}

ReproducedRuns RunAll(const Manifest& manifest, const ManifestOptions& options, const std::stop_token& stop) {
  ManifestRuns runs = RunManifest(manifest, options, stop);
  ReproducedRuns reproduced{.evaluations = std::move(runs.evaluations)};
  for (const RecordedRun& run : runs.finished) {
    reproduced.finished.push_back(MakeFinishedRun(run));
  }
  return reproduced;
}

size_t IndexOf(const Manifest& manifest, const std::string& name) {
  return static_cast<size_t>(std::ranges::find(manifest.checkpoints, name, &ManifestEntry::name) -
                             manifest.checkpoints.begin());
}

/// The questions of those checkpoints.
QuestionPage QuestionsOf(const Manifest& manifest, const ReproducedRuns& runs,
                         std::span<const size_t> checkpoints) {
  std::vector<LedgerContents> ledgers;
  ledgers.reserve(checkpoints.size());
  std::vector<QuestionSource> sources;
  for (const size_t index : checkpoints) {
    const Evaluation& evaluation = *runs.evaluations[index];
    ledgers.push_back(ReadLedger(evaluation.folder().ledger()));
    sources.push_back({.name = runs.finished[index].measured.Label(),
                       .plan = &evaluation.plan,
                       .ledger = &ledgers.back(),
                       .tokenizer = evaluation.tokenizer.get(),
                       .trace = runs.finished[index].trace.get()});
  }
  return MakeQuestionPage(sources, manifest.page_questions);
}

std::vector<TracePart> TracePartsOf(const Manifest& manifest, const ReproducedRuns& runs) {
  std::vector<std::optional<size_t>> controlled;
  for (const ManifestEntry& entry : manifest.checkpoints) {
    controlled.push_back(entry.control_of.empty() ? std::nullopt
                                                  : std::optional(IndexOf(manifest, entry.control_of)));
  }
  return TraceParts(runs.finished, controlled);
}

/// The page; and, where two models share it, a page for each with all of its own questions.
void WritePages(const Manifest& manifest, const ManifestOptions& options, const ReproducedRuns& runs,
                const Reproduction& reproduction, const PairedRuns& paired) {
  std::vector<size_t> shown;
  for (const std::string& name : manifest.page_models) {
    shown.push_back(IndexOf(manifest, name));
  }
  const std::string subtitle = "profile " + manifest.profile + ", vffn " + ProgramVersion();
  ReportParts parts{.title = manifest.title,
                    .subtitle = subtitle,
                    .paired = PairedTables(paired),
                    .traces = TracePartsOf(manifest, runs),
                    .questions = QuestionsOf(manifest, runs, shown)};
  if (auto figure = AccuracyAgainstFlops(reproduction)) {
    parts.figures.push_back(*std::move(figure));
  }
  if (!manifest.training_log.empty()) {
    parts.figures.push_back(
        TrainingCurves(ReadTrainingLog(manifest.training_log), manifest.training_log.filename().string()));
  }
  WriteReportPage(reproduction, std::move(parts), options.output);
  for (const size_t index : shown.size() > 1 ? shown : std::vector<size_t>()) {
    const ManifestEntry& entry = manifest.checkpoints[index];
    const Reproduction alone = Reproduce({runs.finished[index].measured}, PublishedNumbers(), {});
    WriteReportPage(
        alone,
        {.title = entry.name, .subtitle = subtitle, .questions = QuestionsOf(manifest, runs, {&index, 1})},
        RunFolderOf(options, entry).path());
  }
}

void RunReproduce(const ReproduceOptions& options) {
  const std::stop_token stop = StopOnInterrupt();
  const Manifest manifest = ParseManifest(ReadJsonFile(options.manifest), options.manifest);
  FindProfile(manifest.profile);
  if (!manifest.training_log.empty()) {
    ReadTrainingLog(manifest.training_log);  // what is wrong with it is said before hours of scoring
  }
  CheckRows(manifest);
  const ReproducedRuns runs = RunAll(manifest, options.runs, stop);
  std::vector<MeasuredRun> measured;
  for (const FinishedRun& run : runs.finished) {
    measured.push_back(run.measured);
  }
  const Reproduction reproduction = Reproduce(std::move(measured), PublishedNumbers(), {});
  std::cout << '\n';
  for (const TitledTable& titled : ReproductionTables(reproduction)) {
    if (!titled.of_paper) {
      std::cout << titled.title << '\n' << titled.table.ToConsole() << '\n';
    }
  }
  const PairedRuns paired = CompareRuns(reproduction.runs, DataFolder(manifest, options.runs));
  for (const TitledTable& titled : PairedTables(paired)) {
    std::cout << titled.title << '\n' << titled.table.ToConsole() << '\n';
  }
  WriteTables(reproduction, options.runs.output);
  WritePaired(paired, options.runs.output);
  WritePages(manifest, options.runs, runs, reproduction, paired);
}

}  // namespace

void AddReproduceCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ReproduceOptions>();
  options->runs.program = {ProgramVersion(), GitHash()};
  CLI::App* command =
      app.add_subcommand("reproduce", "From a manifest of checkpoints to scores, tables, figures and a page");
  command->add_option("manifest", options->manifest, "JSON: checkpoints, tasks, settings (docs/reports.md)")
      ->required();
  command->add_option("--output", options->runs.output, "Folder for everything")->capture_default_str();
  command->add_option("--data", options->runs.data, "Folder of the data sets, instead of the manifest's");
  command
      ->add_option("--limit", options->runs.limit,
                   "First docs of each task, for every checkpoint, instead of the manifest's")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--resume", options->runs.resume,
                    "Go on with what is in --output: finished runs are not run again");
  command->callback([options, &exit_code] {
    try {
      RunReproduce(*options);
    } catch (const Interrupted& interrupted) {
      std::cerr << "vffn: " << interrupted.what() << '\n';
      exit_code = 130;
    }
  });
}

}  // namespace vffn
