#include <functional>
#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "apps/shared_options.h"
#include "base/error.h"
#include "reports/figures/figure_files.h"
#include "reports/traces/trace_report.h"
#include "runs/parts/run_parts.h"

namespace vffn {
namespace {

struct AnalyzeOptions {
  TraceScope scope;
  std::string sharing = "once", part = "all", output;
  LoopReportOptions loops;
  std::string by;
  std::vector<std::string> samples;
  CosineReportOptions cosine;
  WordReportOptions words;
  TokenReportOptions tokens;
};

Counting CountingOf(const AnalyzeOptions& options) {
  for (const Counting& counting : kCountings) {
    if (NameOf(counting.sharing) == options.sharing && NameOf(counting.part) == options.part) {
      return counting;
    }
  }
  Fail("--sharing ", options.sharing, " --part ", options.part, ": no such way of counting");
}

void Print(const TraceReport& report, const std::string& output) {
  std::cout << report.text;
  if (output.empty()) {
    return;
  }
  for (const std::filesystem::path& path : WriteTraceReport(report, output)) {
    std::cout << "wrote " << path.string() << '\n';
  }
  WriteFigures(report.figures, output);
}

/// Throws Error if the trace is missing because its run is in parts.
void CheckTraceIsMerged(const std::filesystem::path& trace) {
  if (!std::filesystem::exists(trace)) {
    CheckMerged(RunFolder(std::filesystem::absolute(trace / "..").lexically_normal()));
  }
}

/// A command with the options that all analyses have.
Command& AddAnalysis(Command& analyze, const std::string& name, const std::string& description,
                     const std::shared_ptr<AnalyzeOptions>& options,
                     TraceReport (*run)(const AnalyzeOptions&)) {
  Command& command = analyze.AddCommand(name, description);
  command.BeginGroup("Trace");
  command.Add("--trace DIR", &options->scope.trace, "Folder that 'vffn eval --trace' wrote.").Required();
  command.Add("--task NAME", &options->scope.tasks, "Tasks to analyse.").SeparatedByCommas().Default("all");
  command
      .Add(
          "--sharing NAME", &options->sharing,
          "How often a token counts that several choices of a doc share: once, or repeated (for every choice "
          "that reads it).")
      .OneOf({"once", "repeated"});
  command
      .Add("--part NAME", &options->part, "Tokens to count: all, or only those of contexts or continuations.")
      .OneOf({"all", "context", "continuation"});
  command.Add("--output DIR", &options->output, "Folder for CSV files, a JSON file and figures.")
      .Default("not written");
  command.OnRun([options, run] {
    CheckTraceIsMerged(options->scope.trace);
    options->scope.counting = CountingOf(*options);
    Print(run(*options), options->output);
  });
  return command;
}

TraceReport RunLoops(const AnalyzeOptions& all) {
  LoopReportOptions options = all.loops;
  options.by = all.by == "task"       ? LoopGrouping::kTask
               : all.by == "category" ? LoopGrouping::kCategory
                                      : LoopGrouping::kNone;
  options.samples.assign(all.samples.begin(), all.samples.end());
  const bool by_category = options.by == LoopGrouping::kCategory;
  VFFN_CHECK(by_category || (options.categories.empty() && options.category_field.empty()),
             "--categories and --category_field need --by category");
  VFFN_CHECK(options.by != LoopGrouping::kNone || options.ledger.empty(), "--ledger needs --by");
  VFFN_CHECK(options.samples.empty() || !options.category_field.empty(),
             "--samples needs --category_field, which says what their records are grouped by");
  return ReportLoops(all.scope, options);
}

/// The options of the bootstrap over docs.
void AddCorrelationOptions(RankCorrelationOptions& options, Command& command) {
  command
      .Add("--replicates N", &options.replicates,
           "Replicates of the bootstrap over docs; 0 gives no intervals.")
      .NotNegative();
  command.Add("--seed N", &options.seed, "Random seed of the bootstrap.");
  AddWorkersOption(options.workers, "Threads. The result does not depend on it.", command);
}

void AddLoopOptions(AnalyzeOptions& options, Command& command) {
  command.BeginGroup("Tasks and skills");
  command
      .Add("--by NAME", &options.by,
           "Also compare groups of docs: by task, or by category, which is the skill that a task is about "
           "(arithmetic, code: python, MMLU: STEM). Gives mean loops and lambda of each group with errors.")
      .OneOf({"task", "category"})
      .Default("no groups");
  Option& file = command
                     .Add("--categories FILE", &options.loops.categories,
                          "Categories of tasks: CSV with the columns task and category, and doc_id for "
                          "single docs, or a JSON object {\"task\": \"category\"}. Other tasks keep theirs.")
                     .Default("by the tasks' names");
  Option& samples = command
                        .Add("--samples FILE", &options.samples,
                             "Sample files of the run (--log_samples), for --category_field.")
                        .SeparatedByCommas()
                        .Default("none");
  command
      .Add("--category_field NAME", &options.loops.category_field,
           "Field of the docs' records that names their category: subject.")
      .Needs(samples)
      .Excludes(file)
      .Default("none");
  command
      .Add("--ledger FILE", &options.loops.ledger,
           "ledger.jsonl of the traced run: tests whether harder groups, and harder docs within a task, get "
           "more loops.")
      .Default("no test of difficulty");
  command
      .Add("--profile NAME", &options.loops.profile, "Profile whose accuracy decides which docs are correct.")
      .Default("the trace's profile");
  AddCorrelationOptions(options.loops.correlation, command);
}

void AddCosineOptions(CosineReportOptions& options, Command& command) {
  command.BeginGroup("Heat map");
  command
      .Add("--doc DOC_ID", &options.doc,
           "Draw a heat map of this doc's tokens (Figure 5). Needs one --task, and a trace made with "
           "--trace_features.")
      .Default("no heat map");
  command.Add("--choice N", &options.choice, "Choice of the doc whose tokens are shown, counted from 0.");
  command.Add("--layer N", &options.layer, "Layer, counted from 0.");
}

void AddWordOptions(WordReportOptions& options, Command& command) {
  command.BeginGroup("Words");
  command.Add("--layer N", &options.layer, "Layer whose lambda places the words, counted from 0.");
  command.Add("--edges X", &options.edges, "Edges of the lambda bins, ascending: 0,0.4,1.")
      .SeparatedByCommas()
      .Default("one bin for each loop count");
  command.Add("--stop_words NAME", &options.stop_words,
              "Words to leave out: english (a built-in list), none, or a file with one word on each line.");
  command.Add("--keep_case", &options.keep_case, "Distinguish 'Water' from 'water'.");
  command.Add("--least_count N", &options.least_count, "Leave out words that occur less often.").Positive();
  command.Add("--prior_words N", &options.prior_words, "Size of the prior of the log-odds, in words.")
      .Positive();
  command.Add("--most_words N", &options.most_words, "Words of each bin in the printed table.").Positive();
}

void AddTokenOptions(TokenReportOptions& options, Command& command) {
  command.BeginGroup("Correlations");
  command
      .Add("--layer N", &options.layers, "Layers to report besides the mean of all layers, counted from 0.")
      .SeparatedByCommas()
      .Default("none");
  command
      .Add("--ledger FILE", &options.ledger, "ledger.jsonl of the traced run, for the correctness of docs.")
      .Default("no correctness");
  command.Add("--profile NAME", &options.profile, "Profile whose accuracy decides which docs are correct.")
      .Default("the trace's profile");
  command
      .Add("--control DIR", &options.control, "Trace of the shuffle control, for a second pair of columns.")
      .Default("none");
  command.Add("--control_ledger FILE", &options.control_ledger, "ledger.jsonl of the control's run.")
      .Default("none");
  AddCorrelationOptions(options.correlation, command);
}

}  // namespace

void AddAnalyzeCommand(Command& program) {
  auto options = std::make_shared<AnalyzeOptions>();
  Command& analyze = program.AddCommand(
      "analyze", "Analyse a trace: loop counts, experts, branches, words and tokens, with figures.");
  const auto add = [&](const char* name, const char* description,
                       TraceReport (*run)(const AnalyzeOptions&)) -> Command& {
    return AddAnalysis(analyze, name, description, options, run);
  };
  AddLoopOptions(*options,
                 add("loops",
                     "Report loop counts per layer, N_mean, P and the FLOPs that follow (Figure 4), "
                     "and compare tasks or skills.",
                     RunLoops));
  add("experts", "Report how evenly the experts share the tokens.",
      [](const AnalyzeOptions& all) { return ReportExperts(all.scope); });
  AddCosineOptions(options->cosine,
                   add("cosine", "Report the cosine similarity of the width and depth branches (Figure 5).",
                       [](const AnalyzeOptions& all) { return ReportCosine(all.scope, all.cosine); }));
  AddWordOptions(options->words,
                 add("words", "Report which words get a high or a low lambda (Figure 6).",
                     [](const AnalyzeOptions& all) { return ReportWords(all.scope, all.words); }));
  AddTokenOptions(
      options->tokens,
      add("tokens", "Correlate loop counts with surprisal, frequency, position and correctness of tokens.",
          [](const AnalyzeOptions& all) { return ReportTokens(all.scope, all.tokens); }));
  analyze.AddExample("vffn analyze loops --trace output/trace --output output/loops");
  analyze.AddExample("vffn analyze loops --trace run/trace --by category --ledger run/ledger.jsonl");
  analyze.AddExample("vffn analyze cosine --trace output/trace --task arc_challenge --doc 4");
}

}  // namespace vffn
