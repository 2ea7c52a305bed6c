#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <span>

#include "apps/commands.h"
#include "apps/interrupt.h"
#include "apps/shard_option.h"
#include "apps/version.h"
#include "base/error.h"
#include "base/file_lock.h"
#include "reports/reproduction/finished_run.h"
#include "reports/reproduction/question_source.h"
#include "reports/reproduction/report_figures.h"
#include "reports/reproduction/report_files.h"
#include "reports/reproduction/study_reader.h"
#include "reports/reproduction/training_log.h"
#include "reports/study/study_files.h"
#include "runs/manifests/manifest_runs.h"
#include "train/run/trained_manifest.h"

namespace vffn {
namespace {

struct ReproduceOptions {
  std::string manifest;
  ManifestOptions runs{.output = "output/reproduction"};
  std::string shard;
  bool finished = false;
};

/// Both in the order of the manifest's checkpoints.
struct ReproducedRuns {
  std::vector<FinishedRun> finished;
  std::vector<std::unique_ptr<Evaluation>> evaluations;
  Study study;
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
  reproduced.study = {.title = manifest.title, .tables = manifest.study};
  for (size_t i = 0; i < runs.finished.size(); ++i) {
    const ManifestEntry& entry = manifest.checkpoints[i];
    reproduced.finished.push_back(MakeFinishedRun(runs.finished[i]));
    if (!manifest.study.empty()) {
      reproduced.study.runs.push_back(
          ReadStudyRun(entry, runs.finished[i], reproduced.finished.back(),
                       entry.training ? std::optional(TrainingFolderOf(options, entry)) : std::nullopt));
    }
  }
  return reproduced;
}

size_t IndexOf(const Manifest& manifest, const std::string& name) {
  return static_cast<size_t>(std::ranges::find(manifest.checkpoints, name, &ManifestEntry::name) -
                             manifest.checkpoints.begin());
}

/// The question browser for these checkpoints.
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
                       .tokenizer = evaluation.tokenizer.tokenizer.get(),
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

/// Writes the page. If two models share it, each also gets a page with all of its own questions.
void WritePages(const Manifest& manifest, const ManifestOptions& options, const ReproducedRuns& runs,
                const Reproduction& reproduction, const PairedRuns& paired) {
  std::vector<size_t> shown;
  for (const std::string& name : manifest.page_models) {
    shown.push_back(IndexOf(manifest, name));
  }
  const std::string subtitle = "profile " + manifest.profile + ", vffn " + ProgramVersion();
  ReportParts parts{.title = manifest.title,
                    .subtitle = subtitle,
                    .study = StudyTables(runs.study),
                    .figures = StudyFigures(runs.study),
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

bool TrainsSomething(const Manifest& manifest) {
  return std::ranges::any_of(manifest.checkpoints,
                             [](const ManifestEntry& entry) { return entry.training.has_value(); });
}

/// Scores this process's part of all checkpoints. Returns the lock of the one process that writes the report,
/// when all parts are there and joined; null in the others.
std::unique_ptr<FileLock> RunPart(const Manifest& manifest, const ReproduceOptions& options,
                                  const std::stop_token& stop) {
  const std::string output = options.runs.output.string();
  const std::string part = "part " + ToString(options.runs.place.shard) + " is done; ";
  if (!RunManifestPart(manifest, options.runs, stop)) {
    std::cout << part
              << "the process that finishes last writes the report. When all have finished without one, "
                 "the same command with --resume joins the parts in "
              << output << " and writes it\n";
    return nullptr;
  }
  auto lock = FileLock::Try(options.runs.output / ".report.lock");
  if (lock == nullptr) {
    std::cout << part << "another process writes the report\n";
  }
  return lock;
}

void RunReproduce(ReproduceOptions options) {
  options.runs.place = PlaceOf(options.shard);
  const std::stop_token stop = StopOnInterrupt();
  Manifest manifest = ParseManifest(ReadJsonFile(options.manifest), options.manifest);
  FindProfile(manifest.profile);
  if (!manifest.training_log.empty()) {
    ReadTrainingLog(manifest.training_log);  // so that its errors come before hours of scoring
  }
  CheckRows(manifest);
  if (options.finished) {
    manifest = PartWithCheckpoints(std::move(manifest), options.runs);
  } else {
    VFFN_CHECK(
        options.runs.place.shard.whole() || !TrainsSomething(manifest), options.manifest,
        ": the manifest trains models, which processes that share the work of an evaluation cannot do: "
        "train first (--shard none), then score with --finished");
    TrainManifest(manifest, options.runs, stop);
  }
  std::unique_ptr<FileLock> report;
  if (!options.runs.place.shard.whole()) {
    report = RunPart(manifest, options, stop);
    if (report == nullptr) {
      return;
    }
    options.runs.place = {};
    options.runs.resume = true;
  }
  const ReproducedRuns runs = RunAll(manifest, options.runs, stop);
  std::vector<MeasuredRun> measured;
  for (const FinishedRun& run : runs.finished) {
    measured.push_back(run.measured);
  }
  const Reproduction reproduction = Reproduce(std::move(measured), PublishedNumbers(), {});
  std::cout << '\n';
  for (const Table& table : StudyTables(runs.study)) {
    std::cout << ToText(table, TableFormat::kConsole) << '\n';
  }
  for (const Table& table : RunTables(reproduction)) {
    std::cout << table.title << '\n' << RowsText(table, TableFormat::kConsole) << '\n';
  }
  const PairedRuns paired = CompareRuns(reproduction.runs, DataFolder(manifest, options.runs));
  for (const Table& table : PairedTables(paired)) {
    std::cout << table.title << '\n' << RowsText(table, TableFormat::kConsole) << '\n';
  }
  WriteStudy(runs.study, options.runs.output);
  WriteTables(reproduction, options.runs.output);
  WritePaired(paired, options.runs.output);
  WritePages(manifest, options.runs, runs, reproduction, paired);
}

}  // namespace

void AddReproduceCommand(Command& program) {
  auto options = std::make_shared<ReproduceOptions>();
  options->runs.program = {ProgramVersion(), GitHash()};
  Command& command = program.AddCommand(
      "reproduce",
      "Train (if the manifest says so) and score the checkpoints of a manifest; write tables, figures and an "
      "HTML page.");
  command
      .Add("manifest", &options->manifest,
           "JSON file with checkpoints, tasks and settings (docs/reports.md).")
      .Required();
  command.Add("--output DIR", &options->runs.output, "Folder for the runs, tables, figures and the page.");
  command.Add("--data DIR", &options->runs.data, "Folder of the data sets.").Default("as in the manifest");
  command
      .Add("--limit N", &options->runs.limit,
           "Score the first N docs of each task, for every checkpoint; a number below 1 is a share of the "
           "docs, 0 is all docs.")
      .NotNegative()
      .Default("as in the manifest");
  command.Add("--resume", &options->runs.resume,
              "Continue with what is in --output. Finished runs are not run again.");
  AddShardOption(options->shard, command);
  command.Add("--finished", &options->finished,
              "Train nothing: score and report the checkpoints that are there already.");
  command.AddExample("vffn reproduce configs/paper.json --output output/paper --resume");
  command.OnRun([options] { RunReproduce(*options); });
}

}  // namespace vffn
