// A task whose docs are rendered, whatever it was read from: a data set and a renderer, a request file, a
// YAML file. What scores it needs to know no more of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "tasks/example.h"

namespace vffn {

/// The metrics that a task asks for by itself, by the names of eval/metrics.h.
struct StatedMetrics {
  std::vector<std::string> reported;  ///< empty: those of the profile
  std::string primary;                ///< one of them
};

/// `examples` and `docs` are parallel and ordered by doc_id.
struct RenderedTask {
  std::string name;
  std::string split;
  std::string data_sha256;    ///< hex, of everything that decides the texts
  int64_t data_set_size = 0;  ///< docs in the data set, of which these are some
  std::vector<Example> examples;
  std::vector<Json> docs;  ///< the raw records, for sample files
  StatedMetrics metrics;
  int64_t shots = 0;  ///< solved examples in every prompt
};

}  // namespace vffn
