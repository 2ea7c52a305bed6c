#include "runs/recorded_plan.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

#include "base/error.h"
#include "eval/plan_encoding.h"
#include "eval/request_encoder.h"
#include "runs/scores/samples_file.h"
#include "runs/tasks/profile_tasks.h"
#include "runs/tasks/task_reader.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

/// A path that a ledger's header names; empty if it names none.
fs::path ProvenancePath(const LedgerContents& ledger, const char* field) {
  const OrderedJson& provenance = ledger.header.provenance;
  const bool named = provenance.contains(field) && provenance[field].is_string();
  return named ? fs::path(provenance[field].get<std::string>()) : fs::path();
}

/// Where a path of a run may lead: from the working directory, and from every folder above the run's.
std::vector<fs::path> PlacesOf(const fs::path& path, const RunFolder& folder) {
  if (path.empty()) {
    return {};
  }
  std::vector<fs::path> places = {path};
  if (path.is_relative()) {
    fs::path above = fs::absolute(folder.path()).lexically_normal();
    while (above.has_relative_path()) {
      above = above.parent_path();
      places.push_back(above / path);
    }
  }
  return places;
}

/// The tokenizer of a file or folder, if it is the one that is sought.
std::optional<ModelTokenizer> OpenIfSame(const fs::path& path, const std::string& sha256) {
  if (!fs::exists(path)) {
    return std::nullopt;
  }
  for (const GgufPipeline pipeline : {GgufPipeline::kOwn, GgufPipeline::kTransformers}) {
    try {
      ModelTokenizer opened = OpenTokenizer(path, {}, pipeline);
      if (opened.tokenizer->info().sha256 == sha256) {
        return opened;
      }
    } catch (const Error&) {  // a file of another kind is not the tokenizer that is sought
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<ModelTokenizer> FindTokenizer(const RunFolder& folder, const LedgerContents& ledger,
                                            const PlanInputs& inputs) {
  const std::string& sha256 = ledger.header.identity.tokenizer_sha256;
  for (const fs::path& path : inputs.tokenizers) {
    if (auto found = OpenIfSame(path, sha256)) {
      return found;
    }
  }
  for (const char* field : {"tokenizer_path", "model_path"}) {
    for (const fs::path& place : PlacesOf(ProvenancePath(ledger, field), folder)) {
      if (auto found = OpenIfSame(place, sha256)) {
        return found;
      }
    }
  }
  return std::nullopt;
}

/// The special tokens that the run put around its texts; nothing if none of the rules gives those of the
/// ledger.
std::optional<TokenPlacement> FindPlacement(const Profile& profile, const SpecialTokens& special,
                                            const RunIdentity& identity) {
  for (const std::optional<bool> add_bos :
       {std::optional<bool>(), std::optional(false), std::optional(true)}) {
    if (add_bos == true && !special.bos && !special.model_bos) {
      continue;
    }
    TokenPlacement placement = PlaceSpecialTokens(profile, special, add_bos);
    const int64_t bos = placement.around.before.empty() ? -1 : placement.around.before.front();
    const std::string ids = placement.Ids();
    if (bos == identity.bos_token && identity.special_tokens.value_or(ids) == ids) {
      return placement;
    }
  }
  return std::nullopt;
}

Choice ChoiceOf(const SampleChoice& sample) {
  return {.context = sample.context, .continuation = sample.continuation};
}

Example ExampleOf(const Sample& sample) {
  Example example{.doc_id = sample.doc.doc_id()};
  std::ranges::transform(sample.choices, std::back_inserter(example.choices), ChoiceOf);
  std::ranges::transform(sample.unconditional, std::back_inserter(example.unconditional), ChoiceOf);
  return example;
}

/// The docs of all files, by doc_id; of those that several files have, the one of the first file.
std::vector<Example> ReadExamples(const std::vector<fs::path>& files) {
  std::map<int64_t, Example> examples;
  for (const fs::path& file : files) {
    for (const Sample& sample : ReadSamplesFile(file).samples) {
      examples.emplace(sample.doc.doc_id(), ExampleOf(sample));
    }
  }
  std::vector<Example> in_order;
  std::ranges::move(std::views::values(examples), std::back_inserter(in_order));
  return in_order;
}

/// Texts of tasks, from samples or data.
class TextSource {
 public:
  TextSource(const RunFolder& folder, const Profile& profile, const PlanInputs& inputs)
      : folder_(folder), profile_(profile), data_(inputs.data) {}

  /// Nothing if there are no texts; `why` then says so.
  std::optional<std::vector<Example>> ExamplesFor(const LedgerTask& task, std::string& why) const {
    if (const std::vector<fs::path> files = folder_.SamplesOf(task.name); !files.empty()) {
      return ReadExamples(files);
    }
    if (data_.empty() || !fs::exists(data_)) {
      why = "there are no sample files";
      return std::nullopt;
    }
    const std::optional<CatalogueTask> known = Find(task.name);
    if (!known || !HasData(*known, data_)) {
      why = "there are no sample files, and no data in " + data_.string();
      return std::nullopt;
    }
    const double limit = task.docs < task.data_set_size ? static_cast<double>(task.docs) : 0;
    RenderedTask rendered = ReadTask(*known, data_, profile_, {limit});
    if (rendered.data_sha256 != task.data_sha256) {
      why = "there are no sample files, and the data in " + data_.string() + " are other ones (SHA-256)";
      return std::nullopt;
    }
    return std::move(rendered.examples);
  }

 private:
  std::optional<CatalogueTask> Find(const std::string& name) const {
    const std::vector<CatalogueTask> catalogue = CatalogueOf(profile_);
    const auto found = std::ranges::find(catalogue, name, &CatalogueTask::name);
    if (found != catalogue.end()) {
      return *found;
    }
    try {
      return TasksOfRun(profile_, name).front();  // "arc_easy/mc:bpb"
    } catch (const Error&) {                      // a task file, whose place is not known
      return std::nullopt;
    }
  }

  const RunFolder& folder_;
  const Profile& profile_;
  fs::path data_;
};

/// Encodes the docs of a task that the ledger has, where they have the tokens that were scored.
void AddRequests(std::vector<Example> examples, const LedgerContents& ledger, const Tokenizer& tokenizer,
                 const EncodingOptions& encoding, TaskRun& run) {
  for (Example& example : examples) {
    const ScoredDoc* scored = ledger.FindDoc(run.name, example.doc_id);
    if (scored == nullptr || scored->choices.size() < 2) {
      continue;
    }
    RequestDoc requests = EncodeExample(example, tokenizer, encoding);
    if (RequestHash(requests) == scored->request_sha256) {
      example.gold = scored->gold;
      requests.task = run.name;
      run.requests.push_back(std::move(requests));
      run.examples.push_back(std::move(example));
    }
  }
}

/// How many docs of a task have several choices.
int64_t CountQuestions(const LedgerContents& ledger, const std::string& task) {
  const auto docs = ledger.docs.find(task);
  return docs == ledger.docs.end() ? 0 : std::ranges::count_if(docs->second, [](const auto& doc) {
    return doc.second.choices.size() > 1;
  });
}

/// The command that writes the samples of a run that is finished.
std::string SamplesCommand(const RecordedRun& run, const LedgerContents& ledger) {
  const RunRecord& record = run.results.run.value();
  std::string tasks;
  for (const LedgerTask& task : ledger.tasks) {
    tasks += (tasks.empty() ? "" : ",") + task.name;
  }
  std::string command = "vffn eval --model " + run.results.model_name + " --tasks " + tasks + " --profile " +
                        record.profile + " --dtype " + record.identity.dtype;
  if (!record.info.model_args.empty()) {
    command += " --model_args " + record.info.model_args;
  }
  if (record.info.limit) {
    const auto docs = static_cast<int64_t>(*record.info.limit);
    const bool whole = static_cast<double>(docs) == *record.info.limit;
    command += " --limit " + (whole ? std::to_string(docs) : std::to_string(*record.info.limit));
  }
  return command + " --output " + run.folder.path().string() + " --resume --log_samples";
}

/// "texts of piqa, sciq: WHY; what to do" for each reason.
void AddMissingTexts(const std::map<std::string, std::string>& tasks_by_reason, const std::string& command,
                     RecordedPlan& recorded) {
  for (const auto& [why, tasks] : tasks_by_reason) {
    recorded.missing.push_back(
        "texts of " + tasks + ": " + why +
        "; name the folder of the run's data with --data, or write samples, for which no "
        "doc is scored again: " +
        command);
  }
}

}  // namespace

RecordedPlan ReadRecordedPlan(const RecordedRun& run, const LedgerContents& ledger,
                              const PlanInputs& inputs) {
  const RunRecord& record = run.results.run.value();
  const Profile& profile = FindProfile(record.profile);
  RecordedPlan recorded{.plan = {.profile = &profile}};
  std::optional<ModelTokenizer> tokenizer = FindTokenizer(run.folder, ledger, inputs);
  if (!tokenizer) {
    recorded.missing.push_back(
        "the tokenizer of " + run.results.model_name +
        " is neither there, seen from here or from a folder above the run, nor given (SHA-256 " +
        ledger.header.identity.tokenizer_sha256 + "); name it, or the model, with --tokenizer");
    return recorded;
  }
  recorded.tokenizer = *std::move(tokenizer);
  const auto placement = FindPlacement(profile, recorded.tokenizer.special, ledger.header.identity);
  if (!placement) {
    recorded.missing.push_back("the special tokens of the run (" +
                               ledger.header.identity.special_tokens.value_or("") +
                               "): the files beside the tokenizer name others now");
    return recorded;
  }
  recorded.plan.special_tokens = *placement;
  // The tokens are compared with those that were scored, so that no other limit is needed.
  const int64_t rows =
      record.info.config ? record.info.config->vocab_size : std::numeric_limits<int64_t>::max();
  const EncodingOptions encoding =
      EncodingOf(profile, *placement, ledger.header.identity.max_sequence_length, rows);
  const TextSource texts(run.folder, profile, inputs);
  std::map<std::string, std::string> missing;  // tasks by reason
  for (const LedgerTask& task : ledger.tasks) {
    const int64_t questions = CountQuestions(ledger, task.name);
    if (questions == 0) {
      continue;
    }
    std::string why;
    auto examples = texts.ExamplesFor(task, why);
    TaskRun planned{.name = task.name,
                    .split = task.split,
                    .data_sha256 = task.data_sha256,
                    .data_set_size = task.data_set_size,
                    .metrics = task.metrics,
                    .shots = task.shots};
    if (examples) {
      AddRequests(*std::move(examples), ledger, *recorded.tokenizer.tokenizer, encoding, planned);
      const int64_t without = questions - static_cast<int64_t>(planned.requests.size());
      why = without > 0 ? "of " + std::to_string(without) +
                              " docs there are no texts with the tokens that were scored"
                        : "";
    }
    if (!why.empty()) {
      std::string& tasks = missing[why];
      tasks += (tasks.empty() ? "" : ", ") + task.name;
    }
    if (!planned.requests.empty()) {
      recorded.plan.tasks.push_back(std::move(planned));
    }
  }
  AddMissingTexts(missing, SamplesCommand(run, ledger), recorded);
  return recorded;
}

}  // namespace vffn
