#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <set>

#include "apps/commands.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/line_file.h"
#include "reports/reproduction/report_files.h"
#include "reports/traces/trace_figures.h"
#include "reports/traces/trace_ledger.h"
#include "reports/traces/trace_tables.h"
#include "text/cloud_word.h"
#include "trace/branch_features.h"

namespace vffn {
namespace {

struct AnalyzeOptions {
  std::string trace, output;
  std::vector<std::string> tasks;
  std::string sharing = "once", part = "all";
  std::vector<int64_t> layers;
  // cosine
  std::optional<int64_t> doc;
  int64_t choice = 0;
  // words
  std::vector<double> edges;
  std::string stop_words = "english";
  bool keep_case = false;
  int64_t least_count = 1, most_words = 12;
  double prior_words = 1000;
  // tokens
  std::string ledger, control, control_ledger, profile;
  RankCorrelationOptions correlation;
};

/// Docs of the tasks asked for.
void ReadDocs(const TraceReader& reader, const AnalyzeOptions& options, const TraceColumns& columns,
              const std::function<void(const DocTrace&)>& visit) {
  const std::set<std::string> wanted(options.tasks.begin(), options.tasks.end());
  for (const std::string& task : wanted) {
    VFFN_CHECK(reader.docs().contains(task), reader.path().string(), ": holds no task ", task);
  }
  reader.Read(columns, [&](const DocTrace& doc) {
    if (wanted.empty() || wanted.contains(doc.task)) {
      visit(doc);
    }
  });
}

Counting CountingOf(const AnalyzeOptions& options) {
  for (const Counting& counting : kCountings) {
    if (NameOf(counting.sharing) == options.sharing && NameOf(counting.part) == options.part) {
      return counting;
    }
  }
  Fail("--sharing ", options.sharing, " --part ", options.part, ": no such way of counting");
}

FigureSubject SubjectOf(const AnalyzeOptions& options, const TraceReader& reader) {
  std::string tasks;
  for (const std::string& task : options.tasks) {
    tasks.append(tasks.empty() ? "" : ", ").append(task);
  }
  return {.model = reader.header().model_name, .tasks = tasks.empty() ? "all tasks" : tasks};
}

/// One JSON document with everything, a CSV file a table, and figures; nothing without --output.
void WriteAll(const AnalyzeOptions& options, const std::string& analysis, const TraceReader& reader,
              const std::vector<NamedRecords>& tables, const std::vector<Figure>& figures) {
  if (options.output.empty()) {
    return;
  }
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  VFFN_CHECK(!error, options.output, ": cannot be made: ", error.message());
  OrderedJson json = {{"vffn_analysis", analysis},
                      {"trace", ToJson(reader.header())},
                      {"tasks", options.tasks.empty() ? OrderedJson(nullptr) : OrderedJson(options.tasks)},
                      {"tables", OrderedJson::object()}};
  for (const NamedRecords& table : tables) {
    json["tables"][table.name] = table.records;
    std::cout << "wrote " << WriteCsv(options.output, table.name, table.records).string() << '\n';
  }
  const std::filesystem::path path = std::filesystem::path(options.output) / (analysis + ".json");
  WriteFileAtomically(path, json.dump(1) + "\n");
  std::cout << "wrote " << path.string() << '\n';
  WriteFigures(figures, options.output);
}

void AnalyzeLoops(const AnalyzeOptions& options) {
  const TraceReader reader(options.trace);
  LoopAnalysis analysis(reader.header());
  ReadDocs(reader, options, LoopAnalysis::kColumns, [&](const DocTrace& doc) { analysis.Add(doc); });
  const std::vector<LoopCounts> counts = analysis.Result();
  std::vector<Figure> figures;
  for (const LoopCounts& one : counts) {
    if (one.counting == CountingOf(options)) {
      std::cout << LoopLayerTable(one).ToConsole() << '\n';
      if (one.tokens > 0) {
        figures.push_back(LoopsPerLayer(SubjectOf(options, reader), one));
      }
    }
  }
  std::cout << LoopAverageTable(counts).ToConsole();
  WriteAll(options, "loops", reader, LoopRecords(counts), figures);
}

void AnalyzeExperts(const AnalyzeOptions& options) {
  const TraceReader reader(options.trace);
  ExpertAnalysis analysis(reader.header());
  ReadDocs(reader, options, ExpertAnalysis::kColumns, [&](const DocTrace& doc) { analysis.Add(doc); });
  const std::vector<ExpertCounts> counts = analysis.Result();
  std::vector<Figure> figures;
  for (const ExpertCounts& one : counts) {
    if (one.counting == CountingOf(options)) {
      std::cout << ExpertTable(one).ToConsole();
      figures.push_back(ExpertLoads(SubjectOf(options, reader), one));
    }
  }
  WriteAll(options, "experts", reader, ExpertRecords(counts), figures);
}

void AnalyzeCosine(const AnalyzeOptions& options) {
  const TraceReader reader(options.trace);
  CosineAnalysis analysis(reader.header(), CountingOf(options));
  ReadDocs(reader, options, CosineAnalysis::kColumns, [&](const DocTrace& doc) { analysis.Add(doc); });
  const std::vector<CosineDistribution> layers = analysis.Result();
  std::cout << CosineTable(layers).ToConsole();
  std::vector<NamedRecords> tables = CosineRecords(layers);
  std::vector<Figure> figures;
  if (options.doc) {
    VFFN_CHECK(options.tasks.size() == 1, "--doc needs one --task");
    const DocTrace doc = reader.ReadDoc(options.tasks.front(), *options.doc);
    const CosineHeatmap heatmap =
        MakeHeatmap(doc, ReadBranchFeatures(options.trace, doc),
                    options.layers.empty() ? 0 : options.layers.front(), options.choice);
    std::cout << "heat map of layer " << heatmap.layer << ", " << heatmap.task << " doc " << heatmap.doc_id
              << ", choice " << heatmap.choice << ": " << heatmap.labels.size() << " tokens\n";
    tables.push_back(HeatmapRecords(heatmap));
    figures.push_back(BranchCosine(reader.header().model_name, heatmap));
  }
  WriteAll(options, "cosine", reader, tables, figures);
}

/// A word a line, or the built-in list.
std::function<bool(const std::string&)> StopWords(const std::string& name) {
  if (name == "none") {
    return {};
  }
  if (name == "english") {
    return [](const std::string& word) { return IsEnglishStopWord(word); };
  }
  auto words = std::make_shared<std::set<std::string>>();
  LineFile file(name);
  while (const auto line = file.Next()) {
    const auto word = WordForCloud(*line, /*lower_case=*/true);
    VFFN_CHECK(word.has_value(), file.Origin(), ": not UTF-8");
    words->insert(*word);
  }
  return [words](const std::string& word) { return words->contains(word); };
}

void AnalyzeWords(const AnalyzeOptions& options) {
  const TraceReader reader(options.trace);
  WordAnalysis analysis(reader.header(), {.layer = options.layers.empty() ? 0 : options.layers.front(),
                                          .counting = CountingOf(options),
                                          .edges = options.edges,
                                          .lower_case = !options.keep_case,
                                          .is_stop_word = StopWords(options.stop_words),
                                          .least_count = options.least_count,
                                          .prior_words = options.prior_words});
  ReadDocs(reader, options, WordAnalysis::kColumns, [&](const DocTrace& doc) { analysis.Add(doc); });
  const WordReport report = analysis.Result();
  std::cout << WordTable(report, static_cast<size_t>(options.most_words)).ToConsole() << "Layer "
            << report.layer
            << ". A word's lambda is the mean over its tokens. Left out: " << report.stop_words
            << " stop words, " << report.punctuation << " without letter or digit, " << report.undecodable
            << " that are no UTF-8.\n";
  std::vector<Figure> figures;
  for (const WordWeight weight : {WordWeight::kCount, WordWeight::kLogOdds}) {
    if (auto figure = WordClouds(SubjectOf(options, reader), report, weight)) {
      figures.push_back(*std::move(figure));
    }
  }
  WriteAll(options, "words", reader, WordRecords(report), figures);
}

/// Docs that are correlated with everything but correctness are not left out in silence.
void SayWhatHasNoAnswer(const TraceReader& reader, const AnalyzeOptions& options, const std::string& ledger,
                        const Correctness& correctness) {
  int64_t missing = 0;
  ReadDocs(reader, options, {}, [&](const DocTrace& doc) {
    missing += correctness.contains({doc.task, doc.doc_id}) ? 0 : 1;
  });
  if (missing > 0) {
    std::cout << missing << " traced docs have no accuracy in " << ledger
              << ": correctness is correlated without them.\n";
  }
}

std::vector<TokenCorrelation> CorrelateTokens(const TraceReader& reader, const AnalyzeOptions& options,
                                              const std::string& ledger) {
  TokenAnalysis analysis(reader.header(), CountingOf(options));
  ReadDocs(reader, options, TokenAnalysis::kColumns, [&](const DocTrace& doc) { analysis.Add(doc); });
  const Correctness correctness =
      ledger.empty() ? Correctness() : ReadCorrectness(ledger, reader.header(), options.profile);
  if (!ledger.empty()) {
    SayWhatHasNoAnswer(reader, options, ledger, correctness);
  }
  return analysis.Result(options.layers, correctness, options.correlation);
}

void AnalyzeTokens(const AnalyzeOptions& options) {
  const TraceReader reader(options.trace);
  const std::vector<TokenCorrelation> real = CorrelateTokens(reader, options, options.ledger);
  std::vector<TokenCorrelation> control;
  Records records = TokenRecords("real", real);
  if (!options.control.empty()) {
    const TraceReader other(options.control);
    CheckIsControl(reader.header(), options.trace, other.header(), options.control);
    control = CorrelateTokens(other, options, options.control_ledger);
    for (OrderedJson& record : TokenRecords("control", control)) {
      records.push_back(std::move(record));
    }
  }
  std::cout << TokenTable(real, control).ToConsole();
  if (options.ledger.empty()) {
    std::cout << "Correctness needs the run's ledger (--ledger).\n";
  }
  WriteAll(options, "tokens", reader, {{"tokens", records}}, {});
}

CLI::App* AddAnalysis(CLI::App& analyze, const std::string& name, const std::string& description,
                      const std::shared_ptr<AnalyzeOptions>& options, void (*run)(const AnalyzeOptions&)) {
  CLI::App* command = analyze.add_subcommand(name, description);
  command->add_option("--trace", options->trace, "Folder that vffn eval --trace wrote")->required();
  command->add_option("--output", options->output,
                      "Folder for CSV files, JSON and figures (default: none are written)");
  command->add_option("--task", options->tasks, "Only these tasks (default: all)")->delimiter(',');
  command
      ->add_option("--sharing", options->sharing, "Tokens that requests of a doc share count: once, repeated")
      ->check(CLI::IsMember({"once", "repeated"}))
      ->capture_default_str();
  command->add_option("--part", options->part, "Which tokens: all, context, continuation")
      ->check(CLI::IsMember({"all", "context", "continuation"}))
      ->capture_default_str();
  command->callback([options, run] { run(*options); });
  return command;
}

void AddWordOptions(CLI::App& words, AnalyzeOptions& options) {
  words.add_option("--layer", options.layers, "Whose lambda (default: 0)")->expected(1);
  words.add_option("--edges", options.edges, "Edges of lambda bins, 0,0.4,1 (default: one bin a loop count)")
      ->delimiter(',');
  words
      .add_option("--stop_words", options.stop_words,
                  "Words to leave out: english, none, or a file, one a line")
      ->capture_default_str();
  words.add_flag("--keep_case", options.keep_case, "Tell \"Water\" from \"water\"");
  words.add_option("--least_count", options.least_count, "Leave out words rarer than this")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  words.add_option("--prior_words", options.prior_words, "Size of the prior of the log-odds, in words")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  words.add_option("--most_words", options.most_words, "Words of a bin in the table")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

void AddTokenOptions(CLI::App& tokens, AnalyzeOptions& options) {
  tokens.add_option("--layer", options.layers, "Layers by themselves, too (default: the mean of all only)")
      ->delimiter(',');
  tokens.add_option("--ledger", options.ledger, "The run's ledger.jsonl, for correctness");
  tokens.add_option("--profile", options.profile, "Whose accuracy (default: the trace's profile)");
  tokens.add_option("--control", options.control, "Trace of the shuffle control, to show beside");
  tokens.add_option("--control_ledger", options.control_ledger, "The control's ledger");
  tokens.add_option("--replicates", options.correlation.replicates, "Of the bootstrap over docs")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  tokens.add_option("--seed", options.correlation.seed, "Of the bootstrap")->capture_default_str();
  tokens.add_option("--workers", options.correlation.workers, "Threads (default: the number of cores)")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void AddAnalyzeCommand(CLI::App& app) {
  auto options = std::make_shared<AnalyzeOptions>();
  CLI::App* analyze = app.add_subcommand("analyze", "What the adaptive computation did, from a trace");
  analyze->require_subcommand(1);
  AddAnalysis(*analyze, "loops", "Loops per layer, N_mean, P and FLOPs", options, AnalyzeLoops);
  AddAnalysis(*analyze, "experts", "How evenly experts share the tokens", options, AnalyzeExperts);
  CLI::App* cosine =
      AddAnalysis(*analyze, "cosine", "How alike width and depth branch are", options, AnalyzeCosine);
  cosine->add_option("--doc", options->doc, "Heat map of this doc's tokens (of one --task)");
  cosine->add_option("--choice", options->choice, "Heat map: whose query")->capture_default_str();
  cosine->add_option("--layer", options->layers, "Heat map: of which layer (default: 0)")->expected(1);
  AddWordOptions(*AddAnalysis(*analyze, "words", "Words by lambda", options, AnalyzeWords), *options);
  AddTokenOptions(
      *AddAnalysis(*analyze, "tokens", "Loops against surprisal, frequency, position, correctness", options,
                   AnalyzeTokens),
      *options);
}

}  // namespace vffn
