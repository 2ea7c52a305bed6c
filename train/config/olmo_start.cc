#include "train/config/olmo_start.h"

#include <filesystem>

#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/olmo_config.h"
#include "model/weights/checkpoint.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// Sizes and their defaults in OLMo.
constexpr std::pair<const char*, const char*> kSizes[] = {
    {"d_model", "768"},      {"n_heads", "12"},           {"n_layers", "12"},
    {"rope_theta", "10000"}, {"layer_norm_eps", "1e-5"},  {"max_sequence_length", "1024"},
    {"vocab_size", "50257"}, {"embedding_size", "50304"}, {"weight_tying", "true"},
};

/// Notes the sizes that the file leaves to OLMo's defaults.
void NoteSizes(OlmoOptions& options) {
  for (const auto& [key, olmo_default] : kSizes) {
    options.Text(std::string("model.") + key, olmo_default);
  }
  if (options.Find("model.mlp_hidden_size") == nullptr) {
    options.Text("model.mlp_ratio", "4");
  }
}

/// N, k and L where the file does not give them: the constants of the release.
void CompleteVersatile(const OlmoConfig& read, OlmoOptions& options, ModelConfig& model) {
  FfnConfig& ffn = model.ffn;
  std::string taken;
  const auto complete = [&](const char* name, int64_t constant, int64_t& field) {
    if (!read.ffn_keys.contains(name)) {
      field = constant;
      taken += std::string(taken.empty() ? "" : ", ") + name + ": " + std::to_string(constant);
    }
  };
  complete("n_experts", 8, ffn.n_experts);
  complete("top_k", 2, ffn.top_k);
  complete("max_loops", 4, ffn.max_loops);
  if (!taken.empty()) {
    options.Note("not in the file, the constant of the authors' code is taken: " + taken);
  }
  if (!read.ffn_keys.contains("expert_hidden_size") && ffn.n_experts > 0) {
    ffn.expert_hidden_size = model.ffn_hidden_size / ffn.n_experts;
  }
}

void ReadVersatileLoss(OlmoOptions& options, LossConfig& loss) {
  const Json* flag = options.Find("balance_loss");
  const bool balanced = flag == nullptr || options.Flag("balance_loss", "true");
  const std::optional<double> multiplier = options.Find("balance_loss_multiplier") == nullptr
                                               ? std::nullopt
                                               : options.Number("balance_loss_multiplier", "null");
  if (flag == nullptr || (balanced && !multiplier)) {
    options.Note("not in the file: balance_loss and balance_loss_multiplier; the paper's 1e-5 is taken");
  }
  loss.balance_coefficient = balanced ? multiplier.value_or(loss.balance_coefficient) : 0;
  options.Note(
      "not in the file: the temperature; it falls from 5 by 0.99984 a step to 0.1, as in the paper "
      "(the authors' code never calls the method that does it)");
}

/// Options of the first weights, where some are drawn at random.
void CheckInitialisation(OlmoOptions& options) {
  options.Only("model.init_fn", "normal", "normal");
  options.Only("model.init_std", "0.02", "0.02");
  options.Only("model.init_cutoff_factor", "null", "3");
}

/// Throws unless the checkpoint is the model that the file describes, but for its FFN if `upcycled`.
void CheckSameModel(const ModelConfig& model, const Checkpoint& checkpoint, bool upcycled,
                    const std::string& load_path, const std::string& origin) {
  ModelConfig expected = model;
  if (upcycled) {
    expected.ffn = checkpoint.config().ffn;
  }
  const OrderedJson described = ToJson(expected), stored = ToJson(checkpoint.config());
  for (const auto& [field, value] : described.items()) {
    const OrderedJson other = stored.value(field, OrderedJson());
    VFFN_CHECK(other == value, origin, ": load_path: ", load_path, " is another model: its ", field, " is ",
               other.dump(), ", that of the file ", value.dump());
  }
}

/// The model_args that an OLMo checkpoint of a VersatileFFN needs: most do not say k.
std::string TopKArgs(const fs::path& folder, const FfnConfig& ffn, const std::string& origin) {
  const fs::path yaml = folder / "config.yaml";
  if (!fs::exists(yaml) || fs::exists(folder / "model.json")) {
    return "";
  }
  const OlmoYaml sections = ReadOlmoYaml(ReadFileBytes(yaml), yaml.string());
  if (OlmoFormOf(sections).ffn != FfnKind::kVersatile) {
    return "";
  }
  VFFN_CHECK(ffn.kind == FfnKind::kVersatile, origin, ": load_path: ", folder.string(),
             " is a VersatileFFN, but the model of the file is not");
  const bool has_top_k = ReadOlmoConfig(sections, FfnKind::kVersatile).ffn_keys.contains("top_k");
  return has_top_k ? "" : "top_k=" + std::to_string(ffn.top_k);
}

void ReadLoadPath(const std::string& load_path, const ModelConfig& model, OlmoOptions& options,
                  StartConfig& start) {
  VFFN_CHECK(
      options.Flag("reset_optimizer_state", "false") && options.Flag("reset_trainer_state", "false"),
      options.origin(),
      ": load_path is given, but reset_optimizer_state and reset_trainer_state are not "
      "both true. The state of OLMo's optimiser and trainer is not read here; a run of this program goes "
      "on with --resume");
  start.from = fs::absolute(load_path).lexically_normal().string();
  VFFN_CHECK(fs::exists(start.from), options.origin(), ": load_path is ", load_path,
             ": no such file or folder on this machine");
  start.model_args = TopKArgs(start.from, model.ffn, options.origin());
  const auto checkpoint = OpenCheckpoint(start.from, start.model_args);
  const bool upcycled = model.ffn.kind != FfnKind::kDense && checkpoint->config().ffn.kind == FfnKind::kDense;
  CheckSameModel(model, *checkpoint, upcycled, load_path, options.origin());
  if (upcycled) {
    start.upcycle = model.ffn;
    CheckInitialisation(options);
  }
}

}  // namespace

ModelConfig ReadOlmoModel(std::string_view yaml, OlmoOptions& options, LossConfig& loss) {
  options.Find("model");  // ReadOlmoConfig accounts for the keys of these two
  options.Find("vffn");
  const OlmoYaml sections = ReadOlmoYaml(yaml, options.origin());
  const OlmoConfig read = ReadOlmoConfig(sections, OlmoFormOf(sections).ffn);
  ModelConfig model = read.model;
  NoteSizes(options);
  for (const char* dropout : {"attention_dropout", "residual_dropout", "embedding_dropout"}) {
    options.Only(std::string("model.") + dropout, "0.1", "0");
  }
  if (model.ffn.kind == FfnKind::kVersatile) {
    CompleteVersatile(read, options, model);
    ReadVersatileLoss(options, loss);
  } else {
    options.Ignore("", {"balance_loss", "balance_loss_multiplier"});
  }
  Validate(model, options.origin() + ": model");
  return model;
}

void ReadOlmoStart(const ModelConfig& model, OlmoOptions& options, TrainingConfig& config) {
  const std::optional<std::string> load_path = options.Text("load_path", "null");
  if (load_path) {
    ReadLoadPath(*load_path, model, options, config.start);
  } else {
    options.Ignore("", {"reset_optimizer_state", "reset_trainer_state"});
    config.start.model = model;
    CheckInitialisation(options);
  }
  options.Ignore("tokenizer.", {"truncate_direction"});
  const std::string tokenizer = options.Text("tokenizer.identifier", "gpt2").value_or("");
  if (fs::is_regular_file(tokenizer)) {
    config.start.tokenizer = fs::absolute(tokenizer).lexically_normal().string();
    return;
  }
  VFFN_CHECK(config.evaluation.tasks.empty() || load_path, options.origin(), ": tokenizer.identifier is ",
             tokenizer, ": no such file; the tasks of evaluators need a tokenizer.json");
  options.Note("tokenizer.identifier: " + tokenizer +
               " is no file here; checkpoints get the tokenizer of load_path, if it has one");
}

}  // namespace vffn
