#include "reports/cost/model_cost_table.h"

#include <cstdio>

namespace vffn {
namespace {

std::string Format(const char* format, double value) {
  char text[60];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string Millions(double flops) { return Format("%.3f", flops / 1e6); }

std::string MillionsOr(const std::optional<double>& flops) { return flops ? Millions(*flops) : "-"; }

/// "354,896,896"
std::string Grouped(int64_t value) {
  std::string text = std::to_string(value);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(at, 1, ',');
  }
  return text;
}

CostWays Times(const CostWays& ways, double factor) {
  CostWays scaled = ways;
  if (scaled.paper_ffn) {
    *scaled.paper_ffn *= factor;
  }
  for (std::optional<MeanFlops>* mean : {&scaled.exact, &scaled.executed}) {
    if (*mean) {
      for (double& flops : (*mean)->flops) {
        flops *= factor;
      }
    }
  }
  return scaled;
}

CostWays PerDocument(const ModelCost& cost) {
  return Times(cost.per_token,
               static_cast<double>(cost.run->size.tokens) / static_cast<double>(cost.run->docs));
}

/// One layer of a model whose layers cost the same, as far as one knows from its configuration.
CostWays PerLayer(const ModelCost& cost) {
  CostWays ways = Times(cost.per_token, 1.0 / static_cast<double>(cost.config.n_layers));
  if (ways.exact) {
    ways.exact->flops[static_cast<size_t>(Work::kOutputHead)] = 0;
  }
  return ways;
}

std::optional<double> FfnTotalOf(const std::optional<MeanFlops>& mean) {
  return mean ? std::optional(mean->FfnTotal()) : std::nullopt;
}

std::optional<double> TotalOf(const std::optional<MeanFlops>& mean) {
  return mean ? std::optional(mean->total()) : std::nullopt;
}

std::optional<double> OfKind(const std::optional<MeanFlops>& mean, Work work) {
  return mean ? std::optional((*mean)[work]) : std::nullopt;
}

/// Calls visit(name, paper, exact, executed) for every row; `paper` is null where the formula says nothing at
/// all, and an absent number where something it needs is not known.
template <class Visit>
void ForEachRow(const CostWays& ways, Visit&& visit) {
  constexpr const std::optional<double>* kNothing = nullptr;
  for (const Work work : {Work::kFfn, Work::kExperts}) {
    visit(std::string(NameOf(work)), kNothing, OfKind(ways.exact, work), OfKind(ways.executed, work));
  }
  visit("ffn_total", &ways.paper_ffn, FfnTotalOf(ways.exact), FfnTotalOf(ways.executed));
  for (const Work work : {Work::kRouting, Work::kAttentionProjections, Work::kAttention, Work::kOutputHead}) {
    visit(std::string(NameOf(work)), kNothing, OfKind(ways.exact, work), OfKind(ways.executed, work));
  }
  visit("total", kNothing, TotalOf(ways.exact), TotalOf(ways.executed));
}

TextTable ParameterTable(const ModelCost& cost) {
  TextTable table({{"tensors"}, {"parameters", Align::kRight}, {"share", Align::kRight}});
  const auto total = static_cast<double>(cost.parameters.total());
  for (size_t i = 0; i < kParameterGroups; ++i) {
    const int64_t count = cost.parameters.counts[i];
    if (count > 0) {
      table.AddRow({std::string(NameOf(static_cast<ParameterGroup>(i))), Grouped(count),
                    Format("%.2f %%", 100 * static_cast<double>(count) / total)});
    }
  }
  table.AddRule();
  table.AddRow({"total", Grouped(cost.parameters.total()), ""});
  return table;
}

/// Costs that stand side by side, and of what they are.
struct CostGroup {
  std::string title;
  CostWays ways;
};

std::vector<CostGroup> GroupsOf(const ModelCost& cost) {
  if (cost.run) {
    return {{"token", cost.per_token}, {"doc", PerDocument(cost)}};
  }
  if (cost.at_one_loop) {
    return {{"token, 1 loop", *cost.at_one_loop},
            {"token, " + std::to_string(cost.config.ffn.max_loops) + " loops", *cost.at_most_loops}};
  }
  return {{"token", cost.per_token}, {"layer", PerLayer(cost)}};
}

TextTable WorkTable(const ModelCost& cost) {
  std::vector<TextTable::Column> columns = {{"MFLOPs"}};
  std::vector<std::vector<std::string>> rows;
  for (const CostGroup& group : GroupsOf(cost)) {
    columns.push_back({group.title + ": formula", Align::kRight});
    columns.push_back({"exact", Align::kRight});
    columns.push_back({"executed", Align::kRight});
    size_t i = 0;
    ForEachRow(group.ways, [&](const std::string& name, const std::optional<double>* paper, const auto& exact,
                               const auto& executed) {
      if (i == rows.size()) {
        rows.push_back({name});
      }
      rows[i].push_back(paper ? MillionsOr(*paper) : "");
      rows[i].push_back(MillionsOr(exact));
      rows[i].push_back(MillionsOr(executed));
      ++i;
    });
  }
  TextTable table(columns);
  for (std::vector<std::string>& row : rows) {
    if (row.front() == "routing" || row.front() == "total") {
      table.AddRule();
    }
    table.AddRow(std::move(row));
  }
  return table;
}

TextTable LayerTable(const RunCost& run) {
  TextTable table({{"layer", Align::kRight},
                   {"mean loops", Align::kRight},
                   {"P", Align::kRight},
                   {"FFN: formula", Align::kRight},
                   {"exact", Align::kRight},
                   {"executed", Align::kRight},
                   {"routing", Align::kRight},
                   {"attention", Align::kRight},
                   {"all executed", Align::kRight}});
  for (size_t i = 0; i < run.layers.size(); ++i) {
    const LayerCost& layer = run.layers[i];
    const CostWays& ways = layer.per_token;
    const MeanFlops& executed = *ways.executed;
    table.AddRow({std::to_string(i), layer.averages ? Format("%.4f", layer.averages->mean_loops) : "-",
                  layer.averages ? Format("%.4f", layer.averages->share_below_max) : "-",
                  MillionsOr(ways.paper_ffn), MillionsOr(FfnTotalOf(ways.exact)),
                  Millions(executed.FfnTotal()), Millions(executed[Work::kRouting]),
                  Millions(executed[Work::kAttentionProjections] + executed[Work::kAttention]),
                  Millions(executed.total())});
  }
  return table;
}

TextTable ComparisonTable(const std::vector<ModelCost>& costs) {
  TextTable table({{"model"},
                   {"parameters", Align::kRight},
                   {"FFN MFLOPs/token: formula", Align::kRight},
                   {"exact", Align::kRight},
                   {"executed", Align::kRight},
                   {"all MFLOPs/token: exact", Align::kRight},
                   {"executed", Align::kRight}});
  for (const ModelCost& cost : costs) {
    const CostWays& ways = cost.per_token;
    table.AddRow({cost.name, Grouped(cost.parameters.total()), MillionsOr(ways.paper_ffn),
                  MillionsOr(FfnTotalOf(ways.exact)), MillionsOr(FfnTotalOf(ways.executed)),
                  MillionsOr(TotalOf(ways.exact)), MillionsOr(TotalOf(ways.executed))});
  }
  return table;
}

const std::vector<std::string>& CommonNotes() {
  static const std::vector<std::string> notes = {
      "one multiply-add is 2 FLOPs; norms, rotary embedding, activations, softmax and look-ups are not "
      "counted",
      "formula: the paper's, of the FFNs alone (Table 2: 1 token in, 1 token out): without router, loop "
      "head, "
      "attention and output head",
      "exact: every matrix product that the architecture and the tokens' loop counts ask for; executed: what "
      "the "
      "kernels of a run computed"};
  return notes;
}

/// Where the two differ, in words.
std::string Agreement(const RunCost& run) {
  std::string differences;
  for (size_t layer = 0; layer < run.exact.layers.size(); ++layer) {
    for (int i = 0; i < kWorkKinds; ++i) {
      const int64_t difference = run.executed.layers[layer].flops[i] - run.exact.layers[layer].flops[i];
      if (difference != 0) {
        differences += (differences.empty() ? "" : ", ") + std::string("layer ") + std::to_string(layer) +
                       " " + std::string(NameOf(static_cast<Work>(i))) + " by " + Grouped(difference) +
                       " FLOPs";
      }
    }
  }
  if (run.executed.output_head != run.exact.output_head) {
    differences += (differences.empty() ? "" : ", ") + std::string("output_head by ") +
                   Grouped(run.executed.output_head - run.exact.output_head) + " FLOPs";
  }
  return differences.empty() ? "executed equals exact, in every layer and kind of work"
                             : "EXECUTED DIFFERS FROM EXACT: " + differences;
}

std::string AveragesNote(const ModelCost& cost) {
  return "N_mean " + Format("%.4f", cost.averages->mean_loops) + ", P " +
         Format("%.4f", cost.averages->share_below_max);
}

std::vector<std::string> RunNotes(const ModelCost& cost) {
  const RunCost& run = *cost.run;
  std::vector<std::string> notes;
  notes.push_back(
      "token: a node of a doc's token trie; a context that choices share counts once, and there is no "
      "padding: " +
      Grouped(run.size.tokens) + " in " + Grouped(run.docs) + " docs, logits at " +
      Grouped(run.size.head_rows));
  if (cost.averages) {
    notes.push_back(AveragesNote(cost) + ": over these tokens in all layers, each (layer, token) once");
  }
  const auto executed = static_cast<double>(run.executed.total().total());
  notes.push_back(
      "query tokens (contexts repeated for every choice, no padding): " + Grouped(run.query_tokens) +
      "; executed for each: " + Millions(executed / static_cast<double>(run.query_tokens)) + " MFLOPs");
  notes.push_back("executed in all: " + Format("%.6g", executed / 1e12) + " TFLOPs");
  if (run.executed.trace > 0) {
    notes.push_back("not among them: " + Format("%.6g", static_cast<double>(run.executed.trace) / 1e12) +
                    " TFLOPs for the trace alone, for width branches that lambda leaves out");
  }
  notes.push_back(Agreement(run));
  return notes;
}

std::vector<std::string> ConfigNotes(const ModelCost& cost) {
  std::vector<std::string> notes = {
      "token: one of a sequence of " + Grouped(cost.length) + ", which sees " +
      Format("%g", (static_cast<double>(cost.length) + 1) / 2) +
      " tokens on average (itself included); logits of every token; layer: one of " +
      std::to_string(cost.config.n_layers)};
  if (cost.averages) {
    notes.push_back(AveragesNote(cost) + ": assumed, in every layer alike");
  } else if (cost.at_one_loop) {
    notes.push_back(
        "what a token costs depends on its loop counts: shown are all tokens at 1 loop and all at " +
        std::to_string(cost.config.ffn.max_loops) +
        " loops; for what lies between give --mean_loops and --share_below_max, --loop_histogram, or a "
        "--run");
  }
  if (!cost.per_token.paper_ffn && !cost.at_one_loop) {
    notes.push_back("the paper has no formula for one branch alone or a forced lambda");
  }
  notes.push_back("executed, and the cost of a doc, need a run: --run results_*.json of vffn eval");
  return notes;
}

std::string CsvTables(const std::vector<ModelCost>& costs) {
  TextTable table({{"model"}, {"quantity"}, {"layer"}, {"kind"}, {"paper"}, {"exact"}, {"executed"}});
  const auto number = [](const std::optional<double>& value) { return value ? Format("%.17g", *value) : ""; };
  for (const ModelCost& cost : costs) {
    for (size_t i = 0; i < kParameterGroups; ++i) {
      table.AddRow({cost.name, "parameters", "all", std::string(NameOf(static_cast<ParameterGroup>(i))), "",
                    std::to_string(cost.parameters.counts[i]), ""});
    }
    table.AddRow({cost.name, "parameters", "all", "total", "", std::to_string(cost.parameters.total()), ""});
    const auto add = [&](const char* quantity, const std::string& layer, const CostWays& ways) {
      ForEachRow(ways, [&](const std::string& name, const std::optional<double>* paper, const auto& exact,
                           const auto& executed) {
        table.AddRow(
            {cost.name, quantity, layer, name, paper ? number(*paper) : "", number(exact), number(executed)});
      });
    };
    if (cost.at_one_loop) {
      add("flops_per_token_at_one_loop", "all", *cost.at_one_loop);
      add("flops_per_token_at_most_loops", "all", *cost.at_most_loops);
    } else {
      add("flops_per_token", "all", cost.per_token);
    }
    if (cost.run) {
      for (size_t i = 0; i < cost.run->layers.size(); ++i) {
        add("flops_per_token", std::to_string(i), cost.run->layers[i].per_token);
      }
      add("flops_per_document", "all", PerDocument(cost));
    }
  }
  return table.ToCsv();
}

OrderedJson WaysJson(const CostWays& ways) {
  const auto mean = [](const std::optional<MeanFlops>& flops) -> OrderedJson {
    if (!flops) {
      return nullptr;
    }
    OrderedJson json = OrderedJson::object();
    for (int i = 0; i < kWorkKinds; ++i) {
      json[std::string(NameOf(static_cast<Work>(i)))] = flops->flops[i];
    }
    json["ffn_total"] = flops->FfnTotal();
    json["total"] = flops->total();
    return json;
  };
  return {{"paper_ffn_total", ways.paper_ffn ? OrderedJson(*ways.paper_ffn) : OrderedJson(nullptr)},
          {"exact", mean(ways.exact)},
          {"executed", mean(ways.executed)}};
}

OrderedJson AveragesJson(const std::optional<LoopAverages>& averages) {
  if (!averages) {
    return nullptr;
  }
  return {{"mean_loops", averages->mean_loops}, {"share_below_max", averages->share_below_max}};
}

OrderedJson RunJson(const ModelCost& cost) {
  if (!cost.run) {
    return nullptr;
  }
  const RunCost& run = *cost.run;
  OrderedJson layers = OrderedJson::array();
  for (const LayerCost& layer : run.layers) {
    layers.push_back(
        {{"averages", AveragesJson(layer.averages)}, {"flops_per_token", WaysJson(layer.per_token)}});
  }
  return {{"docs", run.docs},
          {"trie_tokens", run.size.tokens},
          {"query_tokens", run.query_tokens},
          {"visible_pairs", run.size.visible_pairs},
          {"head_rows", run.size.head_rows},
          {"executed_equals_exact", run.executed == run.exact},
          {"exact", ToJson(run.exact)},
          {"executed", ToJson(run.executed)},
          {"flops_per_document", WaysJson(PerDocument(cost))},
          {"layers", layers}};
}

std::string TablesOf(const ModelCost& cost, TableFormat format) {
  const std::string title = cost.name + " (" + std::string(NameOf(cost.config.ffn.kind)) + ")";
  std::string text = (format == TableFormat::kMarkdown ? "### " + title : title) + "\n\n";
  text += ParameterTable(cost).ToText(format) + "\n" + WorkTable(cost).ToText(format) + "\n";
  if (cost.run) {
    text += LayerTable(*cost.run).ToText(format) + "\n";
  }
  return text + NotesText(cost.run ? RunNotes(cost) : ConfigNotes(cost), format) + "\n";
}

}  // namespace

std::string ModelCostTables(const std::vector<ModelCost>& costs, TableFormat format) {
  if (format == TableFormat::kCsv) {
    return CsvTables(costs);
  }
  std::string text = costs.size() > 1 ? ComparisonTable(costs).ToText(format) + "\n" : "";
  for (const ModelCost& cost : costs) {
    text += TablesOf(cost, format);
  }
  return text + NotesText(CommonNotes(), format);
}

OrderedJson ModelCostJson(const std::vector<ModelCost>& costs) {
  OrderedJson json = OrderedJson::array();
  for (const ModelCost& cost : costs) {
    OrderedJson parameters = OrderedJson::object();
    for (size_t i = 0; i < kParameterGroups; ++i) {
      parameters[std::string(NameOf(static_cast<ParameterGroup>(i)))] = cost.parameters.counts[i];
    }
    parameters["total"] = cost.parameters.total();
    json.push_back(
        {{"name", cost.name},
         {"config", ToJson(cost.config)},
         {"parameters", parameters},
         {"length", cost.length > 0 ? OrderedJson(cost.length) : OrderedJson(nullptr)},
         {"averages", AveragesJson(cost.averages)},
         {"flops_per_token", WaysJson(cost.per_token)},
         {"flops_per_token_at_one_loop", cost.at_one_loop ? WaysJson(*cost.at_one_loop) : nullptr},
         {"flops_per_token_at_most_loops", cost.at_most_loops ? WaysJson(*cost.at_most_loops) : nullptr},
         {"run", RunJson(cost)}});
  }
  return json;
}

}  // namespace vffn
