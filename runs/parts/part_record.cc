#include "runs/parts/part_record.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "base/valid_utf8.h"
#include "eval/ledger_row.h"
#include "eval/task_hash.h"

namespace vffn {
namespace {

constexpr int kPartSchema = 1;

/// The task's row of the ledger, and its hash.
OrderedJson TaskJson(const PartTask& part) {
  OrderedJson json = OrderedJson::parse(FormatRow(part.task));
  json["task_hash"] = part.task_hash;
  return json;
}

PartTask ParseTask(const Json& json, const std::string& origin) {
  LedgerRow row = ParseLedgerRow(json, origin + ": tasks");
  auto* task = std::get_if<LedgerTask>(&row);
  VFFN_CHECK(task != nullptr, origin, ": tasks: a row that is no task");
  return {.task = std::move(*task), .task_hash = Fields(json, origin, "tasks").Get<std::string>("task_hash")};
}

}  // namespace

PartRecord ReadPartRecord(const std::filesystem::path& path) {
  const Json json = ReadJsonFile(path);
  const std::string origin = path.string();
  const Fields fields(json, origin);
  VFFN_CHECK(fields.Integer("vffn_part", 1) <= kPartSchema, origin,
             ": written by a newer program; use that one");
  PartRecord record{.shard = {.rank = fields.Get<int>("rank"), .count = fields.Get<int>("count")},
                    .plan_sha256 = fields.Get<std::string>("plan_sha256"),
                    .docs = fields.Count("docs"),
                    .docs_scored = fields.Count("docs_scored"),
                    .ledger_bytes = fields.Count("ledger_bytes"),
                    .samples = fields.Get<bool>("samples"),
                    .trace = fields.Get<std::string>("trace"),
                    .run = ParseResultsFile(fields.Require("run"), origin)};
  for (const Json* task : ToElements(fields.Require("tasks"), fields.PlaceOf("tasks"))) {
    record.tasks.push_back(ParseTask(*task, origin));
  }
  VFFN_CHECK(record.run.run.has_value(), origin, ": run.vffn is missing");
  return record;
}

void WritePartRecord(const std::filesystem::path& path, const PartRecord& record) {
  OrderedJson tasks = OrderedJson::array();
  for (const PartTask& task : record.tasks) {
    tasks.push_back(TaskJson(task));
  }
  const OrderedJson json = {{"vffn_part", kPartSchema},
                            {"rank", record.shard.rank},
                            {"count", record.shard.count},
                            {"plan_sha256", record.plan_sha256},
                            {"docs", record.docs},
                            {"docs_scored", record.docs_scored},
                            {"ledger_bytes", record.ledger_bytes},
                            {"samples", record.samples},
                            {"trace", record.trace},
                            {"tasks", tasks},
                            {"run", ToJson(record.run)}};
  WriteFileAtomically(path, DumpJson(json) + "\n");
}

std::vector<PartTask> PartTasksOf(const EvaluationPlan& plan) {
  std::vector<PartTask> tasks;
  for (const TaskRun& run : plan.tasks) {
    tasks.push_back({.task = LedgerTaskOf(run), .task_hash = TaskHash(run)});
  }
  return tasks;
}

void AddScoring(const ScoringRecord& more, ScoringRecord& sum) {
  if (more.seconds_to_first_score) {
    const double before = sum.seconds_to_first_score.value_or(*more.seconds_to_first_score);
    sum.seconds_to_first_score = std::min(before, *more.seconds_to_first_score);
  }
  if (more.window_pairs) {
    sum.window_pairs = sum.window_pairs.value_or(0) + *more.window_pairs;
  }
  sum.workers += more.workers;
  sum.seconds_scoring += more.seconds_scoring;
  sum.docs += more.docs;
  sum.query_tokens += more.query_tokens;
  sum.trie_tokens += more.trie_tokens;
  sum.scored_tokens += more.scored_tokens;
  sum.head_rows += more.head_rows;
  sum.visible_pairs += more.visible_pairs;
  sum.necessary_flops += more.necessary_flops;
  for (const auto& [name, task] : more.tasks) {
    TaskScoring& of_sum = sum.tasks[name];
    of_sum.docs += task.docs;
    of_sum.trie_tokens += task.trie_tokens;
    of_sum.seconds += task.seconds;
  }
  sum.executed += more.executed;
}

}  // namespace vffn
