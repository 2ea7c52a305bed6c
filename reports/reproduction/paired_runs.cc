#include "reports/reproduction/paired_runs.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/error.h"
#include "eval/ledger.h"
#include "reports/comparison/score_pairing.h"
#include "runs/folders/run_folder.h"

namespace vffn {
namespace {

ScoreSet ScoresOf(const MeasuredRun& run) {
  VFFN_CHECK(!run.ledger.empty(), run.Label(), " has no ledger.jsonl, which has the scores of questions");
  auto ledger = std::make_shared<const LedgerContents>(ReadLedger(run.ledger));
  ScoreSet scores = ScoresOfLedger(*ledger, {.profile = run.profile});
  scores.name = run.Label();
  scores.ledger = std::move(ledger);
  scores.folder = RunFolder::Of(run.ledger).path();
  return scores;
}

}  // namespace

PairedRuns CompareRuns(std::span<const MeasuredRun> runs, const std::optional<std::filesystem::path>& data) {
  PairedRuns paired;
  if (runs.size() < 2) {
    return paired;
  }
  std::vector<Comparison> comparisons;
  std::optional<ScoreSet> baseline;
  for (const MeasuredRun& run : runs.subspan(1)) {
    try {
      if (!baseline) {
        baseline = ScoresOf(runs.front());
      }
      const ScoreSet scores = ScoresOf(run);
      ScorePairing pairing = PairScores(*baseline, scores, {.common_docs = true, .data = data});
      comparisons.push_back(Compare(pairing.tasks, paired.options));
      paired.reports.push_back({.a = baseline->name, .b = scores.name, .notes = std::move(pairing.notes)});
    } catch (const Error& error) {
      paired.not_compared.push_back({run.Label(), error.what()});
    }
  }
  AdjustForMultiplicity(comparisons);
  for (size_t i = 0; i < comparisons.size(); ++i) {
    paired.reports[i].comparison = std::move(comparisons[i]);
  }
  return paired;
}

std::vector<Table> PairedTables(const PairedRuns& paired) {
  std::vector<Table> tables;
  for (const ComparisonReport& report : paired.reports) {
    tables.push_back(ComparisonTable(report, paired.options));
    tables.back().title = "The same questions: A is " + report.a + ", B is " + report.b;
  }
  if (!tables.empty()) {
    std::ranges::copy(ComparisonNotes(paired.options, true), std::back_inserter(tables.back().notes));
  }
  if (!paired.not_compared.empty()) {
    Table& table = tables.emplace_back(
        std::vector<Column>{{"run", "run"}, {"why", "why it is not compared with the first"}},
        "Not compared");
    for (const PairedRuns::Failure& failure : paired.not_compared) {
      table.AddRow("run", failure.run, "why", failure.why);
    }
  }
  return tables;
}

}  // namespace vffn
