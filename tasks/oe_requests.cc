#include "tasks/oe_requests.h"

#include <unordered_map>
#include <utility>

#include "base/fields.h"
#include "base/foreign_json.h"
#include "base/line_file.h"
#include "tasks/doc.h"
#include "tasks/file_hash.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kUnconditional = 1000000;
constexpr std::string_view kLogLikelihood = "loglikelihood";
constexpr std::string_view kGenerateToo = "generate_until_and_loglikelihood";

/// Gathers the requests of a file into one example per doc.
class Examples {
 public:
  explicit Examples(OeKind kind) : kind_(kind) {}

  void Add(const Doc& request) {
    const int64_t doc_id = request.Int("doc_id");
    if (doc_id >= kUnconditional) {
      ++unconditional_;
      return;
    }
    CheckType(request);
    Choice choice{request.String("request.context"), request.String("request.continuation")};
    if (choice.continuation.empty()) {
      request.Refuse("request.continuation", "is empty");
    }
    if (kind_ == OeKind::kMultipleChoice) {
      AddChoice(request, doc_id, std::move(choice));
    } else {
      AddGold(request, doc_id, std::move(choice));
    }
  }

  int64_t unconditional() const { return unconditional_; }

  /// The examples, once all requests are in.
  std::vector<Example> Finish(const std::string& origin) {
    for (const Example& example : examples_) {
      const size_t count = example.choices.size();
      VFFN_CHECK(count > 0, origin, ": doc ", example.doc_id, " has no request for its right answer");
      VFFN_CHECK(example.gold >= 0 && static_cast<size_t>(example.gold) < count, origin, ": doc ",
                 example.doc_id, ": the label ", example.gold, " is not the index of one of its ", count,
                 " choices");
    }
    return std::move(examples_);
  }

 private:
  void CheckType(const Doc& request) const {
    const std::string& type = request.String("request_type");
    if (type != kLogLikelihood && !(kind_ == OeKind::kGoldOnly && type == kGenerateToo)) {
      request.Refuse("request_type", "is ", type, ", which is not scored as ",
                     kind_ == OeKind::kGoldOnly ? "a gold continuation" : "multiple choice");
    }
  }

  void AddChoice(const Doc& request, int64_t doc_id, Choice choice) {
    if (request.fields().contains("label") && !request.fields()["label"].is_number_integer()) {
      request.Refuse("label",
                     "is no index of a choice: the file holds gold continuations (for bits per byte), not ",
                     "multiple-choice requests");
    }
    const int64_t label = request.Int("label");
    VFFN_CHECK(std::in_range<int>(label), request.origin(), ": label is out of range: ", label);
    Example& example = Open(doc_id, static_cast<int>(label));
    const int64_t index = request.Int("idx");
    if (index != static_cast<int64_t>(example.choices.size())) {
      request.Refuse("idx", "is ", index, ", but the next choice of doc ", doc_id, " is number ",
                     example.choices.size());
    }
    if (label != example.gold) {
      request.Refuse("label", "is ", label, ", but it was ", example.gold, " in this doc's first request");
    }
    example.choices.push_back(std::move(choice));
  }

  // A label that is no number belongs to the one continuation there is; so does an absent one, as index 0.
  void AddGold(const Doc& request, int64_t doc_id, Choice choice) {
    const auto label = request.fields().find("label");
    const bool absent = label == request.fields().end() || label->is_null();
    const bool number = !absent && label->is_number_integer();
    Example& example = Open(doc_id, 0);
    if ((absent || number) && (number ? request.Int("label") : 0) != request.Int("idx")) {
      return;
    }
    if (!example.choices.empty()) {
      request.Refuse("doc_id", "is ", doc_id, ", whose right answer was there already");
    }
    example.choices.push_back(std::move(choice));
  }

  Example& Open(int64_t doc_id, int gold) {
    const auto [place, is_new] = places_.try_emplace(doc_id, examples_.size());
    if (is_new) {
      examples_.push_back({.doc_id = doc_id, .gold = gold});
    }
    return examples_[place->second];
  }

  OeKind kind_;
  std::vector<Example> examples_;
  std::unordered_map<int64_t, size_t> places_;  // of a doc_id in examples_
  int64_t unconditional_ = 0;
};

/// OLMo's word for a primary metric of oe-eval.
std::string MetricName(const std::string& metric) {
  static const std::unordered_map<std::string, std::string> names = {
      {"acc_raw", "acc"}, {"acc_per_char", "len_norm"}, {"acc_uncond", "pmi_dc"}, {"logits_per_byte", "bpb"}};
  const auto found = names.find(metric);
  return found == names.end() ? metric : found->second;
}

std::optional<std::string> PrimaryMetric(const fs::path& config_path) {
  if (!fs::is_regular_file(config_path)) {
    return std::nullopt;
  }
  const Json config = ReadJsonFile(config_path);
  const auto task = Fields(config, config_path.string()).OptionalObject("task_config");
  const auto metric = task ? task->Optional<std::string>("primary_metric") : std::nullopt;
  return metric ? std::optional(MetricName(*metric)) : std::nullopt;
}

fs::path RequestFile(const fs::path& path) {
  if (!fs::is_directory(path)) {
    return path;
  }
  const fs::path packed = path / "requests.jsonl.gz", plain = path / "requests.jsonl";
  VFFN_CHECK(fs::is_regular_file(packed) || fs::is_regular_file(plain), path.string(),
             ": holds no requests.jsonl.gz or requests.jsonl");
  return fs::is_regular_file(packed) ? packed : plain;
}

}  // namespace

OeTask ReadOeRequests(const fs::path& path, OeKind kind) {
  const fs::path file = RequestFile(path);
  const fs::path folder = fs::absolute(file).parent_path();
  OeTask task{.name = (folder.parent_path().filename() / folder.filename()).string(),
              .kind = kind,
              .metric = PrimaryMetric(folder / "config.json"),
              .origin = file.string()};
  Sha256 hash;
  HashFile(file, hash);
  task.sha256 = hash.Hex();
  Examples examples(kind);
  LineFile lines(file);
  while (const auto line = lines.NextRecord()) {
    examples.Add(Doc(ParseForeignJson(*line, lines.Origin()), lines.line() - 1, lines.Origin()));
  }
  task.unconditional = examples.unconditional();
  task.examples = examples.Finish(task.origin);
  VFFN_CHECK(!task.examples.empty(), task.origin, ": has no requests");
  return task;
}

OeTask OpenOeTask(const std::string& name, const fs::path& data_dir, OeKind kind) {
  std::string places;
  for (const fs::path& path : {fs::path(name), data_dir / "oe_eval_tasks" / name, data_dir / name}) {
    if (fs::exists(path)) {
      return ReadOeRequests(path, kind);
    }
    places += "\n  " + path.string();
  }
  Fail("there is no request file \"", name, "\"; looked at", places);
}

}  // namespace vffn
