#include "reports/traces/trace_tables.h"

#include <algorithm>
#include <numeric>

#include "reports/tables/number_text.h"

namespace vffn {
namespace {

constexpr Style kMillions = {.unit = {.per = 1e6, .decimals = 3}};
constexpr Style kShare = {.unit = {.decimals = 1}};  // percent

/// A convention of counting, then names and cells.
template <class... NamesAndCells>
Row RowOf(const Counting& counting, NamesAndCells&&... rest) {
  return MakeRow("sharing", NameOf(counting.sharing), "part", NameOf(counting.part),
                 std::forward<NamesAndCells>(rest)...);
}

/// The tables under every convention as one.
template <class Counts>
Table Joined(const std::vector<Counts>& all, Table (*one)(const Counts&)) {
  Table joined;
  for (const Counts& counts : all) {
    joined.Append(one(counts));
  }
  return all.empty() ? one({}) : joined;
}

Cell Percent(int64_t part, int64_t total) {
  return total > 0 ? Cell(100 * static_cast<double>(part) / static_cast<double>(total)) : Cell(std::nullopt);
}

Cell Share(int64_t part, int64_t total) {
  return total > 0 ? Cell(static_cast<double>(part) / static_cast<double>(total)) : Cell(std::nullopt);
}

int64_t Sum(const std::vector<int64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0});
}

/// More experts than this make a table too wide: only the heaviest one is shown.
constexpr size_t kMostExpertColumns = 16;

std::string ExpertTitle(size_t expert) { return "E" + std::to_string(expert) + " %"; }

/// The cells of a layer that people see: the share of each expert, or of the heaviest one.
void AddExpertShares(const ExpertLoad& load, Row& row) {
  const int64_t total = Sum(load.counts);
  if (load.counts.size() <= kMostExpertColumns) {
    for (size_t expert = 0; expert < load.counts.size(); ++expert) {
      row.emplace_back(ExpertTitle(expert), Percent(load.counts[expert], total));
    }
  } else if (total > 0) {
    const auto heaviest = std::ranges::max_element(load.counts);
    row.emplace_back("Heaviest", heaviest - load.counts.begin());
    row.emplace_back("Heaviest %", Percent(*heaviest, total));
  }
}

}  // namespace

Table LoopAverageTable(const std::vector<LoopCounts>& all) {
  Table table("loops_averages",
              {{"sharing", "Shared tokens"},
               {"part", "Part"},
               {"tokens", "Tokens", kNumber},
               {"docs", "Docs", kNumber},
               {{"mean_loops", "mean_loops_error"}, "N_mean", Decimals(4)},
               {{"share_below_max", "share_below_max_error"}, "P", Decimals(4)},
               {{"paper_ffn_flops", "paper_ffn_flops_error"}, "Paper FFN MFLOPs", kMillions},
               {"exact_ffn_flops", "Exact FFN MFLOPs", kMillions},
               {"routing_flops", "+ routing", kMillions}});
  for (const LoopCounts& counts : all) {
    const std::optional<LoopFlops>& flops = counts.flops;
    table.AddRow(RowOf(counts.counting, "tokens", counts.tokens, "docs", counts.docs, "mean_loops",
                       counts.mean_loops, "share_below_max", counts.share_below_max, "paper_ffn_flops",
                       flops ? Cell(flops->paper) : Cell(std::nullopt), "exact_ffn_flops",
                       flops ? Cell(flops->exact) : Cell(std::nullopt), "routing_flops",
                       flops ? Cell(flops->routing) : Cell(std::nullopt)));
  }
  return table;
}

Table LoopLayerTable(const LoopCounts& counts) {
  std::vector<Column> columns = {{"sharing"},
                                 {"part"},
                                 {"layer", "Layer", kNumber},
                                 {"tokens"},
                                 {{"mean_loops", "standard_error"}, "Mean loops", Decimals(3)}};
  const size_t most = counts.layers.empty() ? 0 : counts.layers.front().histogram.size();
  const auto title = [](size_t loops) {
    return std::to_string(loops) + (loops == 1 ? " loop %" : " loops %");
  };
  for (size_t loops = 1; loops <= most; ++loops) {
    columns.push_back({"", title(loops), kShare});
  }
  Table table("loops_layers", std::move(columns));
  for (size_t i = 0; i < counts.layers.size(); ++i) {
    const LayerLoops& layer = counts.layers[i];
    Row row = RowOf(counts.counting, "layer", i, "tokens", counts.tokens, "mean_loops", layer.mean);
    for (size_t loops = 1; loops <= layer.histogram.size(); ++loops) {
      row.emplace_back(title(loops), Percent(layer.histogram[loops - 1], counts.tokens));
    }
    table.AddRow(row);
  }
  return table;
}

std::vector<Table> LoopTables(const std::vector<LoopCounts>& all) {
  Table histogram = DataTable("loops_histogram", {"sharing", "part", "layer", "loops", "tokens", "share"});
  for (const LoopCounts& counts : all) {
    for (size_t i = 0; i < counts.layers.size(); ++i) {
      const std::vector<int64_t>& tokens = counts.layers[i].histogram;
      for (size_t loops = 0; loops < tokens.size(); ++loops) {
        histogram.AddRow(RowOf(counts.counting, "layer", i, "loops", loops + 1, "tokens", tokens[loops],
                               "share", Share(tokens[loops], counts.tokens)));
      }
    }
  }
  return {LoopAverageTable(all), Joined(all, LoopLayerTable), std::move(histogram)};
}

Table ExpertTable(const ExpertCounts& counts) {
  std::vector<Column> columns = {{"sharing"}, {"part"},          {"layer", "Layer", kNumber},
                                 {"tokens"},  {"routed_tokens"}, {"", "Routed %", kShare}};
  const size_t experts = counts.layers.empty() ? 0 : counts.layers.front().counts.size();
  for (size_t expert = 0; expert < experts && experts <= kMostExpertColumns; ++expert) {
    columns.push_back({"", ExpertTitle(expert), kShare});
  }
  if (experts > kMostExpertColumns) {
    columns.insert(columns.end(), {{"", "Heaviest", kNumber}, {"", "Heaviest %", kShare}});
  }
  columns.insert(columns.end(), {{"entropy"},
                                 {"evenness", "Evenness", Decimals(4)},
                                 {"max_to_mean", "Max / mean", Decimals(3)},
                                 {"variation", "Variation", Decimals(3)}});
  Table table("experts_balance", std::move(columns));
  for (size_t i = 0; i < counts.layers.size(); ++i) {
    const ExpertLoad& load = counts.layers[i];
    Row row = RowOf(counts.counting, "layer", i, "tokens", counts.tokens, "routed_tokens", load.routed_tokens,
                    "Routed %", Percent(load.routed_tokens, counts.tokens), "entropy", load.entropy,
                    "evenness", load.evenness, "max_to_mean", load.max_to_mean, "variation", load.variation);
    AddExpertShares(load, row);
    table.AddRow(row);
  }
  return table;
}

std::vector<Table> ExpertTables(const std::vector<ExpertCounts>& all) {
  Table loads =
      DataTable("experts_load", {"sharing", "part", "layer", "expert", "tokens", "share", "gate_weight"});
  for (const ExpertCounts& counts : all) {
    for (size_t i = 0; i < counts.layers.size(); ++i) {
      const ExpertLoad& load = counts.layers[i];
      for (size_t expert = 0; expert < load.counts.size(); ++expert) {
        loads.AddRow(RowOf(counts.counting, "layer", i, "expert", expert, "tokens", load.counts[expert],
                           "share", Share(load.counts[expert], Sum(load.counts)), "gate_weight",
                           load.gate_weights[expert]));
      }
    }
  }
  return {Joined(all, ExpertTable), std::move(loads)};
}

Table CosineTable(const std::vector<CosineDistribution>& layers) {
  Table table("cosine_layers", {{"layer", "Layer", kNumber},
                                {"tokens", "Tokens", kNumber},
                                {"undefined", "Undefined", kNumber},
                                {{"mean", "standard_error"}, "Mean cosine", Decimals(4)},
                                {"deviation", "Deviation", Decimals(4)},
                                {"lowest", "Lowest", Decimals(4)},
                                {"highest", "Highest", Decimals(4)}});
  for (size_t i = 0; i < layers.size(); ++i) {
    const CosineDistribution& layer = layers[i];
    table.AddRow("layer", i, "tokens", layer.tokens, "undefined", layer.undefined, "mean", layer.mean,
                 "deviation", layer.deviation, "lowest", layer.lowest, "highest", layer.highest);
  }
  return table;
}

std::vector<Table> CosineTables(const std::vector<CosineDistribution>& layers) {
  Table histogram = DataTable("cosine_histogram", {"layer", "low", "high", "tokens"});
  const auto edge = [](int64_t index) {
    return 2.0 * static_cast<double>(index) / CosineDistribution::kBins - 1;
  };
  for (size_t i = 0; i < layers.size(); ++i) {
    for (int64_t bin = 0; bin < CosineDistribution::kBins; ++bin) {
      histogram.AddRow("layer", i, "low", edge(bin), "high", edge(bin + 1), "tokens",
                       layers[i].histogram[bin]);
    }
  }
  return {CosineTable(layers), std::move(histogram)};
}

Table HeatmapTable(const CosineHeatmap& heatmap) {
  Table table = DataTable("cosine_heatmap", {"row", "row_token", "column", "column_token", "cosine"});
  const size_t size = heatmap.labels.size();
  for (size_t row = 0; row < size; ++row) {
    for (size_t column = 0; column < size; ++column) {
      table.AddRow("row", row, "row_token", heatmap.labels[row], "column", column, "column_token",
                   heatmap.labels[column], "cosine", heatmap.cosines[row * size + column]);
    }
  }
  return table;
}

}  // namespace vffn
