// Words by lambda, for word clouds (Figure 6).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/counting.h"
#include "trace/trace_reader.h"

namespace vffn {

struct WordOptions {
  int64_t layer = 0;
  Counting counting;
  std::vector<double>
      edges;  ///< ascending, of the bins [e_0, e_1), ..., the last one closed; empty: see LambdaBins
  bool lower_case = true;
  std::function<bool(const std::string&)> is_stop_word;  ///< of words in lower case; empty: none is
  int64_t least_count = 1;     ///< rarer words (over all bins) are left out of the result, not of the totals
  double prior_words = 1000;   ///< size of the Dirichlet prior, in words; more shrinks rare words harder
  double confidence_z = 1.96;  ///< half-width of intervals, in standard deviations
};

/// [low, high), the last one closed.
struct LambdaBin {
  double low = 0, high = 0;
  std::vector<int64_t> loops;  ///< loop counts whose lambda, (L_max - loops) / L_max, falls into it
  std::string name;            ///< "lambda 0.75 (1 loop)", "lambda [0, 0.4) (3 to 4 loops)"
};

/// Without `edges` one bin for each lambda that a loop count gives, cut half-way between them: words of
/// several tokens, whose lambda is a mean, go to the nearest.
std::vector<LambdaBin> LambdaBins(int64_t max_loops, const std::vector<double>& edges);

/// A word in one bin.
struct WordScore {
  std::string word;
  int64_t count = 0;
  int64_t docs = 0;  ///< docs with the word in this bin
  double share = 0;  ///< of the bin's words
  /// How much more often than in all other bins: the difference of log-odds under an informative Dirichlet
  /// prior (Monroe, Colaresi and Quinn 2008, Eq. 15-22), whose pseudo-counts are prior_words times the word's
  /// share of all words. Absent if there is but one bin with words.
  std::optional<double> log_odds, low, high, z;
};

struct WordBin {
  LambdaBin bin;
  int64_t words = 0;              ///< occurrences
  std::vector<WordScore> scores;  ///< most frequent first, then by word
};

struct WordReport {
  int64_t layer = 0;
  std::vector<WordBin> bins;
  int64_t words = 0;          ///< occurrences in the bins
  int64_t stop_words = 0;     ///< left out
  int64_t prompt_words = 0;   ///< of the prompt's template or solved examples (DocTrace::from_doc), left out
  int64_t unknown_words = 0;  ///< of contexts, in the bins, of which the trace does not tell whether they are
  int64_t punctuation = 0;    ///< without letter or digit, left out
  int64_t undecodable = 0;    ///< not UTF-8 (a token of a longer sequence, alone), left out
};

/// BPE pieces become words where white space begins or ends a piece; bytes are joined before they are
/// decoded. A word's lambda is the mean over the pieces of the word that FindCloudWord finds; pieces of
/// punctuation alone at its ends do not count, nor does the last token of a continuation, which the model
/// never reads (its text does). A word is the prompt's if all its pieces are.
class WordAnalysis {
 public:
  static constexpr TraceColumns kColumns = {.pieces = true, .origins = true, .lambdas = true};

  /// Throws Error if the trace has no lambda, the layer is none of its layers, or edges do not ascend.
  WordAnalysis(const TraceHeader& header, WordOptions options);

  void Add(const DocTrace& doc);

  WordReport Result() const;

 private:
  struct Entry {
    int64_t count = 0;
    int64_t docs = 0;
  };

  void AddWord(const DocTrace& doc, const std::vector<int32_t>& nodes, int64_t count);
  void Place(const std::string& word, double lambda, int64_t count, bool known);

  WordOptions options_;
  std::vector<LambdaBin> bins_;
  std::vector<std::map<std::string, Entry>> counts_;  // per bin
  std::set<std::pair<size_t, std::string>> seen_;     // (bin, word) of the doc at hand
  WordReport totals_;
};

}  // namespace vffn
