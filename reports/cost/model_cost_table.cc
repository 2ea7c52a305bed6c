#include "reports/cost/model_cost_table.h"

#include <numeric>

#include "base/json.h"
#include "reports/tables/number_text.h"
#include "reports/tables/table_data.h"

namespace vffn {
namespace {

constexpr double kMega = 1e6, kTera = 1e12;
constexpr Style kMflops = {.unit = {.per = kMega, .decimals = 3}};
constexpr Style kGrouped = {.grouped = true};

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

/// The mean layer of a model, as far as one knows from its configuration. Layers differ in cost only where
/// some have a window.
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

/// FLOPs of one kind of work, three ways. `paper` is blank where the formula says nothing.
struct WorkRow {
  std::string kind;
  Cell paper, exact, executed;
};

std::vector<WorkRow> RowsOf(const CostWays& ways) {
  std::vector<WorkRow> rows;
  const auto add = [&](Work work) {
    rows.push_back(
        {std::string(NameOf(work)), Cell(), OfKind(ways.exact, work), OfKind(ways.executed, work)});
  };
  add(Work::kFfn);
  add(Work::kExperts);
  rows.push_back({"ffn_total", ways.paper_ffn, FfnTotalOf(ways.exact), FfnTotalOf(ways.executed)});
  add(Work::kRouting);
  add(Work::kAttentionProjections);
  add(Work::kAttention);
  add(Work::kOutputHead);
  rows.push_back({"total", Cell(), TotalOf(ways.exact), TotalOf(ways.executed)});
  return rows;
}

/// Whether a token goes through a part of the parameters only.
bool IsSparse(const ModelCost& cost) { return cost.active.total() != cost.parameters.total(); }

Table ParameterTable(const ModelCost& cost) {
  std::vector<Column> columns = {{"tensors", "tensors"},
                                 {"parameters", "parameters", kGrouped},
                                 {"share", "share", {.unit = {.scale = 100}, .after = " %"}}};
  const bool sparse = IsSparse(cost);
  if (sparse) {
    columns.push_back({"active", "active", kGrouped});
  }
  Table table(columns);
  const auto add = [&](Row row, int64_t active) {
    if (sparse) {
      row.emplace_back("active", active);
    }
    table.AddRow(row);
  };
  const auto total = static_cast<double>(cost.parameters.total());
  for (size_t i = 0; i < kParameterGroups; ++i) {
    if (const int64_t count = cost.parameters.counts[i]; count > 0) {
      add(MakeRow("tensors", NameOf(static_cast<ParameterGroup>(i)), "parameters", count, "share",
                  static_cast<double>(count) / total),
          cost.active.counts[i]);
    }
  }
  table.AddRule();
  add(MakeRow("tensors", "total", "parameters", cost.parameters.total()), cost.active.total());
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

Table WorkTable(const ModelCost& cost) {
  std::vector<Column> columns = {{"kind", "MFLOPs"}};
  std::vector<Row> rows(RowsOf({}).size());
  for (const CostGroup& group : GroupsOf(cost)) {
    const auto key = [&](const char* way) { return group.title + " " + way; };
    columns.push_back({key("paper"), group.title + ": formula", kMflops});
    columns.push_back({key("exact"), "exact", kMflops});
    columns.push_back({key("executed"), "executed", kMflops});
    const std::vector<WorkRow> works = RowsOf(group.ways);
    for (size_t i = 0; i < works.size(); ++i) {
      const WorkRow& work = works[i];
      const Row row = MakeRow("kind", work.kind, key("paper"), work.paper, key("exact"), work.exact,
                              key("executed"), work.executed);
      rows[i].insert(rows[i].end(), row.begin(), row.end());
    }
  }
  Table table(columns);
  for (const Row& row : rows) {
    const size_t i = table.rows().size();
    if (i == 3 || i + 1 == rows.size()) {  // below the FFNs, above the total
      table.AddRule();
    }
    table.AddRow(row);
  }
  return table;
}

Table LayerTable(const RunCost& run) {
  Table table({{"layer", "layer", kNumber},
               {"mean_loops", "mean loops", Decimals(4)},
               {"share_below_max", "P", Decimals(4)},
               {"paper", "FFN: formula", kMflops},
               {"exact", "exact", kMflops},
               {"executed", "executed", kMflops},
               {"routing", "routing", kMflops},
               {"attention", "attention", kMflops},
               {"total", "all executed", kMflops}});
  for (size_t i = 0; i < run.layers.size(); ++i) {
    const std::optional<LoopAverages>& averages = run.layers[i].averages;
    const CostWays& ways = run.layers[i].per_token;
    const MeanFlops& executed = *ways.executed;
    table.AddRow("layer", i, "mean_loops", averages ? Cell(averages->mean_loops) : Cell(std::nullopt),
                 "share_below_max", averages ? Cell(averages->share_below_max) : Cell(std::nullopt), "paper",
                 ways.paper_ffn, "exact", FfnTotalOf(ways.exact), "executed", executed.FfnTotal(), "routing",
                 executed[Work::kRouting], "attention",
                 executed[Work::kAttentionProjections] + executed[Work::kAttention], "total",
                 executed.total());
  }
  return table;
}

Table ComparisonTable(const std::vector<ModelCost>& costs) {
  Table table({{"model", "model"},
               {"parameters", "parameters", kGrouped},
               {"active", "active", kGrouped},
               {"paper", "FFN MFLOPs/token: formula", kMflops},
               {"ffn_exact", "exact", kMflops},
               {"ffn_executed", "executed", kMflops},
               {"exact", "all MFLOPs/token: exact", kMflops},
               {"executed", "executed", kMflops}});
  for (const ModelCost& cost : costs) {
    const CostWays& ways = cost.per_token;
    table.AddRow("model", cost.name, "parameters", cost.parameters.total(), "active", cost.active.total(),
                 "paper", ways.paper_ffn, "ffn_exact", FfnTotalOf(ways.exact), "ffn_executed",
                 FfnTotalOf(ways.executed), "exact", TotalOf(ways.exact), "executed", TotalOf(ways.executed));
  }
  return table;
}

const std::vector<std::string>& CommonNotes() {
  static const std::vector<std::string> notes = {
      "one multiply-add is 2 FLOPs; norms, rotary embedding, activations, softmax and look-ups are not "
      "counted",
      "formula: the paper's, for the FFNs alone (Table 2: 1 token in, 1 token out), without router, loop "
      "head, attention and output head",
      "exact: every matrix product that the architecture and the tokens' loop counts require; executed: what "
      "the kernels of a run computed"};
  return notes;
}

int64_t ReusedOf(const RunCost& run) {
  return std::accumulate(run.reused.begin(), run.reused.end(), int64_t{0});
}

/// What must have been executed of one kind of work in one layer.
int64_t DueOf(const RunCost& run, size_t layer, Work work) {
  return run.exact.layers[layer][work] - (work == Work::kExperts ? run.reused[layer] : 0);
}

/// Where the two differ, in words.
std::string Agreement(const RunCost& run) {
  std::vector<std::string> differences;
  const auto compare = [&](const std::string& what, int64_t executed, int64_t exact) {
    if (executed != exact) {
      differences.push_back(what + " by " + GroupedText(executed - exact) + " FLOPs");
    }
  };
  for (size_t layer = 0; layer < run.exact.layers.size(); ++layer) {
    for (int i = 0; i < kWorkKinds; ++i) {
      const auto work = static_cast<Work>(i);
      compare("layer " + std::to_string(layer) + " " + std::string(NameOf(work)),
              run.executed.layers[layer][work], DueOf(run, layer, work));
    }
  }
  compare("output_head", run.executed.output_head, run.exact.output_head);
  const int64_t reused = ReusedOf(run);
  const std::string exact = reused == 0 ? "exact" : "exact less reused";
  if (!differences.empty()) {
    return "EXECUTED DIFFERS FROM " + std::string(reused == 0 ? "EXACT" : "EXACT LESS REUSED") + ": " +
           JoinedText(differences, ", ");
  }
  return (reused == 0 ? ""
                      : "reused: " + GroupedText(reused) +
                            " FLOPs of experts did not run, because their hidden values were those of the "
                            "first loop (--reuse_hidden); ") +
         "executed equals " + exact + ", in every layer and kind of work";
}

std::string AveragesNote(const ModelCost& cost) {
  return "N_mean " + FixedText(cost.averages->mean_loops, 4) + ", P " +
         FixedText(cost.averages->share_below_max, 4);
}

std::vector<std::string> RunNotes(const ModelCost& cost) {
  const RunCost& run = *cost.run;
  std::vector<std::string> notes = {
      "token: a node of a doc's token trie; a context that choices share counts once, and there is no "
      "padding: " +
      GroupedText(run.size.tokens) + " in " + GroupedText(run.docs) + " docs, logits at " +
      GroupedText(run.size.head_rows)};
  if (cost.averages) {
    notes.push_back(AveragesNote(cost) + ": over these tokens in all layers, each (layer, token) once");
  }
  const auto executed = static_cast<double>(run.executed.total().total());
  notes.push_back(
      "query tokens (contexts repeated for every choice, no padding): " + GroupedText(run.query_tokens) +
      "; executed for each: " + Cell(executed / static_cast<double>(run.query_tokens)).Text(kMflops) +
      " MFLOPs");
  notes.push_back("executed in all: " + FormatText("%.6g", executed / kTera) + " TFLOPs");
  if (run.executed.trace > 0) {
    notes.push_back("not included: " + FormatText("%.6g", static_cast<double>(run.executed.trace) / kTera) +
                    " TFLOPs for the trace alone, for width branches that lambda leaves out");
  }
  notes.push_back(Agreement(run));
  return notes;
}

std::vector<std::string> ConfigNotes(const ModelCost& cost) {
  const auto sees = [&](int64_t window) { return FormatText("%g", MeanVisible(cost.length, window)); };
  const std::string window =
      cost.config.window > 0
          ? "; " + sees(cost.config.window) + " in layers with a window of " + GroupedText(cost.config.window)
          : "";
  std::vector<std::string> notes = {"token: one of a sequence of " + GroupedText(cost.length) +
                                    ", which sees " + sees(0) + " tokens on average (itself included)" +
                                    window + "; logits of every token; layer: one of " +
                                    std::to_string(cost.config.n_layers)};
  if (cost.averages) {
    notes.push_back(AveragesNote(cost) + ": assumed, the same in every layer");
  } else if (cost.at_one_loop) {
    notes.push_back(
        "the cost of a token depends on its loop counts: shown are all tokens at 1 loop and all at " +
        std::to_string(cost.config.ffn.max_loops) +
        " loops; for other averages give --mean_loops and --share_below_max, --loop_histogram, "
        "or a --run");
  }
  if (!cost.per_token.paper_ffn && !cost.at_one_loop) {
    notes.push_back("the paper has no formula for one branch alone or a forced lambda");
  }
  if (IsSparse(cost)) {
    notes.push_back("active: parameters that compute one token, " + std::to_string(cost.config.ffn.top_k) +
                    " of the " + std::to_string(cost.config.ffn.n_experts) + " experts of a layer");
  }
  notes.push_back("executed FLOPs and the cost of a doc need a run: --run results_*.json of vffn eval");
  return notes;
}

/// One row per model, quantity, layer and kind.
Table CostTable(const std::vector<ModelCost>& costs) {
  Table table = DataTable("", {"model", "quantity", "layer", "kind", "paper", "exact", "executed"});
  table.csv_number = "%.17g";
  for (const ModelCost& cost : costs) {
    const auto add = [&](const char* quantity, const std::string& layer, const WorkRow& work) {
      table.AddRow("model", cost.name, "quantity", quantity, "layer", layer, "kind", work.kind, "paper",
                   work.paper, "exact", work.exact, "executed", work.executed);
    };
    const auto add_ways = [&](const char* quantity, const std::string& layer, const CostWays& ways) {
      for (const WorkRow& work : RowsOf(ways)) {
        add(quantity, layer, work);
      }
    };
    for (size_t i = 0; i < kParameterGroups; ++i) {
      const std::string group(NameOf(static_cast<ParameterGroup>(i)));
      add("parameters", "all", {.kind = group, .exact = cost.parameters.counts[i]});
    }
    add("parameters", "all", {.kind = "total", .exact = cost.parameters.total()});
    add("parameters", "all", {.kind = "active", .exact = cost.active.total()});
    if (cost.at_one_loop) {
      add_ways("flops_per_token_at_one_loop", "all", *cost.at_one_loop);
      add_ways("flops_per_token_at_most_loops", "all", *cost.at_most_loops);
    } else {
      add_ways("flops_per_token", "all", cost.per_token);
    }
    if (cost.run) {
      for (size_t i = 0; i < cost.run->layers.size(); ++i) {
        add_ways("flops_per_token", std::to_string(i), cost.run->layers[i].per_token);
      }
      add_ways("flops_per_document", "all", PerDocument(cost));
    }
  }
  return table;
}

OrderedJson WaysJson(const std::optional<CostWays>& ways) {
  if (!ways) {
    return nullptr;
  }
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
  return {{"paper_ffn_total", JsonOf(ways->paper_ffn)},
          {"exact", mean(ways->exact)},
          {"executed", mean(ways->executed)}};
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
          {"window_pairs", run.size.window_pairs},
          {"head_rows", run.size.head_rows},
          {"executed_equals_exact", run.executed == run.exact},
          {"reused_flops", ReusedOf(run)},
          {"exact", ToJson(run.exact)},
          {"executed", ToJson(run.executed)},
          {"flops_per_document", WaysJson(PerDocument(cost))},
          {"layers", layers}};
}

std::string TablesOf(const ModelCost& cost, TableFormat format) {
  const std::string title = cost.name + " (" + std::string(NameOf(cost.config.ffn.kind)) + ")";
  std::string text =
      format == TableFormat::kMarkdown ? "### " + title + "\n\n" : TitleText(title, format) + "\n";
  text += ToText(ParameterTable(cost), format) + "\n" + ToText(WorkTable(cost), format) + "\n";
  if (cost.run) {
    text += ToText(LayerTable(*cost.run), format) + "\n";
  }
  return text + NotesText(cost.run ? RunNotes(cost) : ConfigNotes(cost), format) + "\n";
}

}  // namespace

std::string ModelCostTables(const std::vector<ModelCost>& costs, TableFormat format) {
  if (format == TableFormat::kCsv) {
    return ToCsv(CostTable(costs));
  }
  std::string text = costs.size() > 1 ? ToText(ComparisonTable(costs), format) + "\n" : "";
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
    parameters["active"] = cost.active.total();
    json.push_back({{"name", cost.name},
                    {"config", ToJson(cost.config)},
                    {"parameters", parameters},
                    {"length", cost.length > 0 ? JsonOf(cost.length) : nullptr},
                    {"averages", AveragesJson(cost.averages)},
                    {"flops_per_token", WaysJson(cost.per_token)},
                    {"flops_per_token_at_one_loop", WaysJson(cost.at_one_loop)},
                    {"flops_per_token_at_most_loops", WaysJson(cost.at_most_loops)},
                    {"run", RunJson(cost)}});
  }
  return json;
}

}  // namespace vffn
