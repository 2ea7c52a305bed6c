#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "apps/commands.h"
#include "base/error.h"
#include "model/weights/checkpoint.h"
#include "reports/cost/efficiency_table.h"
#include "reports/cost/model_cost_table.h"

namespace vffn {
namespace {

struct FlopsOptions {
  std::vector<std::string> configs, models, runs;
  std::string model_args, format = "console";
  std::optional<double> mean_loops, share_below_max;
  std::vector<double> loop_histogram;
  int64_t length = 0;
  bool table2 = false;
};

std::optional<LoopAverages> AssumedAverages(const FlopsOptions& options) {
  if (!options.loop_histogram.empty()) {
    return AveragesOf(options.loop_histogram);
  }
  if (options.mean_loops) {
    return LoopAverages{*options.mean_loops, *options.share_below_max};
  }
  return std::nullopt;
}

ModelCost CostOfConfig(const std::string& name, const ModelConfig& config, const FlopsOptions& options) {
  if (NeedsAverages(config.ffn) && !options.loop_histogram.empty()) {
    VFFN_CHECK(static_cast<int64_t>(options.loop_histogram.size()) == config.ffn.max_loops,
               "--loop_histogram: ", options.loop_histogram.size(), " numbers, but ", name, " has up to ",
               config.ffn.max_loops, " loops");
  }
  return CostOf(name, config, AssumedAverages(options),
                options.length > 0 ? options.length : config.max_sequence_length);
}

ModelConfig ReadConfig(const std::string& path, const std::string& model_args) {
  ModelConfig config = ParseModelConfig(ReadJsonFile(path), path);
  ApplyModelArgs(model_args, config);
  Validate(config, path);
  return config;
}

std::vector<ModelCost> CostsOf(const FlopsOptions& options) {
  std::vector<ModelCost> costs;
  for (const std::string& path : options.configs) {
    costs.push_back(CostOfConfig(std::filesystem::path(path).stem().string(),
                                 ReadConfig(path, options.model_args), options));
  }
  for (const std::string& path : options.models) {
    costs.push_back(CostOfConfig(path, OpenCheckpoint(path, options.model_args)->config(), options));
  }
  for (const std::string& path : options.runs) {
    costs.push_back(CostOfRun(path, ReadResultsFile(path)));
  }
  return costs;
}

void RunFlops(const FlopsOptions& options) {
  const std::vector<ModelCost> costs = CostsOf(options);
  VFFN_CHECK(
      !AssumedAverages(options) ||
          std::ranges::any_of(costs, [](const ModelCost& cost) { return !cost.run && cost.averages; }),
      "--mean_loops, --share_below_max and --loop_histogram are for models whose loop counts are predicted; "
      "there is none in --config and --model");
  VFFN_CHECK(options.table2 || !costs.empty(), "give at least one of --config, --model, --run and --table2");
  VFFN_CHECK(options.format != "csv" || !options.table2 || costs.empty(),
             "--format csv: one table at a time, --table2 or models");
  if (options.format == "json") {
    OrderedJson json = OrderedJson::object();
    if (options.table2) {
      json["table2"] = EfficiencyJson();
    }
    if (!costs.empty()) {
      json["models"] = ModelCostJson(costs);
    }
    std::cout << json.dump(2) << '\n';
    return;
  }
  const TableFormat format = options.format == "csv"        ? TableFormat::kCsv
                             : options.format == "markdown" ? TableFormat::kMarkdown
                                                            : TableFormat::kConsole;
  if (options.table2) {
    std::cout << EfficiencyTable(format) << (costs.empty() ? "" : "\n");
  }
  if (!costs.empty()) {
    std::cout << ModelCostTables(costs, format);
  }
}

}  // namespace

void AddFlopsCommand(CLI::App& app) {
  auto options = std::make_shared<FlopsOptions>();
  CLI::App* command = app.add_subcommand(
      "flops", "Parameters and FLOPs: the paper's formula, the exact arithmetic, and what a run executed");
  command->add_option("--config", options->configs, "Model configurations (JSON)");
  command->add_option("--model", options->models, "GGUF files or checkpoint folders");
  command->add_option("--run", options->runs, "results_*.json of vffn eval: what its kernels executed");
  command->add_option("--model_args", options->model_args,
                      "Options of the models of --config and --model: top_k=2, loops=3, branches=width ...");
  command
      ->add_option("--length", options->length,
                   "Tokens of the sequence a token is taken from (default: the model's maximum)")
      ->check(CLI::PositiveNumber);
  CLI::Option* mean = command->add_option("--mean_loops", options->mean_loops,
                                          "N_mean to assume of models whose loop counts are predicted");
  CLI::Option* share = command->add_option("--share_below_max", options->share_below_max,
                                           "P to assume: share of tokens below the most loops");
  mean->needs(share);
  share->needs(mean);
  command
      ->add_option("--loop_histogram", options->loop_histogram,
                   "Instead of these: tokens, or shares, of 1, 2, ... loops, with commas")
      ->delimiter(',')
      ->excludes(mean)
      ->excludes(share);
  command->add_flag("--table2", options->table2,
                    "The paper's Table 2, exact beside printed, and its inversion");
  command->add_option("--format", options->format, "console, markdown, csv or json")
      ->check(CLI::IsMember({"console", "markdown", "csv", "json"}))
      ->capture_default_str();
  command->callback([options] { RunFlops(*options); });
}

}  // namespace vffn
