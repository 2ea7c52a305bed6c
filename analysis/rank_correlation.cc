#include "analysis/rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/random.h"

namespace vffn {
namespace {

/// Pairs by the rank of their values among the distinct ones, ordered by cluster.
struct Ranked {
  struct Row {
    int32_t x, y;  // which distinct value, from the smallest
    double count;
  };
  std::vector<Row> rows;
  std::vector<size_t> begins;  // [clusters + 1] into rows
  size_t x_values = 0, y_values = 0;

  size_t clusters() const { return begins.size() - 1; }
};

/// Index of each value among the distinct ones; returns how many there are.
size_t DenseRanks(const std::vector<double>& values, std::vector<int32_t>& ranks) {
  std::vector<std::pair<double, size_t>> places(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    places[i] = {values[i], i};
  }
  std::ranges::sort(places, {}, &std::pair<double, size_t>::first);
  ranks.resize(values.size());
  int32_t rank = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    rank += i > 0 && places[i].first > places[i - 1].first ? 1 : 0;
    ranks[places[i].second] = rank;
  }
  return static_cast<size_t>(rank) + 1;
}

Ranked RankAll(std::span<const RankPair> pairs) {
  std::vector<RankPair> sorted(pairs.begin(), pairs.end());
  std::ranges::stable_sort(sorted, {}, &RankPair::cluster);
  std::vector<double> x, y;
  for (const RankPair& pair : sorted) {
    VFFN_CHECK(std::isfinite(pair.x) && std::isfinite(pair.y) && pair.count > 0, "a pair (", pair.x, ", ",
               pair.y, ") that counts ", pair.count, " times has no rank");
    x.push_back(pair.x);
    y.push_back(pair.y);
  }
  Ranked ranked;
  std::vector<int32_t> x_ranks, y_ranks;
  ranked.x_values = DenseRanks(x, x_ranks);
  ranked.y_values = DenseRanks(y, y_ranks);
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || sorted[i].cluster != sorted[i - 1].cluster) {
      ranked.begins.push_back(i);
    }
    ranked.rows.push_back({x_ranks[i], y_ranks[i], static_cast<double>(sorted[i].count)});
  }
  ranked.begins.push_back(sorted.size());
  return ranked;
}

/// One evaluation with weights of clusters; keeps its memory for the next.
class Evaluation {
 public:
  explicit Evaluation(const Ranked& ranked) : ranked_(ranked), x_(ranked.x_values), y_(ranked.y_values) {}

  std::optional<double> Of(const std::vector<int32_t>& weights) {
    std::ranges::fill(x_, 0);
    std::ranges::fill(y_, 0);
    double total = 0;
    ForEach(weights, [&](const Ranked::Row& row, double weight) {
      x_[row.x] += weight;
      y_[row.y] += weight;
      total += weight;
    });
    const double x_square = ToCentredRanks(x_, total);
    const double y_square = ToCentredRanks(y_, total);
    if (x_square <= 0 || y_square <= 0) {
      return std::nullopt;
    }
    double product = 0;
    ForEach(weights,
            [&](const Ranked::Row& row, double weight) { product += weight * x_[row.x] * y_[row.y]; });
    return std::clamp(product / std::sqrt(x_square * y_square), -1.0, 1.0);
  }

 private:
  template <class Visit>
  void ForEach(const std::vector<int32_t>& weights, Visit&& visit) const {
    for (size_t cluster = 0; cluster < weights.size(); ++cluster) {
      if (weights[cluster] > 0) {
        for (size_t i = ranked_.begins[cluster]; i < ranked_.begins[cluster + 1]; ++i) {
          visit(ranked_.rows[i], ranked_.rows[i].count * weights[cluster]);
        }
      }
    }
  }

  /// Weight of each distinct value -> its mean rank less the mean of all ranks; returns their weighted sum of
  /// squares, 0 if there is one value.
  static double ToCentredRanks(std::vector<double>& weights, double total) {
    double below = 0, squares = 0;
    for (double& value : weights) {
      const double weight = value;
      value = below + weight / 2 - total / 2;
      squares += weight * value * value;
      below += weight;
    }
    return squares;
  }

  const Ranked& ranked_;
  std::vector<double> x_, y_;
};

/// How often each cluster is drawn.
std::vector<int32_t> Draw(size_t clusters, uint64_t seed, int64_t replicate) {
  Random random(seed, "rank correlation " + std::to_string(replicate));
  std::vector<int32_t> drawn(clusters);
  for (size_t i = 0; i < clusters; ++i) {
    ++drawn[static_cast<size_t>(random.Uniform() * static_cast<double>(clusters))];
  }
  return drawn;
}

void AddInterval(const Ranked& ranked, const RankCorrelationOptions& options, RankCorrelation& result) {
  std::vector<std::optional<double>> replicates(static_cast<size_t>(options.replicates));
  const int cores = std::max<int>(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int workers = options.workers > 0 ? options.workers : cores;
  const int64_t each = (options.replicates + workers - 1) / workers;
  ParallelFor(workers, workers, [&](int64_t worker) {
    Evaluation evaluation(ranked);
    for (int64_t r = worker * each; r < std::min(options.replicates, (worker + 1) * each); ++r) {
      replicates[r] = evaluation.Of(Draw(ranked.clusters(), options.seed, r));
    }
  });
  std::vector<double> values;
  for (const std::optional<double>& value : replicates) {
    if (!value) {
      return;
    }
    values.push_back(*value);
  }
  std::ranges::sort(values);
  const auto count = static_cast<int64_t>(values.size());
  const auto tail = static_cast<int64_t>((1 - options.confidence) / 2 * static_cast<double>(count));
  result.low = values[tail];
  result.high = values[count - 1 - tail];
}

}  // namespace

RankCorrelation SpearmanOf(std::span<const RankPair> pairs, const RankCorrelationOptions& options) {
  VFFN_CHECK(options.replicates >= 0 && options.confidence > 0 && options.confidence < 1, options.replicates,
             " replicates at confidence ", options.confidence, " make no interval");
  RankCorrelation result;
  for (const RankPair& pair : pairs) {
    result.tokens += pair.count;
  }
  if (pairs.empty()) {
    return result;
  }
  const Ranked ranked = RankAll(pairs);
  result.clusters = static_cast<int64_t>(ranked.clusters());
  result.rho = Evaluation(ranked).Of(std::vector<int32_t>(ranked.clusters(), 1));
  if (result.rho && result.clusters > 1 && options.replicates > 0) {
    AddInterval(ranked, options, result);
  }
  return result;
}

}  // namespace vffn
