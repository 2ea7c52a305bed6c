#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "apps/shared_options.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/valid_utf8.h"
#include "reports/comparison/changed_questions.h"
#include "reports/comparison/compared_scores.h"
#include "reports/comparison/comparison_table.h"
#include "reports/comparison/score_pairing.h"
#include "reports/comparison/unpaired_comparison.h"

namespace vffn {
namespace {

struct CompareOptions {
  std::vector<std::string> inputs;
  std::string profile, metric, data, changed, format = "console";
  ComparisonOptions comparison;
  bool common_docs = false;
};

std::optional<Metric> MetricOf(const std::string& name) {
  return name.empty() ? std::nullopt : std::optional(FindMetric(name));
}

std::vector<ScoreSet> ReadAll(const CompareOptions& options) {
  ScoreOptions reading{.profile = options.profile, .metric = MetricOf(options.metric)};
  // A folder that has samples only can be paired with the samples of the others, not with their ledgers.
  reading.prefer_samples = std::ranges::any_of(
      options.inputs, [](const std::string& input) { return HasSamples(input) && !HasLedger(input); });
  return ReadAllComparedScores(options.inputs, reading);
}

void RunPaired(const std::vector<ScoreSet>& sets, const CompareOptions& options) {
  PairingOptions pairing_options{.common_docs = options.common_docs};
  if (!options.data.empty()) {
    pairing_options.data = options.data;
  }
  std::vector<ComparisonReport> reports;
  std::vector<Comparison> comparisons;
  std::vector<ScorePairing> pairings;
  for (size_t i = 1; i < sets.size(); ++i) {
    pairings.push_back(PairScores(sets[0], sets[i], pairing_options));
    comparisons.push_back(Compare(pairings.back().tasks, options.comparison));
  }
  AdjustForMultiplicity(comparisons);
  std::string changed;
  for (size_t i = 0; i < comparisons.size(); ++i) {
    reports.push_back({sets[0].name, sets[i + 1].name, comparisons[i], pairings[i].notes});
    const std::string csv = ChangedQuestionsCsv(sets[0].name, sets[i + 1].name, pairings[i].tasks);
    changed += i == 0 ? csv : csv.substr(csv.find('\n') + 1);  // one header
  }
  if (options.format == "json") {
    std::cout << DumpJson(ComparisonJson(reports, options.comparison), 2) << '\n';
  } else {
    const TableFormat format = ParseTableFormat(options.format);
    std::cout << ComparisonTables(reports, options.comparison, format);
    for (const ScorePairing& pairing : pairings) {
      constexpr size_t kShown = 8;
      const std::string largest = LargestChanges(pairing.tasks, kShown, format);
      std::cout << (format == TableFormat::kCsv || largest.empty() ? "" : "\n" + largest);
    }
  }
  if (!options.changed.empty()) {
    WriteFileAtomically(options.changed, changed);
  }
}

void RunUnpaired(const std::vector<ScoreSet>& sets, const CompareOptions& options) {
  VFFN_CHECK(options.changed.empty(),
             "--changed: ", std::ranges::find_if_not(sets, &ScoreSet::per_question)->name,
             " has no scores of single questions, so it is not known which of them changed");
  const double alpha = options.comparison.power.alpha;
  std::vector<UnpairedComparison> comparisons;
  for (size_t i = 1; i < sets.size(); ++i) {
    comparisons.push_back(CompareUnpaired(sets[0], sets[i], alpha));
  }
  AdjustForMultiplicity(comparisons);
  if (options.format == "json") {
    std::cout << DumpJson(UnpairedJson(comparisons, alpha), 2) << '\n';
  } else {
    std::cout << UnpairedTables(comparisons, alpha, ParseTableFormat(options.format));
  }
}

void RunCompare(const CompareOptions& options) {
  VFFN_CHECK(options.inputs.size() >= 2, "compare needs two models or more");
  const std::vector<ScoreSet> sets = ReadAll(options);
  if (std::ranges::all_of(sets, &ScoreSet::per_question)) {
    RunPaired(sets, options);
  } else {
    RunUnpaired(sets, options);
  }
}

void AddStatisticsOptions(ComparisonOptions& options, Command& command) {
  command.BeginGroup("Statistics");
  command.Add("--alpha P", &options.power.alpha, "Significance level of the two-sided tests.")
      .Between(1e-6, 0.5);
  command.Add("--replicates N", &options.bootstrap.replicates, "Replicates of the bootstrap.")
      .Between(100, 10000000);
  command.Add("--seed N", &options.bootstrap.seed, "Random seed of the bootstrap.");
}

}  // namespace

void AddCompareCommand(Command& program) {
  auto options = std::make_shared<CompareOptions>();
  Command& command = program.AddCommand(
      "compare",
      "Test whether models differ in accuracy from the first one, and list the questions whose "
      "outcome changed.");
  command.BeginGroup("Input");
  command
      .Add("models", &options->inputs,
           "Two or more; the first is the baseline. Each is an output folder of 'vffn eval' or of "
           "lm-evaluation-harness, a ledger, a file samples_*.jsonl or results_*.json of either, or a row of "
           "a "
           "published table: paper:SCALE/ROW or FILE:ROW, FILE being a table in CSV, Markdown or LaTeX.")
      .Required();
  command.Add("--profile NAME", &options->profile, "Profile under which ledgers are scored.")
      .Default("the first that fits the ledger's tokens");
  command.Add("--metric NAME", &options->metric, "One metric for all tasks.")
      .Default("each task's primary metric");
  command
      .Add("--data DIR", &options->data,
           "Folder of the data sets. Ledgers need it to group related questions of SciQ, WinoGrande and "
           "HellaSwag into clusters.")
      .Default("none");
  command.Add("--common_docs", &options->common_docs,
              "Compare the docs that both models have and list the others. Without it, missing docs are an "
              "error.");
  AddStatisticsOptions(options->comparison, command);
  command.BeginGroup("Output");
  AddFormatOption(options->format, command);
  command
      .Add("--changed FILE", &options->changed,
           "Write every question whose outcome changed, with its margins, as CSV.")
      .Default("not written");
  command.AddExample("vffn compare output/base output/versatile");
  command.AddExample("vffn compare paper:720M/6-Loop paper:720M/VersatileFFN");
  command.OnRun([options] { RunCompare(*options); });
}

}  // namespace vffn
