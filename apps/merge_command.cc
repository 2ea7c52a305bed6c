#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "base/error.h"
#include "reports/tables/score_table.h"
#include "runs/parts/merge.h"
#include "runs/scores/scoring_time.h"

namespace vffn {
namespace {

struct MergeCommandOptions {
  std::vector<std::string> folders;
  std::string output, trace;
};

void RunMerge(const MergeCommandOptions& given) {
  VFFN_CHECK(!given.output.empty() || given.folders.size() == 1,
             "--output is missing: there are several folders, so say where the joined run goes");
  MergeOptions options{.output = given.output.empty() ? given.folders.front() : given.output};
  options.folders.assign(given.folders.begin(), given.folders.end());
  if (!given.trace.empty()) {
    options.trace = given.trace;
  }
  for (const std::string& of : MergeableIn(options)) {
    bool merged = true;
    if (of == kLedgerParts) {
      if (const auto run = MergeRun(options)) {
        std::cout << ScoreTable(run->results, TableFormat::kConsole)
                  << ScoringTimeText(run->results, run->scoring);
        for (const std::filesystem::path& file : run->files) {
          std::cout << "wrote " << file.string() << '\n';
        }
      } else {
        merged = false;
      }
    } else if (const auto losses = MergeLosses(options, of)) {
      std::cout << "wrote " << losses->file.string() << '\n';
      for (const std::filesystem::path& file : losses->others) {
        std::cout << "wrote " << file.string() << '\n';
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
  command.AddExample("vffn merge output");
  command.AddExample("vffn merge node-*/output --output output --trace trace");
  command.OnRun([options] { RunMerge(*options); });
}

}  // namespace vffn
