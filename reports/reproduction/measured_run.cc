#include "reports/reproduction/measured_run.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "model/parameters.h"
#include "reports/comparison/run_folder.h"

namespace vffn {
namespace {

const Json& Member(const Json& json, const std::string& name, const std::string& origin) {
  VFFN_CHECK(json.is_object() && json.contains(name), origin, ": ", name,
             " is missing: not the results of a vffn run");
  return json[name];
}

std::string Text(const Json& json, const std::string& name, const std::string& origin) {
  const Json& value = Member(json, name, origin);
  VFFN_CHECK(value.is_string(), origin, ": ", name, " is ", value.dump(), ", should be a text");
  return value.get<std::string>();
}

int64_t Count(const Json& json, const std::string& name, const std::string& origin) {
  const Json& value = Member(json, name, origin);
  VFFN_CHECK(value.is_number_unsigned() && value.get<uint64_t>() <= INT64_MAX, origin, ": ", name, " is ",
             value.dump(), ", should be a count");
  return value.get<int64_t>();
}

double Number(const Json& value, const std::string& name, const std::string& origin) {
  VFFN_CHECK(value.is_number() && std::isfinite(value.get<double>()), origin, ": ", name, " is ",
             value.dump(), ", should be a number");
  return value.get<double>();
}

MeasuredTask ParseTask(const std::string& name, const Json& json, const std::string& origin) {
  MeasuredTask task{.task = name,
                    .split = Text(json, "split", origin),
                    .metric = Text(json, "primary_metric", origin),
                    .docs = Count(json, "docs", origin),
                    .missing = Count(json, "docs_missing", origin)};
  const std::string where = origin + ".metrics." + task.metric;
  const Json& score = Member(Member(json, "metrics", origin), task.metric, origin + ".metrics");
  task.score.value = Number(Member(score, "value", where), "value", where);
  VFFN_CHECK(task.docs > 0 && task.score.value >= 0 && task.score.value <= 1, where, ": a score of ",
             task.score.value, " on ", task.docs, " docs");
  const Json& error = Member(score, "stderr", where);
  if (!error.is_null()) {
    task.score.standard_error = Number(error, "stderr", where);
  }
  return task;
}

/// The work a run did, if the process that finished it did any.
std::optional<ModelCost> WorkOf(const Json& results, const std::string& name, const std::string& origin) {
  const Json& scoring = Member(Member(results, "vffn", origin), "scoring", origin + ": vffn");
  if (!scoring.is_object() || scoring.value("trie_tokens", 0) == 0) {
    return std::nullopt;
  }
  return CostOfRun(name, results, origin);
}

}  // namespace

const MeasuredTask* MeasuredRun::FindTask(std::string_view task) const {
  const auto found = std::ranges::find(tasks, task, &MeasuredTask::task);
  return found == tasks.end() ? nullptr : &*found;
}

std::string MeasuredRun::Label() const { return ModelLabel(name, untrained); }

std::optional<double> MeasuredRun::ExecutedFfnMegaflops() const {
  return cost && cost->per_token.executed ? std::optional(cost->per_token.executed->FfnTotal() / 1e6)
                                          : std::nullopt;
}

RunNotes ParseRunNotes(const Json& json, const std::string& origin) {
  VFFN_CHECK(json.is_object(), origin, ": should be an object");
  RunNotes notes;
  for (const auto& [key, value] : json.items()) {
    if (key == "name" || key == "row") {
      (key == "name" ? notes.name : notes.row) = Text(json, key, origin);
    } else if (key == "loss") {
      notes.loss = Number(value, key, origin);
      VFFN_CHECK(*notes.loss >= 0, origin, ": loss is ", *notes.loss, ", should not be negative");
    } else {
      VFFN_CHECK(key == "untrained", origin, ": unknown field \"", key,
                 "\"; there are name, row, loss and untrained");
      VFFN_CHECK(value.is_boolean(), origin, ": untrained is ", value.dump(), ", should be true or false");
      notes.untrained = value.get<bool>();
    }
  }
  return notes;
}

OrderedJson ToJson(const RunNotes& notes) {
  OrderedJson json = OrderedJson::object();
  if (notes.name) {
    json["name"] = *notes.name;
  }
  if (notes.row) {
    json["row"] = *notes.row;
  }
  if (notes.loss) {
    json["loss"] = *notes.loss;
  }
  json["untrained"] = notes.untrained;
  return json;
}

MeasuredRun ParseMeasuredRun(const Json& results, const RunNotes& notes, const std::string& origin) {
  const Json& ours = Member(results, "vffn", origin);
  const std::string where = origin + ": vffn";
  MeasuredRun run{.source = origin};
  const std::string model = Text(results, "model_name", origin);
  run.name = notes.name ? *notes.name : std::filesystem::path(model).filename().string();
  run.profile = Text(Member(ours, "profile", where), "name", where + ".profile");
  run.dtype = Text(Member(ours, "identity", where), "dtype", where + ".identity");
  const Json& described = Member(ours, "model", where);
  run.config = ParseModelConfig(Member(described, "config", where + ".model"), where + ".model.config");
  Validate(run.config, where + ".model.config");
  run.parameters = ParameterCount(run.config);
  run.untrained = notes.untrained || described.value("untrained", false);
  run.loss = notes.loss;
  run.rows_named = notes.row.has_value();
  run.rows = notes.row ? ParsePaperRows(*notes.row, origin + ", run.json: row") : RowsOf(run.config);
  const Json& tasks = Member(ours, "tasks", where);
  VFFN_CHECK(tasks.is_object() && !tasks.empty(), where, ".tasks: there are no scores");
  for (const auto& [name, task] : tasks.items()) {
    run.tasks.push_back(ParseTask(name, task, where + ".tasks." + name));
  }
  run.cost = WorkOf(results, run.name, origin);
  return run;
}

MeasuredRun ReadMeasuredRun(const std::filesystem::path& path) {
  std::filesystem::path file = path;
  if (std::filesystem::is_directory(path)) {
    const auto latest = LatestResults(path);
    VFFN_CHECK(latest.has_value(), path.string(),
               ": the folder has no results_*.json; vffn eval writes one when it is done");
    file = *latest;
  }
  const std::filesystem::path notes_file = file.parent_path() / kRunNotesFile;
  RunNotes notes;
  if (std::filesystem::exists(notes_file)) {
    notes = ParseRunNotes(ReadJsonFile(notes_file), notes_file.string());
  }
  return ParseMeasuredRun(ReadJsonFile(file), notes, file.string());
}

}  // namespace vffn
