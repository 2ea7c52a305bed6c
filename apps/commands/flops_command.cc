#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "apps/commands/commands.h"
#include "apps/options/shared_options.h"
#include "base/error.h"
#include "base/valid_utf8.h"
#include "model/model_args.h"
#include "model/weights/checkpoint.h"
#include "model/weights/huggingface_checkpoint.h"
#include "reports/cost/efficiency_table.h"
#include "reports/cost/model_cost_table.h"
#include "runs/scores/recorded_run.h"

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

/// Of a model.json, or of the config.json of a Hugging Face folder.
ModelConfig ReadConfig(const std::string& path, const std::string& model_args) {
  const Json json = ReadJsonFile(path);
  const bool hugging_face = json.contains("architectures") || json.contains("model_type");
  ModelConfig config = hugging_face ? ReadHuggingFaceConfig(json, path) : ParseModelConfig(json, path);
  ApplyAndValidate(model_args, config, path);
  return config;
}

/// The file's name, or its folder's if the file has the name that every model's has.
std::string NameOfConfig(const std::filesystem::path& path) {
  const std::string folder = std::filesystem::absolute(path).parent_path().filename().string();
  const std::string stem = path.stem().string();
  return (stem == "config" || stem == "model") && !folder.empty() ? folder : stem;
}

std::vector<ModelCost> CostsOf(const FlopsOptions& options) {
  std::vector<ModelCost> costs;
  for (const std::string& path : options.configs) {
    costs.push_back(CostOfConfig(NameOfConfig(path), ReadConfig(path, options.model_args), options));
  }
  for (const std::string& path : options.models) {
    costs.push_back(CostOfConfig(path, OpenCheckpoint(path, options.model_args)->config(), options));
  }
  for (const std::string& path : options.runs) {
    const RunSources sources = ReadRunSources(FindRun(path, RunContent::kScores));
    for (const std::string& note : sources.notes) {
      std::cerr << note << '\n';
    }
    VFFN_CHECK(
        sources.results, path,
        ": there are no results_*.json, which tell what was executed; 'vffn eval' writes them when a run "
        "is done (--resume)");
    costs.push_back(CostOfRun(path, *sources.results));
  }
  return costs;
}

void RunFlops(const FlopsOptions& options) {
  const std::vector<ModelCost> costs = CostsOf(options);
  VFFN_CHECK(!AssumedAverages(options) ||
                 std::ranges::any_of(costs, [](const ModelCost& cost) { return !cost.run && cost.averages; }),
             "--mean_loops, --share_below_max and --loop_histogram are for models that predict loop counts; "
             "no model "
             "of --config or --model does");
  VFFN_CHECK(options.table2 || !costs.empty(), "give at least one of --config, --model, --run and --table2");
  VFFN_CHECK(options.format != "csv" || !options.table2 || costs.empty(),
             "--format csv prints one table: give --table2 or models, not both");
  if (options.format == "json") {
    OrderedJson json = OrderedJson::object();
    if (options.table2) {
      json["table2"] = EfficiencyJson();
    }
    if (!costs.empty()) {
      json["models"] = ModelCostJson(costs);
    }
    std::cout << DumpJson(json, 2) << '\n';
    return;
  }
  const TableFormat format = ParseTableFormat(options.format);
  if (options.table2) {
    std::cout << EfficiencyTable(format) << (costs.empty() ? "" : "\n");
  }
  if (!costs.empty()) {
    std::cout << ModelCostTables(costs, format);
  }
}

void AddAssumptions(FlopsOptions& options, Command& command) {
  command.BeginGroup("Assumptions for --config and --model");
  command
      .Add("--length N", &options.length, "Sequence length in tokens over which a token's cost is averaged.")
      .Positive()
      .Default("the model's maximum");
  Option& mean = command
                     .Add("--mean_loops X", &options.mean_loops,
                          "N_mean, the mean loop count, for models that predict loop counts.")
                     .Default("unknown");
  Option& share = command
                      .Add("--share_below_max X", &options.share_below_max,
                           "P, the share of (layer, token) pairs whose loop count is below the maximum.")
                      .Default("unknown");
  mean.Needs(share);
  share.Needs(mean);
  command
      .Add("--loop_histogram X", &options.loop_histogram,
           "Instead of these two: numbers or shares of tokens with 1, 2, ... loops.")
      .SeparatedByCommas()
      .Excludes(mean)
      .Excludes(share)
      .Default("unknown");
}

}  // namespace

void AddFlopsCommand(Command& program) {
  auto options = std::make_shared<FlopsOptions>();
  Command& command = program.AddCommand(
      "flops",
      "Report parameters and FLOPs three ways: the paper's formula, the exact arithmetic, and what the "
      "kernels executed.");
  command.BeginGroup("Models (at least one option)");
  command
      .Add("--config FILE", &options->configs,
           "Model configurations (JSON) without weights: as in configs/, model.json, or config.json of a "
           "Hugging Face folder.")
      .Default("none");
  command.Add("--model PATH", &options->models, "GGUF files or checkpoint folders.").Default("none");
  command
      .Add("--run PATH", &options->runs,
           "Folders of runs of 'vffn eval', or files in them, for the FLOPs that its kernels executed.")
      .Default("none");
  command.Add("--table2", &options->table2,
              "The paper's Table 2: exact values beside the printed ones, and the mean loops and shares that "
              "the printed values allow.");
  command
      .Add("--model_args NAME=VALUE,...", &options->model_args,
           "Change how the models of --config and --model compute; the list below has the names.")
      .SeparatedByCommas()
      .Default("as the model says");
  AddAssumptions(*options, command);
  command.BeginGroup("Output");
  AddFormatOption(options->format, command);
  AddModelArgsList(command);
  command.AddExample("vffn flops --table2");
  command.AddExample("vffn flops --config configs/354m-versatile.json --loop_histogram 10,20,30,40");
  command.OnRun([options] { RunFlops(*options); });
}

}  // namespace vffn
