#include "reports/traces/trace_records.h"

#include <numeric>

namespace vffn {
namespace {

template <class T>
OrderedJson OrNull(const std::optional<T>& value) {
  return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

OrderedJson ValueOf(const std::optional<ClusteredMean>& mean) {
  return mean ? OrderedJson(mean->value) : OrderedJson(nullptr);
}

OrderedJson ErrorOf(const std::optional<ClusteredMean>& mean) {
  return mean ? OrNull(mean->standard_error) : OrderedJson(nullptr);
}

OrderedJson Begin(const Counting& counting) {
  return {{"sharing", NameOf(counting.sharing)}, {"part", NameOf(counting.part)}};
}

OrderedJson Share(int64_t count, int64_t total) {
  return total > 0 ? OrderedJson(static_cast<double>(count) / static_cast<double>(total))
                   : OrderedJson(nullptr);
}

int64_t Sum(const std::vector<int64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0});
}

OrderedJson AveragesRecord(const LoopCounts& counts) {
  OrderedJson record = Begin(counts.counting);
  record["tokens"] = counts.tokens;
  record["docs"] = counts.docs;
  record["mean_loops"] = ValueOf(counts.mean_loops);
  record["mean_loops_error"] = ErrorOf(counts.mean_loops);
  record["share_below_max"] = ValueOf(counts.share_below_max);
  record["share_below_max_error"] = ErrorOf(counts.share_below_max);
  const std::optional<ClusteredMean> paper = counts.flops ? counts.flops->paper : std::nullopt;
  record["paper_ffn_flops"] = ValueOf(paper);
  record["paper_ffn_flops_error"] = ErrorOf(paper);
  record["exact_ffn_flops"] = counts.flops ? OrderedJson(counts.flops->exact) : OrderedJson(nullptr);
  record["routing_flops"] = counts.flops ? OrderedJson(counts.flops->routing) : OrderedJson(nullptr);
  return record;
}

}  // namespace

std::vector<NamedRecords> LoopRecords(const std::vector<LoopCounts>& all) {
  NamedRecords averages{"loops_averages", {}}, layers{"loops_layers", {}}, histogram{"loops_histogram", {}};
  for (const LoopCounts& counts : all) {
    averages.records.push_back(AveragesRecord(counts));
    for (size_t i = 0; i < counts.layers.size(); ++i) {
      const LayerLoops& layer = counts.layers[i];
      OrderedJson begin = Begin(counts.counting);
      begin["layer"] = i;
      OrderedJson record = begin;
      record["tokens"] = counts.tokens;
      record["mean_loops"] = ValueOf(layer.mean);
      record["standard_error"] = ErrorOf(layer.mean);
      layers.records.push_back(std::move(record));
      for (size_t loops = 0; loops < layer.histogram.size(); ++loops) {
        record = begin;
        record["loops"] = loops + 1;
        record["tokens"] = layer.histogram[loops];
        record["share"] = Share(layer.histogram[loops], counts.tokens);
        histogram.records.push_back(std::move(record));
      }
    }
  }
  return {averages, layers, histogram};
}

std::vector<NamedRecords> ExpertRecords(const std::vector<ExpertCounts>& all) {
  NamedRecords balance{"experts_balance", {}}, loads{"experts_load", {}};
  for (const ExpertCounts& counts : all) {
    for (size_t i = 0; i < counts.layers.size(); ++i) {
      const ExpertLoad& load = counts.layers[i];
      OrderedJson begin = Begin(counts.counting);
      begin["layer"] = i;
      OrderedJson record = begin;
      record["tokens"] = counts.tokens;
      record["routed_tokens"] = load.routed_tokens;
      record["entropy"] = OrNull(load.entropy);
      record["evenness"] = OrNull(load.evenness);
      record["max_to_mean"] = OrNull(load.max_to_mean);
      record["variation"] = OrNull(load.variation);
      balance.records.push_back(std::move(record));
      for (size_t expert = 0; expert < load.counts.size(); ++expert) {
        record = begin;
        record["expert"] = expert;
        record["tokens"] = load.counts[expert];
        record["share"] = Share(load.counts[expert], Sum(load.counts));
        record["gate_weight"] = load.gate_weights[expert];
        loads.records.push_back(std::move(record));
      }
    }
  }
  return {balance, loads};
}

std::vector<NamedRecords> CosineRecords(const std::vector<CosineDistribution>& all) {
  NamedRecords layers{"cosine_layers", {}}, histogram{"cosine_histogram", {}};
  for (size_t i = 0; i < all.size(); ++i) {
    const CosineDistribution& layer = all[i];
    layers.records.push_back({{"layer", i},
                              {"tokens", layer.tokens},
                              {"undefined", layer.undefined},
                              {"mean", ValueOf(layer.mean)},
                              {"standard_error", ErrorOf(layer.mean)},
                              {"deviation", OrNull(layer.deviation)},
                              {"lowest", OrNull(layer.lowest)},
                              {"highest", OrNull(layer.highest)}});
    for (int64_t bin = 0; bin < CosineDistribution::kBins; ++bin) {
      const auto edge = [](int64_t index) {
        return 2.0 * static_cast<double>(index) / CosineDistribution::kBins - 1;
      };
      histogram.records.push_back(
          {{"layer", i}, {"low", edge(bin)}, {"high", edge(bin + 1)}, {"tokens", layer.histogram[bin]}});
    }
  }
  return {layers, histogram};
}

NamedRecords HeatmapRecords(const CosineHeatmap& heatmap) {
  NamedRecords cells{"cosine_heatmap", {}};
  const size_t size = heatmap.labels.size();
  for (size_t row = 0; row < size; ++row) {
    for (size_t column = 0; column < size; ++column) {
      cells.records.push_back({{"row", row},
                               {"row_token", heatmap.labels[row]},
                               {"column", column},
                               {"column_token", heatmap.labels[column]},
                               {"cosine", OrNull(heatmap.cosines[row * size + column])}});
    }
  }
  return cells;
}

std::vector<NamedRecords> WordRecords(const WordReport& report) {
  NamedRecords words{"words", {}}, bins{"words_bins", {}};
  for (const WordBin& bin : report.bins) {
    bins.records.push_back({{"layer", report.layer},
                            {"bin", bin.bin.name},
                            {"lambda_low", bin.bin.low},
                            {"lambda_high", bin.bin.high},
                            {"words", bin.words}});
    for (const WordScore& score : bin.scores) {
      words.records.push_back({{"layer", report.layer},
                               {"bin", bin.bin.name},
                               {"word", score.word},
                               {"count", score.count},
                               {"docs", score.docs},
                               {"share", score.share},
                               {"log_odds", OrNull(score.log_odds)},
                               {"log_odds_low", OrNull(score.low)},
                               {"log_odds_high", OrNull(score.high)},
                               {"z", OrNull(score.z)}});
    }
  }
  return {words, bins};
}

Records TokenRecords(const std::string& trace, const std::vector<TokenCorrelation>& correlations) {
  Records records;
  for (const TokenCorrelation& one : correlations) {
    records.push_back({{"trace", trace},
                       {"quantity", NameOf(one.quantity)},
                       {"layer", OrNull(one.layer)},
                       {"rho", OrNull(one.correlation.rho)},
                       {"low", OrNull(one.correlation.low)},
                       {"high", OrNull(one.correlation.high)},
                       {"tokens", one.correlation.tokens},
                       {"docs", one.correlation.clusters}});
  }
  return records;
}

}  // namespace vffn
