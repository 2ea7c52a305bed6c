#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "base/atomic_file.h"
#include "base/error.h"
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
  // One that has only samples can be paired with others' samples, not with their ledgers.
  reading.prefer_samples = std::ranges::any_of(
      options.inputs, [](const std::string& input) { return HasSamples(input) && !HasLedger(input); });
  std::vector<ScoreSet> sets;
  for (const std::string& input : options.inputs) {
    sets.push_back(ReadComparedScores(input, reading));
  }
  return sets;
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
    std::cout << ComparisonJson(reports, options.comparison).dump(2) << '\n';
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
  VFFN_CHECK(options.changed.empty(), "--changed: which questions changed is not known; ",
             std::ranges::find_if_not(sets, &ScoreSet::per_question)->name,
             " has no scores of single questions");
  const double alpha = options.comparison.power.alpha;
  std::vector<UnpairedComparison> comparisons;
  for (size_t i = 1; i < sets.size(); ++i) {
    comparisons.push_back(CompareUnpaired(sets[0], sets[i], alpha));
  }
  AdjustForMultiplicity(comparisons);
  if (options.format == "json") {
    std::cout << UnpairedJson(comparisons, alpha).dump(2) << '\n';
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

}  // namespace

void AddCompareCommand(CLI::App& app) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand(
      "compare", "Is B better than A, and on which questions? Every model against the first");
  command
      ->add_option("models", options->inputs,
                   "Output folders of vffn eval, ledgers, samples_*.jsonl (also lm-evaluation-harness's), "
                   "results_*.json, or rows of published tables: paper:SCALE/ROW, FILE.csv:ROW")
      ->required();
  command->add_option("--profile", options->profile, "Whose protocol to score ledgers by");
  command->add_option("--metric", options->metric,
                      "One metric for all tasks (default: each task's primary one)");
  command->add_option("--data", options->data,
                      "Folder of the data sets: the clusters of SciQ, WinoGrande and HellaSwag, for ledgers");
  command->add_flag("--common_docs", options->common_docs,
                    "Compare the docs that both have, and list the others, instead of refusing");
  command->add_option("--changed", options->changed,
                      "Write every question that changed, with its margins, as CSV");
  command->add_option("--seed", options->comparison.bootstrap.seed, "Of the bootstrap")
      ->capture_default_str();
  command->add_option("--replicates", options->comparison.bootstrap.replicates, "Of the bootstrap")
      ->check(CLI::Range(100, 10000000))
      ->capture_default_str();
  command->add_option("--alpha", options->comparison.power.alpha, "Significance level, two-sided")
      ->check(CLI::Range(1e-6, 0.5))
      ->capture_default_str();
  command->add_option("--format", options->format, "console, markdown, latex, csv or json")
      ->check(CLI::IsMember({"console", "markdown", "latex", "csv", "json"}))
      ->capture_default_str();
  command->callback([options] { RunCompare(*options); });
}

}  // namespace vffn
