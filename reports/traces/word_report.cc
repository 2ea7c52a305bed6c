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

/// Whether a word is left out: never, if it is in the built-in list, or if it is in a file.
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

}  // namespace

TraceReport ReportWords(const TraceScope& scope, const WordReportOptions& options) {
  const TraceReader reader(scope.trace);
  WordAnalysis analysis(reader.header(), {.layer = options.layer,
                                          .counting = scope.counting,
                                          .edges = options.edges,
                                          .lower_case = !options.keep_case,
                                          .is_stop_word = StopWords(options.stop_words),
                                          .least_count = options.least_count,
                                          .prior_words = options.prior_words});
  AddDocs(reader, scope, analysis);
  const WordReport words = analysis.Result();
  std::ostringstream text;
  text << RowsText(WordTable(words, static_cast<size_t>(options.most_words)), TableFormat::kConsole)
       << "Layer " << words.layer
       << ". A word's lambda is the mean over its tokens. Left out: " << words.stop_words << " stop words, "
       << words.punctuation << " without letter or digit, " << words.undecodable << " that are not UTF-8.\n";
  TraceReport report = BeginReport("words", reader, scope);
  report.text = text.str();
  for (const WordWeight weight : {WordWeight::kCount, WordWeight::kLogOdds}) {
    if (auto figure = WordClouds(SubjectOf(reader, scope), words, weight)) {
      report.figures.push_back(*std::move(figure));
    }
  }
  report.tables = WordTables(words);
  return report;
}

}  // namespace vffn
