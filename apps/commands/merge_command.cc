#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/printed_tables.h"
#include "apps/options/shared_options.h"
#include "base/error.h"
#include "reports/tables/score_table.h"
#include "runs/parts/merge.h"
#include "runs/scores/scoring_time.h"

namespace vffn {
namespace {

struct MergeCommandOptions {
  std::vector<std::string> folders;
  std::string output, trace, format = "console";
};

/// A file in a run's folder means the folder; the marker of a part stays.
std::filesystem::path FolderOfParts(const std::filesystem::path& named) {
  const bool is_file = std::filesystem::is_regular_file(named) && named.extension() != ".done";
  return is_file ? RunFolder::Of(named).path() : named;
}

void RunMerge(const MergeCommandOptions& given) {
  VFFN_CHECK(!given.output.empty() || given.folders.size() == 1,
             "--output is missing: there are several folders, so say where the joined run goes");
  MergeOptions options;
  for (const std::string& named : given.folders) {
    options.folders.push_back(FolderOfParts(named));
  }
  options.output = given.output.empty() ? options.folders.front() : std::filesystem::path(given.output);
  if (!given.trace.empty()) {
    options.trace = given.trace;
  }
  std::ostream& remarks = Remarks(given.format);
  for (const std::string& of : MergeableIn(options)) {
    bool merged = true;
    if (of == kLedgerParts) {
      if (const auto run = MergeRun(options)) {
        std::cout << TablesText(NamedTables(RunFolder(options.output), {ScoreTable(run->results)}),
                                given.format);
        remarks << ScoringTimeText(run->results, run->scoring);
        for (const std::filesystem::path& file : run->files) {
          remarks << "wrote " << file.string() << '\n';
        }
      } else {
        merged = false;
      }
    } else if (const auto losses = MergeLosses(options, of)) {
      remarks << "wrote " << losses->file.string() << '\n';
      for (const std::filesystem::path& file : losses->others) {
        remarks << "wrote " << file.string() << '\n';
      }
    } else {
      merged = false;
    }
    VFFN_CHECK(merged, options.output.string(), ": another process is joining these parts; wait for it");
  }
}

}  // namespace

void AddMergeCommand(Command& program) {
  auto options = std::make_shared<MergeCommandOptions>();
  Command& command = program.AddCommand(
      "merge", "Join the parts of a run of 'vffn eval' or 'vffn loss' that several processes shared.");
  command
      .Add("folder", &options->folders,
           "Folders that the processes wrote to (--output): one that they shared, or one of each. A "
           "folder parts/rank-RANK-of-COUNT may be given, too.")
      .Required();
  command.Add("--output,--output_path DIR", &options->output, "Folder for the joined run.")
      .Default("the folder, if there is only one");
  command.Add("--trace DIR", &options->trace, "Folder for the joined trace.")
      .Default("that of the processes' --trace");
  AddFormatOption(options->format, command);
  command.AddExample("vffn merge output");
  command.AddExample("vffn merge node-*/output --output output --trace trace");
  command.OnRun([options] { RunMerge(*options); });
}

}  // namespace vffn
