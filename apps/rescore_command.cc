#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "eval/ledger.h"
#include "eval/profiles.h"
#include "eval/rescore.h"
#include "reports/tables/score_table.h"

namespace vffn {
namespace {

struct RescoreOptions {
  std::string ledger, profile;
  bool markdown = false;
};

void RunRescore(const RescoreOptions& options) {
  const LedgerContents ledger = ReadLedger(options.ledger);
  const Results results = Rescore(ledger, FindProfile(options.profile));
  const TableFormat format = options.markdown ? TableFormat::kMarkdown : TableFormat::kConsole;
  std::cout << ScoreTable(results, format) << '\n' << MetricTable(results, format);
}

}  // namespace

void AddRescoreCommand(CLI::App& app) {
  auto options = std::make_shared<RescoreOptions>();
  CLI::App* command =
      app.add_subcommand("rescore", "Scores under another profile from a ledger, without the model");
  command->add_option("ledger", options->ledger, "The ledger.jsonl of a run")->required();
  command->add_option("--profile", options->profile, "Whose protocol")->required();
  command->add_flag("--markdown", options->markdown, "Markdown tables");
  command->callback([options] { RunRescore(*options); });
}

}  // namespace vffn
