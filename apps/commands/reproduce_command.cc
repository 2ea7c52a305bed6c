#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <span>

#include "apps/commands/commands.h"
#include "apps/interrupt.h"
#include "apps/options/dry_run.h"
#include "apps/options/shard_option.h"
#include "apps/options/shared_options.h"
#include "apps/version.h"
#include "base/error.h"
#include "base/file_lock.h"
#include "reports/reproduction/finished_run.h"
#include "reports/reproduction/reproduction_tables.h"
#include "reports/reproduction/run_report.h"
#include "reports/reproduction/study_reader.h"
#include "reports/reproduction/training_log.h"
#include "reports/study/study_files.h"
#include "runs/folders/output_check.h"
#include "runs/manifests/manifest_check.h"
#include "runs/manifests/manifest_runs.h"
#include "train/run/trained_manifest.h"

namespace vffn {
namespace {

struct ReproduceOptions {
  std::string manifest;
  ManifestOptions runs{.output = "output/reproduction"};
  std::string data = ".setup/data", shard;
  int workers = 0;  ///< 0: as many as cores
  Option *data_option = nullptr, *workers_option = nullptr;
  bool finished = false, dry_run = false;
};

/// The manifest comes between the command line and the environment or a default.
void ChooseSettings(ReproduceOptions& options, Manifest& manifest) {
  if (options.data_option->given() || manifest.data.empty()) {
    options.runs.data = options.data;
  }
  if (options.workers_option->given() || manifest.workers == 0) {
    manifest.workers = options.workers;
  }
}

ManifestChecks ChecksOf(const Manifest& manifest, const ManifestOptions& options) {
  return {.manifest =
              [&](SettingFaults& faults) {
                if (!manifest.training_log.empty()) {
                  faults.Try("training_log", [&] { ReadTrainingLog(manifest.training_log); });
                }
                faults.Try("output", [&] { CheckWritable(options.output, 0); });
              },
          .entry =
              [&](const ManifestEntry& entry, SettingFaults& faults) {
                if (entry.row) {
                  faults.Try("row", [&] { ParsePaperRows(*entry.row, "it"); });
                }
                CheckTraining(manifest, options, entry, faults);
              }};
}

void PrintForecasts(std::span<const EntryForecast> forecasts) {
  for (size_t i = 0; i < forecasts.size(); ++i) {
    const EntryForecast& forecast = forecasts[i];
    std::cout << "checkpoint " << i + 1 << " of " << forecasts.size() << ": " << forecast.entry->name << '\n';
    if (forecast.trained_first) {
      std::cout << "is trained first; tasks: " << forecast.entry->tasks << "\n\n";
      continue;
    }
    PrintForecast(forecast.run, "docs", "requests", "console");
    for (const auto& [model_args, losses] : forecast.losses) {
      std::cout << "\nloss" << (model_args.empty() ? "" : " with " + model_args) << ":\n";
      PrintForecast(losses, "documents", "windows", "console");
    }
    std::cout << '\n';
  }
}

/// Of runs in the order of the manifest's checkpoints.
Study StudyOf(const Manifest& manifest, const ManifestOptions& options, std::span<const FinishedRun> runs) {
  Study study{.title = manifest.title, .tables = manifest.study};
  for (size_t i = 0; i < runs.size() && !manifest.study.empty(); ++i) {
    const ManifestEntry& entry = manifest.checkpoints[i];
    study.runs.push_back(
        ReadStudyRun(entry, runs[i].recorded, runs[i],
                     entry.training ? std::optional(TrainingFolderOf(options, entry)) : std::nullopt));
  }
  return study;
}

RunReportOptions ReportOptionsOf(const Manifest& manifest, const ManifestOptions& options,
                                 const Study& study) {
  RunReportOptions report{.title = manifest.title,
                          .subtitle = "profile " + manifest.profile + ", vffn " + ProgramVersion(),
                          .inputs = {.data = DataFolder(manifest, options)},
                          .browsed = manifest.page_models,
                          .questions = manifest.page_questions,
                          .training_log = manifest.training_log,
                          .study = StudyTables(study),
                          .figures = StudyFigures(study)};
  for (const ManifestEntry& entry : manifest.checkpoints) {
    if (!entry.tokenizer.empty()) {
      report.inputs.tokenizers.push_back(entry.tokenizer);
    }
    const auto real = std::ranges::find(manifest.checkpoints, entry.control_of, &ManifestEntry::name);
    report.controlled.push_back(
        entry.control_of.empty() ? std::nullopt : std::optional<size_t>(real - manifest.checkpoints.begin()));
  }
  return report;
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
  ChooseSettings(options, manifest);
  if (options.finished) {
    manifest = PartWithCheckpoints(std::move(manifest), options.runs);
  } else {
    VFFN_CHECK(
        options.runs.place.shard.whole() || !TrainsSomething(manifest), options.manifest,
        ": the manifest trains models, which processes that share the work of an evaluation cannot do: "
        "train first (--shard none), then score with --finished");
  }
  VFFN_CHECK(options.runs.place.shard.whole() || !options.runs.overwrite,
             "--overwrite: processes that share a run cannot replace one; remove ",
             options.runs.output.string(), ", or choose another --output");
  const ManifestChecks checks = ChecksOf(manifest, options.runs);
  const std::vector<EntryForecast> forecasts = CheckManifest(manifest, options.runs, checks);
  if (options.dry_run) {
    PrintForecasts(forecasts);
    std::cout << DryRunEnd(options.runs.place.shard);
    return;
  }
  if (!options.finished) {
    TrainManifest(manifest, options.runs, stop);
    if (std::ranges::any_of(forecasts, &EntryForecast::trained_first)) {
      CheckManifest(manifest, options.runs, checks);  // of models that are there now
    }
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
  std::vector<FinishedRun> runs = MakeFinishedRuns(RunManifest(manifest, options.runs, stop));
  const Study study = StudyOf(manifest, options.runs, runs);
  const RunReportOptions report_options = ReportOptionsOf(manifest, options.runs, study);
  const RunReport written = MakeRunReport({.scored = std::move(runs)}, report_options);
  std::cout << '\n';
  for (const Table& table : report_options.study) {
    std::cout << ToText(table, TableFormat::kConsole) << '\n';
  }
  for (const Table& table : RunTables(written.reproduction)) {
    std::cout << table.title << '\n' << RowsText(table, TableFormat::kConsole) << '\n';
  }
  for (const Table& table : PairedTables(written.paired)) {
    std::cout << table.title << '\n' << RowsText(table, TableFormat::kConsole) << '\n';
  }
  WriteStudy(study, options.runs.output);
  WriteRunReport(written, report_options, options.runs.output);
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
  command.Add("--output,--output_path DIR", &options->runs.output,
              "Folder for the runs, tables, figures and the page.");
  options->data_option =
      &AddDataOption(options->data, command).Default("as in the manifest, or else .setup/data");
  command
      .Add("--limit N", &options->runs.limit,
           "Score the first N docs of each task, for every checkpoint; a number below 1 is a share of the "
           "docs, 0 is all docs.")
      .NotNegative()
      .Default("as in the manifest");
  Option& resume = command.Add("--resume", &options->runs.resume,
                               "Continue with what is in --output. Finished runs are not run again.");
  AddOverwriteOption(options->runs.overwrite, "the runs", command).Excludes(resume);
  AddDryRunOption(options->dry_run, command);
  options->workers_option =
      &AddWorkersOption(options->workers,
                        "Packs of docs scored at the same time. The scores do not depend on it.", command)
           .Default("as in the manifest, or else the number of cores");
  AddShardOption(options->shard, command);
  command.Add("--finished", &options->finished,
              "Train nothing: score and report the checkpoints that are there already.");
  command.AddExample("vffn reproduce configs/paper.json --output output/paper --resume");
  command.AddExample("vffn reproduce configs/paper.json --output output/try --limit 100");
  command.OnRun([options] { RunReproduce(*options); });
}

}  // namespace vffn
