#include <functional>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/printed_tables.h"
#include "apps/options/shared_options.h"
#include "base/error.h"
#include "reports/figures/figure_files.h"
#include "reports/traces/named_trace.h"
#include "reports/traces/trace_report.h"

namespace vffn {
namespace {

struct AnalyzeOptions {
  TraceScope scope;
  std::string run, trace;
  TraceFiles files;  ///< that these two name
  std::string sharing = "once", part = "all", output, format = "console";
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

void Print(const TraceReport& report, const std::string& format, const std::string& output) {
  const std::string text = format == "console" ? report.text : TablesText(report.tables, format);
  if (output.empty()) {
    std::cout << text;
    return;
  }
  // A figure that cannot be drawn is an error before anything is printed or written.
  const auto drawn = report.figures.empty() ? nullptr : DrawIfPossible(report.figures);
  std::cout << text << std::flush;
  for (const std::filesystem::path& path : WriteTraceReport(report, output)) {
    Remarks(format) << "wrote " << path.string() << '\n';
  }
  if (drawn != nullptr) {
    WriteDrawn(*drawn, report.figures, output);
  }
}

TraceFiles FilesOf(const AnalyzeOptions& options) {
  VFFN_CHECK(!options.run.empty() || !options.trace.empty(),
             "analyze: name a run of 'vffn eval --trace', or its trace with --trace");
  VFFN_CHECK(options.run.empty() || options.trace.empty(), "analyze: ", options.run, " and --trace ",
             options.trace, " name two traces; give one of them");
  return FindTrace(options.run.empty() ? options.trace : options.run);
}

/// The ledger that an option names, else the one beside the trace.
std::filesystem::path LedgerOr(const std::filesystem::path& given, const TraceFiles& files) {
  return given.empty() ? files.ledger : FindLedger(given);
}

void PrintNotes(const TraceFiles& files) {
  for (const std::string& note : files.notes) {
    std::cerr << note << '\n';
  }
}

/// A command with the options that all analyses have.
Command& AddAnalysis(Command& analyze, const std::string& name, const std::string& description,
                     const std::shared_ptr<AnalyzeOptions>& options,
                     TraceReport (*run)(const AnalyzeOptions&)) {
  Command& command = analyze.AddCommand(name, description);
  command.BeginGroup("Trace");
  command
      .Add("run", &options->run,
           "Folder of a run with a trace in it (trace/), the trace, or a file in one of them. Its ledger and "
           "samples are found there, too.")
      .Default("--trace");
  command.Add("--trace DIR", &options->trace, "The same, as an option.").Default("the run");
  command.Add("--tasks,--task NAME", &options->scope.tasks, "Tasks to analyse.")
      .SeparatedByCommas()
      .Default("all");
  command
      .Add(
          "--sharing NAME", &options->sharing,
          "How often a token counts that several choices of a doc share: once, or repeated (for every choice "
          "that reads it).")
      .OneOf({"once", "repeated"});
  command
      .Add("--part NAME", &options->part, "Tokens to count: all, or only those of contexts or continuations.")
      .OneOf({"all", "context", "continuation"});
  command
      .Add("--output,--output_path DIR", &options->output, "Folder for CSV files, a JSON file and figures.")
      .Default("not written");
  AddFormatOption(options->format, command);
  command.OnRun([options, run] {
    options->files = FilesOf(*options);
    options->scope.trace = options->files.trace;
    PrintNotes(options->files);
    options->scope.counting = CountingOf(*options);
    Print(run(*options), options->format, options->output);
  });
  return command;
}

TraceReport RunLoops(const AnalyzeOptions& all) {
  LoopReportOptions options = all.loops;
  options.by = all.by == "task"       ? LoopGrouping::kTask
               : all.by == "category" ? LoopGrouping::kCategory
                                      : LoopGrouping::kNone;
  const bool by_category = options.by == LoopGrouping::kCategory;
  VFFN_CHECK(by_category || (options.categories.empty() && options.category_field.empty()),
             "--categories and --category_field need --by category");
  VFFN_CHECK(options.by != LoopGrouping::kNone || options.ledger.empty(), "--ledger needs --by");
  VFFN_CHECK(all.samples.empty() || !options.category_field.empty(),
             "--samples needs --category_field, which says what their records are grouped by");
  for (const std::string& samples : all.samples) {
    const std::vector<std::filesystem::path> files = FindSamples(samples);
    options.samples.insert(options.samples.end(), files.begin(), files.end());
  }
  if (!options.category_field.empty() && options.samples.empty()) {
    options.samples = all.files.samples;
    VFFN_CHECK(!options.samples.empty(), "--category_field: there are no samples_*.jsonl beside the trace ",
               all.scope.trace.string(), "; name them with --samples");
  }
  if (options.by != LoopGrouping::kNone) {
    options.ledger = LedgerOr(options.ledger, all.files);
  }
  return ReportLoops(all.scope, options);
}

TraceReport RunTokens(const AnalyzeOptions& all) {
  TokenReportOptions options = all.tokens;
  options.ledger = LedgerOr(options.ledger, all.files);
  if (!options.control.empty()) {
    const TraceFiles control = FindTrace(options.control);
    PrintNotes(control);
    options.control = control.trace;
    options.control_ledger = LedgerOr(options.control_ledger, control);
  }
  return ReportTokens(all.scope, options);
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
  command
      .Add("--samples FILE", &options.samples,
           "Sample files of the run (--log_samples), or a folder with them, for --category_field.")
      .SeparatedByCommas()
      .Default("those beside the trace");
  command
      .Add("--category_field NAME", &options.loops.category_field,
           "Field of the docs' records that names their category: subject.")
      .Excludes(file)
      .Default("none");
  command
      .Add("--ledger FILE", &options.loops.ledger,
           "ledger.jsonl of the traced run, or its folder: tests whether harder groups, and harder docs "
           "within "
           "a task, get more loops.")
      .Default("that beside the trace");
  command
      .Add("--profile NAME", &options.loops.profile, "Profile whose accuracy decides which docs are correct.")
      .Default("the trace's profile");
  AddCorrelationOptions(options.loops.correlation, command);
}

void AddCosineOptions(CosineReportOptions& options, Command& command) {
  command.BeginGroup("Heat map");
  command
      .Add(
          "--doc DOC_ID", &options.doc,
          "Draw a heat map of this doc's tokens (Figure 5). Needs one task in --tasks, and a trace made with "
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
              "Words to leave out: english (a built-in list), none, or a file with one word on each line, in "
              "the place of the list. Words of the prompt's template are left out in any case.");
  command
      .Add("--extra_stop_words FILE", &options.extra_stop_words, "More words to leave out, one on each line.")
      .Default("none");
  command.Add("--keep_case", &options.keep_case, "Distinguish 'Water' from 'water'.");
  command.Add("--least_count N", &options.least_count, "Leave out words that occur less often.").Positive();
  command.Add("--prior_words N", &options.prior_words, "Size of the prior of the log-odds, in words.")
      .Positive();
  command.Add("--most_words N", &options.most_words, "Words of each bin in the printed table.").Positive();
}

void AddTokenOptions(TokenReportOptions& options, Command& command) {
  command.BeginGroup("Correlations");
  command
      .Add("--layers,--layer N", &options.layers,
           "Layers to report besides the mean of all layers, counted from 0.")
      .SeparatedByCommas()
      .Default("none");
  command
      .Add("--ledger FILE", &options.ledger,
           "ledger.jsonl of the traced run, or its folder, for the correctness of docs.")
      .Default("that beside the trace");
  command.Add("--profile NAME", &options.profile, "Profile whose accuracy decides which docs are correct.")
      .Default("the trace's profile");
  command
      .Add("--control DIR", &options.control,
           "Run of the shuffle control, or its trace, for a second pair of columns.")
      .Default("none");
  command.Add("--control_ledger FILE", &options.control_ledger, "ledger.jsonl of the control's run.")
      .Default("that beside its trace");
  AddCorrelationOptions(options.correlation, command);
}

}  // namespace

void AddAnalyzeCommand(Command& program) {
  auto options = std::make_shared<AnalyzeOptions>();
  Command& analyze = program.AddCommand(
      "analyze", "Analyse a trace: loop counts, experts, branches, words and tokens, with figures.");
  const auto add = [&](const char* name, const char* description, TraceReport (*run)(const AnalyzeOptions&),
                       const char* options_of_example) -> Command& {
    Command& command = AddAnalysis(analyze, name, description, options, run);
    const std::string example = std::string("vffn analyze ") + name + " output/run";
    command.AddExample(example + " --output output/" + name);
    command.AddExample(example + " " + options_of_example);
    return command;
  };
  AddLoopOptions(*options,
                 add("loops",
                     "Report loop counts per layer, N_mean, P and the FLOPs that follow (Figure 4), "
                     "and compare tasks or skills.",
                     RunLoops, "--by category --part continuation"));
  add(
      "experts", "Report how evenly the experts share the tokens.",
      [](const AnalyzeOptions& all) { return ReportExperts(all.scope); }, "--tasks piqa --format latex");
  AddCosineOptions(options->cosine,
                   add(
                       "cosine", "Report the cosine similarity of the width and depth branches (Figure 5).",
                       [](const AnalyzeOptions& all) { return ReportCosine(all.scope, all.cosine); },
                       "--tasks arc_challenge --doc 4"));
  AddWordOptions(options->words,
                 add(
                     "words", "Report which words get a high or a low lambda (Figure 6).",
                     [](const AnalyzeOptions& all) { return ReportWords(all.scope, all.words); },
                     "--layer 5 --least_count 3"));
  AddTokenOptions(
      options->tokens,
      add("tokens", "Correlate loop counts with surprisal, frequency, position and correctness of tokens.",
          RunTokens, "--layers 0,5"));
  analyze.AddExample("vffn analyze loops output/run --output output/loops");
  analyze.AddExample("vffn analyze cosine output/run --tasks arc_challenge --doc 4");
}

}  // namespace vffn
