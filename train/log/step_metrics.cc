#include "train/log/step_metrics.h"

#include <cmath>
#include <type_traits>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {
namespace {

void PutNumber(OrderedJson& json, const char* name, double value) {
  VFFN_CHECK(std::isfinite(value), name, " is ", value, ": the log takes finite numbers only");
  json[name] = value;
}

void Put(OrderedJson& json, const char* name, double value) { PutNumber(json, name, value); }
void Put(OrderedJson& json, const char* name, int64_t value) { json[name] = value; }
void Put(OrderedJson& json, const char* name, const std::optional<double>& value) {
  if (value) {
    PutNumber(json, name, *value);
  }
}
void Put(OrderedJson& json, const char* name, const std::vector<double>& values) {
  for (const double value : values) {
    VFFN_CHECK(std::isfinite(value), name, " has ", value, ": the log takes finite numbers only");
    json[name].push_back(value);
  }
}

OrderedJson LayerJson(const LayerMetrics& layer) {
  OrderedJson json = OrderedJson::object();
  Put(json, "loop_shares", layer.loop_shares);
  Put(json, "mean_loops", layer.mean_loops);
  Put(json, "mean_lambda", layer.mean_lambda);
  Put(json, "expert_load", layer.expert_load);
  return json;
}

LayerMetrics ParseLayer(const Fields& fields) {
  LayerMetrics layer;
  layer.loop_shares = fields.Get<std::vector<double>>("loop_shares", {});
  layer.mean_loops = fields.Optional<double>("mean_loops");
  layer.mean_lambda = fields.Optional<double>("mean_lambda");
  layer.expert_load = fields.Get<std::vector<double>>("expert_load", {});
  fields.RefuseUnknown();
  return layer;
}

EvaluationPoint::Task ParseTask(const Fields& fields) {
  EvaluationPoint::Task task;
  task.task = fields.Get<std::string>("task");
  task.metric = fields.Get<std::string>("metric");
  task.score = fields.Get<double>("score");
  task.docs = fields.Count("docs");
  fields.RefuseUnknown();
  return task;
}

/// Calls parse(fields) for every object of a list that may be absent.
template <class Parse>
void ParseList(const Fields& fields, const char* name, Parse&& parse) {
  if (!fields.Has(name)) {
    return;
  }
  const auto elements = ToElements(fields.Require(name), fields.PlaceOf(name));
  for (size_t i = 0; i < elements.size(); ++i) {
    parse(Fields(*elements[i], fields.origin(), std::string(name) + "[" + std::to_string(i) + "]"));
  }
}

}  // namespace

OrderedJson ToJson(const StepMetrics& metrics) {
  OrderedJson json = OrderedJson::object();
  StepMetrics::Visit(metrics, [&](const char* name, const auto& value) { Put(json, name, value); });
  for (const LayerMetrics& layer : metrics.layers) {
    json["layers"].push_back(LayerJson(layer));
  }
  return json;
}

OrderedJson ToJson(const EvaluationPoint& point) {
  OrderedJson json = OrderedJson::object();
  Put(json, "step", point.step);
  Put(json, "tokens", point.tokens);
  Put(json, "held_out_loss", point.held_out_loss);
  Put(json, "bits_per_byte", point.bits_per_byte);
  Put(json, "sampled_held_out_loss", point.sampled_held_out_loss);
  for (const EvaluationPoint::Task& task : point.tasks) {
    OrderedJson row = {{"task", task.task}, {"metric", task.metric}};
    Put(row, "score", task.score);
    Put(row, "docs", task.docs);
    json["tasks"].push_back(row);
  }
  return json;
}

StepMetrics ParseStepMetrics(const Json& json, const std::string& origin) {
  const Fields fields(json, origin);
  auto metrics = ReadAllFields<StepMetrics>(fields);
  ParseList(fields, "layers", [&](const Fields& layer) { metrics.layers.push_back(ParseLayer(layer)); });
  fields.RefuseUnknown();
  return metrics;
}

EvaluationPoint ParseEvaluationPoint(const Json& json, const std::string& origin) {
  const Fields fields(json, origin);
  EvaluationPoint point;
  point.step = fields.Count("step");
  point.tokens = fields.Count("tokens");
  point.held_out_loss = fields.Optional<double>("held_out_loss");
  point.bits_per_byte = fields.Optional<double>("bits_per_byte");
  point.sampled_held_out_loss = fields.Optional<double>("sampled_held_out_loss");
  ParseList(fields, "tasks", [&](const Fields& task) { point.tasks.push_back(ParseTask(task)); });
  fields.RefuseUnknown();
  return point;
}

}  // namespace vffn
