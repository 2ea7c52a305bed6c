// What `vffn analyze` reports on a trace: tables for a terminal, tables for other programs, figures.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/branch_cosine.h"
#include "analysis/counting.h"
#include "analysis/rank_correlation.h"
#include "analysis/words.h"
#include "reports/figures/figure.h"
#include "reports/tables/table.h"
#include "trace/trace_header.h"
#include "trace/trace_reader.h"

namespace vffn {

/// Which docs of a trace are analysed, and how their tokens count.
struct TraceScope {
  std::filesystem::path trace;     ///< folder of `vffn eval --trace`
  std::vector<std::string> tasks;  ///< empty: all
  Counting counting;
};

struct TraceReport {
  std::string name;  ///< of the analysis: "loops"
  std::string run;   ///< the run's name, as in tables of scores
  TraceHeader header;
  std::vector<std::string> tasks;  ///< as in the scope
  std::string text;                ///< tables and notes for a terminal
  std::vector<Table> tables;
  std::vector<Figure> figures;
};

// All functions throw Error if the trace cannot be read, lacks a task of the scope, or does not hold what the
// analysis needs (a dense model has no loops, for example).

enum class LoopGrouping { kNone, kTask, kCategory };

/// How `ReportLoops` compares groups of docs.
struct LoopReportOptions {
  LoopGrouping by = LoopGrouping::kNone;
  std::filesystem::path categories;            ///< SkillCategories::FromFile; empty: by the tasks' names
  std::string category_field;                  ///< SkillCategories::FromSamples; empty: none
  std::vector<std::filesystem::path> samples;  ///< of the field
  std::filesystem::path ledger;                ///< of the trace's run, for difficulty; may be empty
  std::string profile;                         ///< whose accuracy counts; empty: the trace's profile
  RankCorrelationOptions correlation;
};

/// Loops per layer, N_mean, P and FLOPs (Figure 4). By task or category: the mean loops and lambda of every
/// group, a test of whether they are equal and, with a ledger, whether harder groups and docs get more.
TraceReport ReportLoops(const TraceScope& scope, const LoopReportOptions& options = {});

/// The load of every expert.
TraceReport ReportExperts(const TraceScope& scope);

struct CosineReportOptions {
  std::optional<int64_t> doc;  ///< draws a heat map of this doc; scope or trace then have one task
  int64_t choice = 0;          ///< of the doc: whose tokens the heat map shows
  int64_t layer = 0;           ///< of the heat map
};

/// The task of the scope, or the only one of the trace. Throws Error, naming them, if there are several.
std::string OneTask(const TraceReader& reader, const TraceScope& scope);

/// Of options.doc. Throws Error if layer, doc or choice do not exist, or if the trace has no outputs of the
/// branches for this doc and layer.
CosineHeatmap ReadHeatmap(const TraceReader& reader, const std::string& task,
                          const CosineReportOptions& options);

/// Cosine similarity of the two branches' outputs (Figure 5).
TraceReport ReportCosine(const TraceScope& scope, const CosineReportOptions& options);

struct WordReportOptions {
  int64_t layer = 0;                       ///< whose lambda
  std::vector<double> edges;               ///< of the lambda bins; empty: one bin for each loop count
  std::string stop_words = "english";      ///< "english", "none", or a file with one word a line
  std::filesystem::path extra_stop_words;  ///< a file with more of them; empty: none
  bool keep_case = false;
  int64_t least_count = 1;    ///< rarer words are left out
  int64_t most_words = 12;    ///< words of each bin in the table
  double prior_words = 1000;  ///< size of the log-odds' prior, in words
};

/// The words of a trace in bins of lambda.
WordReport CountWords(const TraceReader& reader, const TraceScope& scope, const WordReportOptions& options);

/// Words by lambda (Figure 6).
TraceReport ReportWords(const TraceScope& scope, const WordReportOptions& options);

struct TokenReportOptions {
  std::vector<int64_t> layers;           ///< reported by themselves, besides the mean of all layers
  std::filesystem::path ledger;          ///< of the trace's run, for correctness; may be empty
  std::string profile;                   ///< whose accuracy is correctness; empty: the trace's profile
  std::filesystem::path control;         ///< trace of the shuffle control; may be empty
  std::filesystem::path control_ledger;  ///< may be empty
  RankCorrelationOptions correlation;
};

/// Rank correlations of loop counts with surprisal, frequency, position and correctness.
TraceReport ReportTokens(const TraceScope& scope, const TokenReportOptions& options);

/// Writes a CSV file for each table, and NAME.json with all of them; creates the folder. Returns the paths.
std::vector<std::filesystem::path> WriteTraceReport(const TraceReport& report,
                                                    const std::filesystem::path& folder);

}  // namespace vffn
