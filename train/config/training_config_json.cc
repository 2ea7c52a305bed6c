#include "base/json.h"
#include "train/config/training_config.h"

namespace vffn {
namespace {

/// The fields that the struct lists; those without a value are null.
template <class Struct>
OrderedJson VisitedFields(const Struct& value) {
  OrderedJson json = OrderedJson::object();
  Struct::Visit(value, [&](const char* name, const auto& field) {
    if constexpr (requires { field.has_value(); }) {
      json[name] = field ? OrderedJson(*field) : OrderedJson();
    } else {
      json[name] = field;
    }
  });
  return json;
}

/// A text; null if it is empty.
OrderedJson TextOrNull(const std::string& text) { return text.empty() ? OrderedJson() : OrderedJson(text); }

OrderedJson DataJson(const DataConfig& data) {
  return {
      {"train", data.train},
      {"held_out", data.held_out},
      {"dtype", TextOrNull(data.dtype)},
      {"sequence_length", data.sequence_length},
      {"shuffle", data.shuffle},
      {"repetition_filter", data.repetition_filter ? VisitedFields(*data.repetition_filter) : OrderedJson()}};
}

/// Of two fields that say the same thing, the one in use; the other is null.
OrderedJson KeepOne(OrderedJson json, const char* preferred, const char* other) {
  if (!json[preferred].is_null()) {
    json[other] = nullptr;
  }
  return json;
}

}  // namespace

OrderedJson ToJson(const TrainingConfig& config) {
  const StartConfig& start = config.start;
  OrderedJson evaluation = VisitedFields(config.evaluation);
  evaluation["tasks"] = TextOrNull(config.evaluation.tasks);
  evaluation["data"] = TextOrNull(config.evaluation.data);
  OrderedJson json = {
      {"model", start.model ? ToJson(*start.model) : OrderedJson()},
      {"from", TextOrNull(start.from)},
      {"model_args", TextOrNull(start.model_args)},
      {"upcycle", start.upcycle ? ToJson(*start.upcycle) : OrderedJson()},
      {"tokenizer", TextOrNull(start.tokenizer)},
      {"data", DataJson(config.data)},
      {"optimizer", VisitedFields(config.optimizer)},
      {"schedule", KeepOne(VisitedFields(config.schedule), "warmup_steps", "warmup_share")},
      {"tau", KeepOne(VisitedFields(config.tau), "share", "decay")},
      {"loss", VisitedFields(config.loss)},
      {"checkpoints", VisitedFields(config.checkpoints)},
      {"evaluation", evaluation},
      {"steps", config.steps},
      {"dtype", ToString(config.dtype)},
  };
  json.update(VisitedFields(config));
  return json;
}

}  // namespace vffn
