#include <cmath>

#include "base/error.h"
#include "base/json.h"
#include "eval/profiles.h"
#include "reports/comparison/score_set.h"

namespace vffn {
namespace {

/// The metric of a task: the one asked for, what vffn calls primary, or that of the first profile whose
/// primary metric is there.
std::string MetricOf(const Json& file, const std::string& task, const Json& scores,
                     const ScoreOptions& options) {
  if (options.metric) {
    return std::string(FactsOf(*options.metric).name);
  }
  const Json::json_pointer primary("/vffn/tasks/" + task + "/primary_metric");
  if (file.contains(primary) && file[primary].is_string()) {
    return file[primary].get<std::string>();
  }
  for (const Profile& profile : Profiles()) {
    const std::string name(FactsOf(profile.ForTask(task).primary).name);
    if (scores.contains(name + ",none")) {
      return name;
    }
  }
  return "acc";
}

}  // namespace

ScoreSet ReadResultScores(const std::filesystem::path& path, const ScoreOptions& options) {
  const Json file = ReadJsonFile(path);
  VFFN_CHECK(file.is_object() && file.contains("results") && file["results"].is_object(), path.string(),
             ": has no \"results\": not a results file");
  ScoreSet set{.source = path.string()};
  const Json::json_pointer profile("/vffn/profile/name");
  set.profile = file.contains(profile) && file[profile].is_string() ? file[profile].get<std::string>() : "";
  for (const auto& [task, scores] : file["results"].items()) {
    const std::string metric = MetricOf(file, task, scores, options);
    VFFN_CHECK(
        scores.is_object() && scores.contains(metric + ",none") && scores[metric + ",none"].is_number(),
        path.string(), ": task ", task, " has no number \"", metric, ",none\"");
    const Json::json_pointer questions("/n-samples/" + task + "/effective");
    VFFN_CHECK(file.contains(questions) && file[questions].is_number_unsigned() &&
                   file[questions].get<int64_t>() > 0,
               path.string(), ": does not say how many questions of ", task,
               " there were (n-samples, effective)");
    const double value = scores[metric + ",none"].get<double>();
    VFFN_CHECK(value >= 0 && value <= 1, path.string(), ": ", metric, " of ", task, " is ", value,
               "; without its questions only an accuracy, 0 to 1, can be compared");
    set.summaries.push_back({task, metric, value, file[questions].get<int64_t>()});
  }
  VFFN_CHECK(!set.summaries.empty(), path.string(), ": has no results of any task");
  return set;
}

}  // namespace vffn
