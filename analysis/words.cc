#include "analysis/words.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "analysis/loops.h"
#include "base/error.h"
#include "text/cloud_word.h"

namespace vffn {
namespace {

std::string Number(double value) {
  std::ostringstream text;
  text.precision(4);
  text << value;
  return text.str();
}

std::string Interval(const LambdaBin& bin, bool last) {
  return std::string("[")
      .append(Number(bin.low))
      .append(", ")
      .append(Number(bin.high))
      .append(last ? "]" : ")");
}

/// " (1 loop)", " (3 to 4 loops)".
std::string LoopsText(const std::vector<int64_t>& loops) {
  if (loops.empty()) {
    return "";
  }
  std::ostringstream text;
  text << " (" << loops.front();
  if (loops.size() > 1) {
    text << " to " << loops.back();
  }
  text << (loops.back() == 1 ? " loop)" : " loops)");
  return text.str();
}

size_t BinOf(const std::vector<LambdaBin>& bins, double lambda) {
  size_t bin = 0;
  while (bin + 1 < bins.size() && lambda >= bins[bin].high) {
    ++bin;
  }
  return bin;
}

/// Whether a node carries on the word of its parent.
bool Continues(const DocTrace& doc, int64_t node) {
  const int32_t parent = doc.parents[node];
  return parent >= 0 && !BeginsWithSpace(doc.pieces[node]) && !EndsWithSpace(doc.pieces[parent]);
}

/// Whether the trace tells that a node is text of the doc's record, or that it is not.
bool IsOf(const DocTrace& doc, int32_t node, bool record) {
  return !doc.from_doc.empty() && doc.from_doc[node] == record;
}

/// Requests that have the node in them.
int64_t Holders(const DocTrace& doc, int64_t node) {
  return node < doc.nodes_run ? doc.readers[node] : doc.scored[node];
}

/// How often a word ends with each node.
std::vector<int64_t> Ends(const DocTrace& doc, const Counting& counting) {
  std::vector<int64_t> ends(static_cast<size_t>(doc.nodes()));
  for (int64_t node = 0; node < doc.nodes(); ++node) {
    ends[node] += Holders(doc, node);
    if (Continues(doc, node)) {
      ends[doc.parents[node]] -= Holders(doc, node);
    }
  }
  for (int64_t node = 0; node < doc.nodes(); ++node) {
    const bool scored = doc.scored[node] > 0;
    const bool wanted = counting.part == Part::kAll || scored == (counting.part == Part::kContinuation);
    ends[node] = !wanted || ends[node] <= 0 ? 0 : counting.sharing == Sharing::kOnce ? 1 : ends[node];
  }
  return ends;
}

/// Of one word in one bin against all the others.
void ScoreOdds(WordScore& score, double in_all, double words_of_bin, double words_of_all,
               const WordOptions& options) {
  const double rest = words_of_all - words_of_bin;
  const double prior = options.prior_words * in_all / words_of_all;
  const auto count = static_cast<double>(score.count);
  const double other = in_all - count;
  const auto odds = [&](double of_word, double of_all) {
    return (of_word + prior) / (of_all + options.prior_words - of_word - prior);
  };
  const double here = odds(count, words_of_bin);
  const double there = odds(other, rest);
  if (words_of_bin <= 0 || rest <= 0 || !std::isfinite(here) || !std::isfinite(there) || here <= 0 ||
      there <= 0) {
    return;
  }
  const double deviation = std::sqrt(1 / (count + prior) + 1 / (other + prior));
  score.log_odds = std::log(here) - std::log(there);
  score.low = *score.log_odds - options.confidence_z * deviation;
  score.high = *score.log_odds + options.confidence_z * deviation;
  score.z = *score.log_odds / deviation;
}

}  // namespace

std::vector<LambdaBin> LambdaBins(int64_t max_loops, const std::vector<double>& edges) {
  const auto most = static_cast<double>(max_loops);
  std::vector<double> cuts = edges;
  if (edges.empty()) {
    cuts.push_back(0);
    for (int64_t i = 1; i < max_loops; ++i) {
      cuts.push_back((static_cast<double>(i) - 0.5) / most);
    }
    cuts.push_back(1);
  }
  std::vector<LambdaBin> bins;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    bins.push_back({.low = cuts[i], .high = cuts[i + 1]});
  }
  for (int64_t loops = 1; loops <= max_loops; ++loops) {
    const double lambda = static_cast<double>(max_loops - loops) / most;
    if (lambda >= cuts.front() && lambda <= cuts.back()) {
      bins[BinOf(bins, lambda)].loops.push_back(loops);
    }
  }
  for (size_t i = 0; i < bins.size(); ++i) {
    const std::string lambda =
        edges.empty() ? Number(static_cast<double>(i) / most) : Interval(bins[i], i + 1 == bins.size());
    bins[i].name = std::string("lambda ").append(lambda).append(LoopsText(bins[i].loops));
  }
  return bins;
}

WordAnalysis::WordAnalysis(const TraceHeader& header, WordOptions options) : options_(std::move(options)) {
  VFFN_CHECK(header.shape.lambda, "no lambda in this trace: it is of ", DescribeModel(header));
  VFFN_CHECK(options_.layer >= 0 && options_.layer < header.shape.layers, "layer ", options_.layer,
             ": the model has layers 0 to ", header.shape.layers - 1);
  const std::vector<double>& edges = options_.edges;
  VFFN_CHECK(edges.empty() || (edges.size() > 1 && edges.front() >= 0 && edges.back() <= 1),
             "bin edges should be two or more numbers from 0 to 1");
  for (size_t i = 1; i < edges.size(); ++i) {
    VFFN_CHECK(edges[i] > edges[i - 1], "bin edges should ascend; ", edges[i], " comes after ", edges[i - 1]);
  }
  VFFN_CHECK(std::isfinite(options_.prior_words) && options_.prior_words > 0, "the prior has ",
             options_.prior_words, " words, should have more than 0");
  bins_ = LambdaBins(header.config.ffn.max_loops, edges);
  counts_.resize(bins_.size());
  totals_.layer = options_.layer;
}

void WordAnalysis::Add(const DocTrace& doc) {
  const std::vector<int64_t> ends = Ends(doc, options_.counting);
  std::vector<int32_t> nodes;
  for (int64_t end = 0; end < doc.nodes(); ++end) {
    if (ends[end] == 0) {
      continue;
    }
    nodes = {static_cast<int32_t>(end)};
    while (Continues(doc, nodes.back())) {
      nodes.push_back(doc.parents[nodes.back()]);
    }
    std::ranges::reverse(nodes);
    AddWord(doc, nodes, ends[end]);
  }
  seen_.clear();
}

void WordAnalysis::AddWord(const DocTrace& doc, const std::vector<int32_t>& nodes, int64_t count) {
  std::string bytes;
  for (const int32_t node : nodes) {
    bytes += doc.pieces[node];
  }
  const std::optional<WordSpan> span = FindCloudWord(bytes);
  double sum = 0;
  int64_t run = 0;
  size_t end = 0;
  std::vector<int32_t> inside;
  for (const int32_t node : nodes) {
    const size_t begin = end;
    end += doc.pieces[node].size();
    if (span && begin < span->end && end > span->begin) {
      inside.push_back(node);
      sum += node < doc.nodes_run ? doc.lambdas[options_.layer * doc.nodes_run + node] : 0;
      run += node < doc.nodes_run ? 1 : 0;
    }
  }
  const std::string_view word =
      span ? std::string_view(bytes).substr(span->begin, span->end - span->begin) : std::string_view();
  if (!span) {
    totals_.undecodable += count;
  } else if (word.empty()) {
    totals_.punctuation += count;
  } else if (std::ranges::all_of(inside, [&](int32_t node) { return IsOf(doc, node, false); })) {
    totals_.prompt_words += count;
  } else if (options_.is_stop_word && options_.is_stop_word(*WordForCloud(word, /*lower_case=*/true))) {
    totals_.stop_words += count;
  } else if (run > 0) {
    const bool known = std::ranges::any_of(
        inside, [&](int32_t node) { return doc.scored[node] > 0 || IsOf(doc, node, true); });
    Place(*WordForCloud(word, options_.lower_case), sum / static_cast<double>(run), count, known);
  }
}

void WordAnalysis::Place(const std::string& word, double lambda, int64_t count, bool known) {
  if (lambda < bins_.front().low || lambda > bins_.back().high) {
    return;  // outside the edges asked for
  }
  const size_t bin = BinOf(bins_, lambda);
  Entry& entry = counts_[bin][word];
  entry.count += count;
  entry.docs += seen_.emplace(bin, word).second ? 1 : 0;
  totals_.words += count;
  totals_.unknown_words += known ? 0 : count;
}

WordReport WordAnalysis::Result() const {
  WordReport report = totals_;
  std::map<std::string, int64_t> all;
  for (const auto& bin : counts_) {
    for (const auto& [word, entry] : bin) {
      all[word] += entry.count;
    }
  }
  for (size_t i = 0; i < bins_.size(); ++i) {
    WordBin& bin = report.bins.emplace_back(WordBin{.bin = bins_[i]});
    for (const auto& [word, entry] : counts_[i]) {
      bin.words += entry.count;
    }
    for (const auto& [word, entry] : counts_[i]) {
      const int64_t in_all = all.at(word);
      if (in_all < options_.least_count) {
        continue;
      }
      WordScore& score = bin.scores.emplace_back(
          WordScore{.word = word,
                    .count = entry.count,
                    .docs = entry.docs,
                    .share = static_cast<double>(entry.count) / static_cast<double>(bin.words)});
      ScoreOdds(score, static_cast<double>(in_all), static_cast<double>(bin.words),
                static_cast<double>(report.words), options_);
    }
    std::ranges::stable_sort(bin.scores, std::ranges::greater(), &WordScore::count);
  }
  return report;
}

}  // namespace vffn
