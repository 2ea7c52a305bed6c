#include <functional>
#include <memory>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/line_file.h"
#include "reports/tables/table_text.h"
#include "reports/traces/trace_docs.h"
#include "reports/traces/trace_tables.h"
#include "text/cloud_word.h"

namespace vffn {
namespace {

using WordSet = std::set<std::string>;

/// One word a line.
void AddWords(const std::filesystem::path& path, WordSet& words) {
  LineFile file(path);
  while (const auto line = file.Next()) {
    const auto word = WordForCloud(*line, /*lower_case=*/true);
    VFFN_CHECK(word.has_value(), file.Origin(), ": not UTF-8");
    words.insert(*word);
  }
}

/// Whether a word is left out: a list by name, or a file, and a second file.
std::function<bool(const std::string&)> StopWords(const WordReportOptions& options) {
  const bool english = options.stop_words == "english";
  auto words = std::make_shared<WordSet>();
  if (!english && options.stop_words != "none") {
    AddWords(options.stop_words, *words);
  }
  if (!options.extra_stop_words.empty()) {
    AddWords(options.extra_stop_words, *words);
  }
  return [words, english](const std::string& word) {
    return words->contains(word) || (english && IsEnglishStopWord(word));
  };
}

/// What the trace says of the prompts' own words.
std::string PromptNote(const WordReport& words, const TraceReader& reader) {
  if (!reader.header().shape.from_doc) {
    return "The trace is of an older program and does not tell which words are of the prompt's template "
           "(\"Question:\"): they are counted like the others. Make the trace again to leave them out.\n";
  }
  return words.unknown_words == 0
             ? ""
             : std::to_string(words.unknown_words) + " of the " + std::to_string(words.words) +
                   " words may be of the prompt's template: their prompts could not be "
                   "compared with the docs' records.\n";
}

}  // namespace

WordReport CountWords(const TraceReader& reader, const TraceScope& scope, const WordReportOptions& options) {
  WordAnalysis analysis(reader.header(), {.layer = options.layer,
                                          .counting = scope.counting,
                                          .edges = options.edges,
                                          .lower_case = !options.keep_case,
                                          .is_stop_word = StopWords(options),
                                          .least_count = options.least_count,
                                          .prior_words = options.prior_words});
  AddDocs(reader, scope, analysis);
  return analysis.Result();
}

TraceReport ReportWords(const TraceScope& scope, const WordReportOptions& options) {
  const TraceReader reader(scope.trace);
  const WordReport words = CountWords(reader, scope, options);
  std::ostringstream text;
  text << RowsText(WordTable(words, static_cast<size_t>(options.most_words)), TableFormat::kConsole)
       << "Layer " << words.layer
       << ". A word's lambda is the mean over its tokens. Left out: " << words.prompt_words
       << " words of the prompts' templates and solved examples, " << words.stop_words << " stop words, "
       << words.punctuation << " without letter or digit, " << words.undecodable << " that are not UTF-8.\n"
       << PromptNote(words, reader);
  TraceReport report = BeginReport("words", reader, scope);
  report.text = text.str();
  for (const WordWeight weight : {WordWeight::kCount, WordWeight::kLogOdds}) {
    if (auto figure = WordClouds(SubjectOf(reader, scope), words, weight)) {
      report.figures.push_back(*std::move(figure));
    }
  }
  report.tables = WordTables(words);
  NameTables(reader, report);
  return report;
}

}  // namespace vffn
