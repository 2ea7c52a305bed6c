#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/shared_options.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json.h"
#include "base/valid_utf8.h"
#include "reports/comparison/changed_questions.h"
#include "reports/comparison/compared_scores.h"
#include "reports/comparison/comparison_table.h"
#include "reports/comparison/loss_comparison_table.h"
#include "reports/comparison/score_pairing.h"
#include "reports/comparison/unpaired_comparison.h"
#include "runs/folders/named_run.h"

namespace vffn {
namespace {

struct CompareOptions {
  std::vector<std::string> inputs;
  std::string profile, metric, data = ".setup/data", changed, changed_documents, format = "console";
  ComparisonOptions comparison;
  bool common_docs = false, explain = false;
};

/// What both comparisons print.
struct Output {
  std::string text;
  OrderedJson json = OrderedJson::object();
};

std::optional<Metric> MetricOf(const std::string& name) {
  return name.empty() ? std::nullopt : std::optional(FindMetric(name));
}

std::vector<ScoreSet> ReadAll(const CompareOptions& options, const std::vector<std::string>& inputs) {
  ScoreOptions reading{.profile = options.profile, .metric = MetricOf(options.metric)};
  // A folder that has samples only can be paired with the samples of the others, not with their ledgers.
  reading.prefer_samples =
      std::ranges::any_of(inputs, [](const std::string& input) { return HasSamplesAlone(input); });
  return ReadAllComparedScores(inputs, reading);
}

void RunPaired(const std::vector<ScoreSet>& sets, const CompareOptions& options, Output& output) {
  const PairingOptions pairing_options{.common_docs = options.common_docs, .data = options.data};
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
    output.json = ComparisonJson(reports, options.comparison);
  } else {
    const TableFormat format = ParseTableFormat(options.format);
    output.text = ComparisonTables(reports, options.comparison, format, options.explain);
    for (const ScorePairing& pairing : pairings) {
      constexpr size_t kShown = 8;
      const std::string largest = LargestChanges(pairing.tasks, kShown, format);
      output.text += format == TableFormat::kCsv || largest.empty() ? "" : "\n" + largest;
    }
  }
  if (!options.changed.empty()) {
    WriteFileAtomically(options.changed, changed);
  }
}

void RunUnpaired(const std::vector<ScoreSet>& sets, const CompareOptions& options, Output& output) {
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
    output.json = UnpairedJson(comparisons, alpha);
  } else {
    output.text = UnpairedTables(comparisons, alpha, ParseTableFormat(options.format), options.explain);
  }
}

void RunLosses(const std::vector<LossSet>& sets, const CompareOptions& options, Output& output) {
  const std::vector<LossReport> reports = CompareLossSets(sets, options.common_docs, options.comparison);
  if (options.format == "json") {
    if (output.json.empty()) {
      output.json = ComparisonJson({}, options.comparison);
    }
    output.json["losses"] = LossComparisonJson(reports, options.comparison);
  } else {
    const TableFormat format = ParseTableFormat(options.format);
    const std::string text = LossComparisonTables(reports, options.comparison, format, options.explain);
    const std::string header = text.substr(0, text.find('\n') + 1);
    const bool one_header = format == TableFormat::kCsv && output.text.starts_with(header);
    output.text += one_header ? text.substr(header.size()) : (output.text.empty() ? "" : "\n") + text;
  }
  if (!options.changed_documents.empty()) {
    WriteFileAtomically(options.changed_documents, DocumentChangesCsv(reports));
  }
}

/// Whether an input has scores of tasks, or is expected to: rows of tables are no files.
bool MayHaveScores(const std::string& input, bool has_losses) {
  if (!has_losses) {
    return true;
  }
  const std::optional<NamedRun> named = FindRunIfAny(input, RunContent::kScores);
  return named && named->kind != NamedKind::kLosses;
}

/// The models of one kind of comparison.
struct Contestants {
  std::vector<std::string> inputs;
  std::vector<std::string> others;  ///< that have nothing to compare

  /// The first input is the baseline of all.
  bool AreCompared(const std::string& baseline) const {
    return inputs.size() > 1 && inputs.front() == baseline;
  }
};

void NoteOthers(const char* what, const Contestants& contestants) {
  for (const std::string& other : contestants.others) {
    std::cerr << other << " has no " << what << "; the others are compared\n";
  }
}

void RunCompare(const CompareOptions& options) {
  VFFN_CHECK(options.inputs.size() >= 2, "compare needs two models or more");
  const std::string& baseline = options.inputs.front();
  Contestants scores, losses;
  std::vector<LossSet> loss_sets;
  for (const std::string& input : options.inputs) {
    std::optional<LossSet> set = ReadLossSet(input);
    (MayHaveScores(input, set.has_value()) ? scores.inputs : scores.others).push_back(input);
    (set ? losses.inputs : losses.others).push_back(input);
    if (set) {
      loss_sets.push_back(*std::move(set));
    }
  }
  const bool compare_losses = losses.AreCompared(baseline), compare_scores = scores.AreCompared(baseline);
  VFFN_CHECK(compare_losses || compare_scores, baseline, " has ",
             losses.inputs.empty() || losses.inputs.front() != baseline ? "scores of tasks" : "losses",
             ", which none of the other models has: measure both in the same way");
  VFFN_CHECK(options.changed.empty() || compare_scores,
             "--changed: there are no tasks; --changed_documents "
             "writes the documents whose loss changed");
  VFFN_CHECK(options.changed_documents.empty() || compare_losses, "--changed_documents: ", baseline,
             " and the others have no losses (vffn loss)");
  Output output;
  if (compare_scores) {
    NoteOthers("scores of tasks", scores);
    const std::vector<ScoreSet> sets = ReadAll(options, scores.inputs);
    const bool paired = std::ranges::all_of(sets, &ScoreSet::per_question);
    (paired ? RunPaired : RunUnpaired)(sets, options, output);
  }
  if (compare_losses) {
    NoteOthers("losses", losses);
    RunLosses(loss_sets, options, output);
  }
  std::cout << (options.format == "json" ? DumpJson(output.json, 2) + "\n" : output.text);
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
      "Test whether models differ in accuracy or in loss from the first one, and list the questions whose "
      "outcome changed.");
  command.BeginGroup("Input");
  command
      .Add("models", &options->inputs,
           "Two or more; the first is the baseline. Each is an output folder of 'vffn eval' or 'vffn loss' "
           "or of lm-evaluation-harness, or a file in it (ledger.jsonl, losses.jsonl, samples_*.jsonl, "
           "results_*.json), or a row of a published table: paper:SCALE/ROW or FILE:ROW, FILE being a table "
           "in CSV, "
           "Markdown or LaTeX.")
      .Required();
  command.Add("--profile NAME", &options->profile, "Profile under which ledgers are scored.")
      .Default("that of the run");
  command.Add("--metric NAME", &options->metric, "One metric for all tasks.")
      .Default("each task's primary metric");
  AddDataOption(options->data, command);
  command.Add(
      "--common_docs", &options->common_docs,
      "Compare the docs of tasks and the documents of losses that both models have and list the others. "
      "Without it, missing ones are an error.");
  AddStatisticsOptions(options->comparison, command);
  command.BeginGroup("Output");
  AddFormatOption(options->format, command);
  command.Add("--explain", &options->explain, "Print what each column is, below the tables.");
  command
      .Add("--changed FILE", &options->changed,
           "Write every question whose outcome changed, with its margins, as CSV.")
      .Default("not written");
  command
      .Add("--changed_documents FILE", &options->changed_documents,
           "Write every document with both losses as CSV.")
      .Default("not written");
  command.AddExample("vffn compare output/base output/versatile");
  command.AddExample("vffn compare paper:720M/6-Loop paper:720M/VersatileFFN");
  command.OnRun([options] { RunCompare(*options); });
}

}  // namespace vffn
