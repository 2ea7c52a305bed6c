#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "eval/ledger.h"
#include "eval/profiles.h"
#include "eval/rescore.h"
#include "reports/tables/score_table.h"
#include "runs/run_parts.h"

namespace vffn {
namespace {

struct RescoreOptions {
  std::string ledger, profile;
  bool markdown = false;
};

void RunRescore(const RescoreOptions& options) {
  CheckMerged(RunFolder::Of(options.ledger));
  const LedgerContents ledger = ReadLedger(options.ledger);
  const Results results = Rescore(ledger, FindProfile(options.profile));
  const TableFormat format = options.markdown ? TableFormat::kMarkdown : TableFormat::kConsole;
  std::cout << ScoreTable(results, format) << '\n' << MetricTable(results, format);
}

}  // namespace

void AddRescoreCommand(Command& program) {
  auto options = std::make_shared<RescoreOptions>();
  Command& command = program.AddCommand(
      "rescore", "Compute scores under another profile from a ledger, without running the model.");
  command.Add("ledger", &options->ledger, "ledger.jsonl of a run of 'vffn eval'.").Required();
  command
      .Add("--profile NAME", &options->profile,
           "Evaluation protocol: olmo or olmo-in-loop-0.9 for a ledger of either (if both put the same "
           "special "
           "tokens before the contexts), lm-eval for a ledger of lm-eval.")
      .Required();
  command.Add("--markdown", &options->markdown, "Print Markdown tables.");
  command.AddExample("vffn rescore output/ledger.jsonl --profile olmo-in-loop-0.9");
  command.OnRun([options] { RunRescore(*options); });
}

}  // namespace vffn
