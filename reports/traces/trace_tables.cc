#include "reports/traces/trace_tables.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <numeric>
#include <sstream>

namespace vffn {
namespace {

constexpr const char* kNone = "-";

std::string Fixed(double value, int digits) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << value;
  return text.str();
}

std::string Percent(int64_t part, int64_t total) {
  return total > 0 ? Fixed(100 * static_cast<double>(part) / static_cast<double>(total), 1) : kNone;
}

template <class T>
std::string OrNone(const std::optional<T>& value, int digits) {
  return value ? Fixed(*value, digits) : kNone;
}

std::string WithError(const std::optional<ClusteredMean>& mean, int digits, double unit = 1) {
  if (!mean) {
    return kNone;
  }
  const std::string value = Fixed(mean->value / unit, digits);
  return mean->standard_error ? value + " ± " + Fixed(*mean->standard_error / unit, digits) : value;
}

/// Columns to the right but the first `left`.
TextTable Table(const std::vector<std::string>& titles, size_t left = 1) {
  std::vector<TextTable::Column> columns;
  for (size_t i = 0; i < titles.size(); ++i) {
    columns.push_back({titles[i], i < left ? Align::kLeft : Align::kRight});
  }
  return TextTable(columns);
}

std::string Join(const std::vector<const WordScore*>& scores, size_t most) {
  std::string text;
  for (size_t i = 0; i < std::min(most, scores.size()); ++i) {
    text.append(i == 0 ? "" : " ").append(scores[i]->word);
  }
  return text.empty() ? kNone : text;
}

std::string Interval(const RankCorrelation& correlation) {
  if (!correlation.low) {
    return kNone;
  }
  return std::string("[")
      .append(Fixed(*correlation.low, 3))
      .append(", ")
      .append(Fixed(*correlation.high, 3))
      .append("]");
}

}  // namespace

TextTable LoopLayerTable(const LoopCounts& counts) {
  std::vector<std::string> titles = {"Layer", "Mean loops"};
  const size_t most = counts.layers.empty() ? 0 : counts.layers.front().histogram.size();
  for (size_t loops = 1; loops <= most; ++loops) {
    titles.push_back(std::to_string(loops) + (loops == 1 ? " loop %" : " loops %"));
  }
  TextTable table = Table(titles, 0);
  for (size_t i = 0; i < counts.layers.size(); ++i) {
    std::vector<std::string> cells = {std::to_string(i), WithError(counts.layers[i].mean, 3)};
    for (const int64_t tokens : counts.layers[i].histogram) {
      cells.push_back(Percent(tokens, counts.tokens));
    }
    table.AddRow(std::move(cells));
  }
  return table;
}

TextTable LoopAverageTable(const std::vector<LoopCounts>& all) {
  TextTable table = Table({"Shared tokens", "Part", "Tokens", "Docs", "N_mean", "P", "Paper FFN MFLOPs",
                           "Exact FFN MFLOPs", "+ routing"},
                          2);
  constexpr double kMillion = 1e6;
  for (const LoopCounts& counts : all) {
    const std::optional<LoopFlops>& flops = counts.flops;
    table.AddRow({std::string(NameOf(counts.counting.sharing)), std::string(NameOf(counts.counting.part)),
                  std::to_string(counts.tokens), std::to_string(counts.docs), WithError(counts.mean_loops, 4),
                  WithError(counts.share_below_max, 4),
                  WithError(flops ? flops->paper : std::nullopt, 3, kMillion),
                  flops ? Fixed(flops->exact / kMillion, 3) : kNone,
                  flops ? Fixed(flops->routing / kMillion, 3) : kNone});
  }
  return table;
}

TextTable ExpertTable(const ExpertCounts& counts) {
  std::vector<std::string> titles = {"Layer", "Routed %"};
  const size_t experts = counts.layers.empty() ? 0 : counts.layers.front().counts.size();
  for (size_t expert = 0; expert < experts; ++expert) {
    titles.push_back(std::string("E").append(std::to_string(expert)).append(" %"));
  }
  titles.insert(titles.end(), {"Evenness", "Max / mean", "Variation"});
  TextTable table = Table(titles, 0);
  for (size_t i = 0; i < counts.layers.size(); ++i) {
    const ExpertLoad& load = counts.layers[i];
    const int64_t total = std::accumulate(load.counts.begin(), load.counts.end(), int64_t{0});
    std::vector<std::string> cells = {std::to_string(i), Percent(load.routed_tokens, counts.tokens)};
    for (const int64_t count : load.counts) {
      cells.push_back(Percent(count, total));
    }
    cells.insert(cells.end(),
                 {OrNone(load.evenness, 4), OrNone(load.max_to_mean, 3), OrNone(load.variation, 3)});
    table.AddRow(std::move(cells));
  }
  return table;
}

TextTable CosineTable(const std::vector<CosineDistribution>& layers) {
  TextTable table =
      Table({"Layer", "Tokens", "Undefined", "Mean cosine", "Deviation", "Lowest", "Highest"}, 0);
  for (size_t i = 0; i < layers.size(); ++i) {
    const CosineDistribution& layer = layers[i];
    table.AddRow({std::to_string(i), std::to_string(layer.tokens), std::to_string(layer.undefined),
                  WithError(layer.mean, 4), OrNone(layer.deviation, 4), OrNone(layer.lowest, 4),
                  OrNone(layer.highest, 4)});
  }
  return table;
}

TextTable WordTable(const WordReport& report, size_t most) {
  TextTable table = Table({"Bin", "Words", "Most frequent", "Most typical"}, 4);
  for (const WordBin& bin : report.bins) {
    std::vector<const WordScore*> frequent, typical;
    for (const WordScore& score : bin.scores) {
      frequent.push_back(&score);
      if (score.z && *score.z > 0) {
        typical.push_back(&score);
      }
    }
    std::ranges::stable_sort(typical, std::ranges::greater(),
                             [](const WordScore* score) { return *score->z; });
    table.AddRow({bin.bin.name, std::to_string(bin.words), Join(frequent, most), Join(typical, most)});
  }
  return table;
}

TextTable TokenTable(const std::vector<TokenCorrelation>& real,
                     const std::vector<TokenCorrelation>& control) {
  std::vector<std::string> titles = {"Loops against", "Layer", "Tokens", "Docs", "Rho", "Interval"};
  if (!control.empty()) {
    titles.insert(titles.end(), {"Control rho", "Control interval"});
  }
  TextTable table = Table(titles);
  for (const TokenCorrelation& one : real) {
    const RankCorrelation& correlation = one.correlation;
    std::vector<std::string> cells = {
        std::string(NameOf(one.quantity)),  one.layer ? std::to_string(*one.layer) : "mean",
        std::to_string(correlation.tokens), std::to_string(correlation.clusters),
        OrNone(correlation.rho, 3),         Interval(correlation)};
    if (!control.empty()) {
      const auto same = std::ranges::find_if(control, [&](const TokenCorrelation& other) {
        return other.quantity == one.quantity && other.layer == one.layer;
      });
      const bool found = same != control.end();
      cells.push_back(found ? OrNone(same->correlation.rho, 3) : kNone);
      cells.push_back(found ? Interval(same->correlation) : kNone);
    }
    table.AddRow(std::move(cells));
  }
  return table;
}

}  // namespace vffn
