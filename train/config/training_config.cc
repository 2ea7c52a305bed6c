#include "train/config/training_config.h"

#include <cmath>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "model/config_file.h"
#include "train/data/training_data.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// Throws if there is another field. It is called before any field is read, so that a misspelt name is not
/// reported as a missing one.
void AllowOnly(const Fields& fields, const std::vector<const char*>& names) {
  for (const char* name : names) {
    fields.Find(name);
  }
  fields.RefuseUnknown();
}

template <class Struct>
std::vector<const char*> NamesOf(std::vector<const char*> names = {}) {
  Struct value;
  Struct::Visit(value, [&](const char* name, const auto&) { names.push_back(name); });
  return names;
}

/// A section whose fields all have defaults.
template <class Struct>
std::optional<Fields> ReadSection(const Fields& fields, const char* name, Struct& value) {
  std::optional<Fields> section = fields.OptionalObject(name);
  if (section) {
    AllowOnly(*section, NamesOf<Struct>());
    ReadPresentFields(*section, value);
  }
  return section;
}

/// One of two ways of saying the same thing.
void AllowOne(const std::optional<Fields>& section, const char* one, const char* other) {
  VFFN_CHECK(!section || !section->Has(one) || !section->Has(other), section->Where(other), " is given, but ",
             one, " is given, too: give one of them");
}

std::string Text(const Fields& fields, const char* name) {
  auto text = fields.Get<std::string>(name, "");
  VFFN_CHECK(!fields.Has(name) || !text.empty(), fields.Where(name), " is empty");
  return text;
}

std::string Resolve(const fs::path& folder, const std::string& path) {
  return path.empty() ? path : fs::absolute(folder / path).lexically_normal().string();
}

/// A text, or a list of texts.
std::vector<std::string> TextList(const Fields& fields, const char* name) {
  const Json* value = fields.Find(name);
  if (value == nullptr) {
    return {};
  }
  const auto list = value->is_string() ? std::vector{value->get<std::string>()}
                                       : fields.Get<std::vector<std::string>>(name);
  for (const std::string& text : list) {
    VFFN_CHECK(!text.empty(), fields.Where(name), " has an empty text");
  }
  return list;
}

std::vector<std::string> PathList(const Fields& fields, const char* name, const fs::path& folder) {
  std::vector<std::string> paths = TextList(fields, name);
  for (std::string& path : paths) {
    path = Resolve(folder, path);
  }
  return paths;
}

/// The object "model", or the file that it names: a configuration, or a folder with model.json.
std::optional<ModelConfig> ReadModel(const Fields& fields, const fs::path& folder) {
  const Json* value = fields.Find("model");
  if (value == nullptr) {
    return std::nullopt;
  }
  if (value->is_string()) {
    const fs::path path = Resolve(folder, Text(fields, "model"));
    return ReadModelConfig(fs::is_directory(path) ? path / "model.json" : path);
  }
  const std::string origin = fields.Where("model");
  ModelConfig config = ParseModelConfig(*value, origin);
  Validate(config, origin);
  return config;
}

/// The fields of an FFN. expert_hidden_size may be left out: floor(F / N).
std::optional<FfnConfig> ReadUpcycle(const Fields& fields) {
  const std::optional<Fields> object = fields.OptionalObject("upcycle");
  if (!object) {
    return std::nullopt;
  }
  FfnConfig ffn;
  ffn.kind = object->Get<FfnKind>("ffn");
  VFFN_CHECK(ffn.kind != FfnKind::kDense && ffn.kind != FfnKind::kSparseMoe, object->Where("ffn"), " is ",
             NameOf(ffn.kind), "; a model is upcycled to moe, k_loop or versatile");
  FfnConfig::Visit(ffn, [&](const char* name, const auto&) { object->Find(name); });
  object->RefuseUnknown();
  ReadPresentFields(*object, ffn);
  for (const char* name : {"n_experts", "top_k", "max_loops"}) {
    FfnConfig::Visit(ffn, [&](const std::string& field, const auto&) {
      if (field == name) {
        object->Require(name);
      }
    });
  }
  return ffn;
}

StartConfig ReadStart(const Fields& fields, const fs::path& folder) {
  return {.model = ReadModel(fields, folder),
          .from = Resolve(folder, Text(fields, "from")),
          .model_args = Text(fields, "model_args"),
          .upcycle = ReadUpcycle(fields),
          .tokenizer = Resolve(folder, Text(fields, "tokenizer"))};
}

DataConfig ReadData(const Fields& fields, const fs::path& folder) {
  AllowOnly(fields, {"train", "held_out", "dtype", "sequence_length", "shuffle", "repetition_filter"});
  RepetitionFilter filter;
  const bool filtered = ReadSection(fields, "repetition_filter", filter).has_value();
  return {.train = PathList(fields, "train", folder),
          .held_out = PathList(fields, "held_out", folder),
          .dtype = Text(fields, "dtype"),
          .sequence_length = fields.Get<int64_t>("sequence_length"),
          .shuffle = fields.Get<bool>("shuffle", true),
          .repetition_filter = filtered ? std::optional(filter) : std::nullopt};
}

EvaluationConfig ReadEvaluation(const Fields& fields, const fs::path& folder) {
  EvaluationConfig evaluation;
  AllowOnly(fields, NamesOf<EvaluationConfig>({"tasks", "data"}));
  ReadPresentFields(fields, evaluation);
  for (const std::string& task : TextList(fields, "tasks")) {
    evaluation.tasks.append(evaluation.tasks.empty() ? "" : ",").append(task);
  }
  evaluation.data = Resolve(folder, Text(fields, "data"));
  return evaluation;
}

int64_t WholeNumber(const Fields& fields, const char* name) {
  const auto number = fields.Get<double>(name);  // 2e9 is a whole number, too
  constexpr double kMost = 1e15;
  VFFN_CHECK(number >= 1 && number <= kMost && number == std::floor(number), fields.Where(name), " is ",
             fields.Require(name).dump(), ", should be a whole number from 1 to ", kMost);
  return static_cast<int64_t>(number);
}

/// Steps of the run, from "steps", "tokens" or "epochs".
int64_t ReadLength(const Fields& fields, const TrainingConfig& config) {
  int given = 0;
  for (const char* name : {"steps", "tokens", "epochs"}) {
    given += fields.Has(name) ? 1 : 0;
  }
  VFFN_CHECK(given == 1, fields.origin(), ": ", given == 0 ? "none" : "more than one",
             " of steps, tokens and epochs is given; one of them says how long the run is");
  if (fields.Has("steps")) {
    return WholeNumber(fields, "steps");
  }
  VFFN_CHECK(config.global_batch > 0 && config.data.sequence_length > 0, fields.origin(),
             ": global_batch and data.sequence_length should be positive");
  if (fields.Has("tokens")) {
    int64_t step_tokens = 0;
    VFFN_CHECK(!__builtin_mul_overflow(config.global_batch, config.data.sequence_length, &step_tokens),
               fields.Where("global_batch"), " is ", config.global_batch, ", too large");
    return (WholeNumber(fields, "tokens") - 1) / step_tokens + 1;
  }
  const TokenSequences data(config.data.train, config.data.dtype, config.data.sequence_length);
  VFFN_CHECK(data.size() >= config.global_batch, fields.Where("epochs"), ": the training data has ",
             data.size(), " sequences of ", config.data.sequence_length,
             " tokens, fewer than a step needs (global_batch ", config.global_batch, ")");
  return WholeNumber(fields, "epochs") * (data.size() / config.global_batch);
}

Dtype ReadDtype(const Fields& fields, Dtype otherwise) {
  if (!fields.Has("dtype")) {
    return otherwise;
  }
  try {
    return ParseDtype(fields.Get<std::string>("dtype"));
  } catch (const Error& error) {
    Fail(fields.Where("dtype"), ": ", error.what());
  }
}

}  // namespace

TrainingConfig ParseTrainingConfig(const Json& json, const std::string& origin, const fs::path& folder) {
  const Fields fields(json, origin);
  AllowOnly(fields, NamesOf<TrainingConfig>({"model", "from", "model_args", "upcycle", "tokenizer", "data",
                                             "optimizer", "schedule", "tau", "loss", "checkpoints",
                                             "evaluation", "steps", "tokens", "epochs", "dtype"}));
  TrainingConfig config;
  config.start = ReadStart(fields, folder);
  config.data = ReadData(fields.Object("data"), folder);
  ReadSection(fields, "optimizer", config.optimizer);
  AllowOne(ReadSection(fields, "schedule", config.schedule), "warmup_steps", "warmup_share");
  AllowOne(ReadSection(fields, "tau", config.tau), "decay", "share");
  ReadSection(fields, "loss", config.loss);
  ReadSection(fields, "checkpoints", config.checkpoints);
  if (const auto evaluation = fields.OptionalObject("evaluation")) {
    config.evaluation = ReadEvaluation(*evaluation, folder);
  }
  fields.Require("global_batch");
  ReadPresentFields(fields, config);
  config.dtype = ReadDtype(fields, config.dtype);
  config.steps = ReadLength(fields, config);
  Validate(config, origin);
  return config;
}

TrainingConfig ReadTrainingConfig(const fs::path& path) {
  return ParseTrainingConfig(ReadJsonFile(path), path.string(), fs::absolute(path).parent_path());
}

}  // namespace vffn
