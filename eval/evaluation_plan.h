// What an evaluation scores: tasks as documents, texts and tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "eval/profiles.h"
#include "eval/request.h"
#include "eval/token_placement.h"
#include "tasks/example.h"

namespace vffn {

/// The docs of a task to score. `examples`, `docs` and `requests` are parallel and ordered by doc_id.
struct TaskRun {
  std::string name;
  std::string split;
  std::string data_sha256;
  int64_t data_set_size = 0;          ///< docs in the data set, of which these are some
  std::optional<MetricList> metrics;  ///< that the task itself states; absent: those of the profile
  int64_t shots = 0;                  ///< solved examples in every prompt
  std::vector<Example> examples;
  std::vector<Json> docs;            ///< the raw records, for sample files
  std::vector<RequestDoc> requests;  ///< the examples under the profile's encoding
};

struct EvaluationPlan {
  const Profile* profile = nullptr;  ///< null: the requests were made without one (vffn loss)
  TokenPlacement special_tokens;  ///< around the texts of all requests
  std::vector<TaskRun> tasks;
};

}  // namespace vffn
