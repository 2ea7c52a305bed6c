#include "reports/reproduction/paired_runs.h"

#include <algorithm>

#include "base/error.h"
#include "eval/ledger.h"
#include "reports/comparison/score_pairing.h"
#include "runs/run_folder.h"

namespace vffn {
namespace {

ScoreSet ScoresOf(const MeasuredRun& run) {
  const RunFolder folder = RunFolder::Of(run.source);
  VFFN_CHECK(folder.HasLedger(), "it has no ledger.jsonl beside its results");
  ScoreSet scores = ScoresOfLedger(ReadLedger(folder.ledger()), {.profile = run.profile});
  scores.name = run.Label();
  return scores;
}

}  // namespace

PairedRuns CompareRuns(std::span<const MeasuredRun> runs, const std::optional<std::filesystem::path>& data) {
  PairedRuns paired;
  if (runs.size() < 2) {
    return paired;
  }
  std::vector<Comparison> comparisons;
  for (const MeasuredRun& run : runs.subspan(1)) {
    try {
      const ScoreSet baseline = ScoresOf(runs.front()), scores = ScoresOf(run);
      ScorePairing pairing = PairScores(baseline, scores, {.common_docs = true, .data = data});
      comparisons.push_back(Compare(pairing.tasks, paired.options));
      paired.reports.push_back({.a = baseline.name, .b = scores.name, .notes = std::move(pairing.notes)});
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
