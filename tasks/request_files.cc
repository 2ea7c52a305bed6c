#include "tasks/request_files.h"

#include "base/fields.h"
#include "base/json.h"
#include "tasks/request_files.json.h"

namespace vffn {
namespace {

RequestFileFacts Parse(const Json& row) {
  const Fields fields(row, "request_files.json");
  const auto choices = fields.Get<std::vector<int64_t>>("choices");
  return {.name = fields.Get<std::string>("name"),
          .split = fields.Get<std::string>("split"),
          .docs = fields.Get<int64_t>("docs"),
          .requests = fields.Get<int64_t>("requests"),
          .fewest_choices = choices.at(0),
          .most_choices = choices.at(1),
          .shots = fields.Get<int64_t>("shots"),
          .metric = fields.Get<std::string>("metric"),
          .config_metric = fields.Get<std::string>("config_metric"),
          .chance = fields.Optional<double>("chance"),
          .unconditional = fields.Get<int64_t>("unconditional"),
          .labels = fields.Get<std::vector<std::string>>("labels"),
          .bpb_labels = fields.Get<std::vector<std::string>>("bpb_labels")};
}

std::vector<RequestFileFacts> ParseAll() {
  std::vector<RequestFileFacts> files;
  for (const Json& row : ParseJson(kRequestFilesJson, "request_files.json")) {
    files.push_back(Parse(row));
  }
  return files;
}

}  // namespace

std::span<const RequestFileFacts> RequestFiles() {
  static const std::vector<RequestFileFacts> files = ParseAll();
  return files;
}

}  // namespace vffn
