#include "apps/eval_trace.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>

#include "apps/provenance.h"
#include "apps/version.h"
#include "base/error.h"
#include "trace/trace_reader.h"

namespace vffn {
namespace {

std::pair<std::string, int64_t> ParseDoc(const std::string& text) {
  const size_t colon = text.rfind(':');
  int64_t doc = -1;
  if (colon != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, doc);
    doc = error == std::errc() && rest == end ? doc : -1;
  }
  VFFN_CHECK(doc >= 0, "--trace_features: '", text, "' is not TASK:DOC_ID");
  return {text.substr(0, colon), doc};
}

bool HasDoc(const EvaluationPlan& plan, const std::pair<std::string, int64_t>& wanted) {
  return std::ranges::any_of(plan.tasks, [&](const TaskRun& task) {
    return task.name == wanted.first &&
           std::ranges::find(task.requests, wanted.second, &RequestDoc::doc_id) != task.requests.end();
  });
}

/// The name of the model in captions: figures are drawn from the trace alone.
std::string NameFor(const std::string& model) {
  const std::filesystem::path path = std::filesystem::path(model).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

}  // namespace

bool HasWholeTrace(const TraceFlags& flags, const ModelConfig& config, const EvaluationPlan& plan) {
  if (!std::filesystem::exists(flags.folder) || std::filesystem::is_empty(flags.folder)) {
    return false;
  }
  const TraceReader trace(flags.folder);
  const bool every_doc = std::ranges::all_of(plan.tasks, [&](const TaskRun& task) {
    const auto docs = trace.docs().find(task.name);
    return docs != trace.docs().end() && std::ranges::all_of(task.requests, [&](const RequestDoc& doc) {
             return docs->second.contains(doc.doc_id);
           });
  });
  return every_doc && trace.header().shape == TraceShapeOf(config, flags.branches) &&
         std::ranges::all_of(flags.features, [&](const std::string& text) {
           const auto [task, doc] = ParseDoc(text);
           return std::filesystem::exists(BranchFeaturesPath(flags.folder, task, doc));
         });
}

EvalTrace::EvalTrace(const TraceFlags& flags, const ModelConfig& config, const LedgerIdentity& identity,
                     const EvaluationPlan& plan, const std::string& model_name, const Tokenizer& tokenizer,
                     bool resume)
    : folder_(flags.folder) {
  if (flags.folder.empty()) {
    return;
  }
  for (const std::string& text : flags.features) {
    const auto doc = ParseDoc(text);
    VFFN_CHECK(HasDoc(plan, doc), "--trace_features: ", text, " is no document of this run");
    features_.insert(doc);
  }
  for (const int64_t layer : flags.layers) {
    VFFN_CHECK(layer >= 0 && layer < config.n_layers, "--trace_layers: ", layer,
               ": the model has layers 0 to ", config.n_layers - 1);
    layers_.insert(layer);
  }
  const TraceShape shape = TraceShapeOf(config, flags.branches);
  VFFN_CHECK(!flags.branches || shape.cosine, "--trace_branches: this model (ffn ", NameOf(config.ffn.kind),
             ") does not run two branches");
  writer_ = std::make_unique<TraceWriter>(
      flags.folder,
      TraceHeader{.identity = {.model_sha256 = identity.model_sha256,
                               .tokenizer_sha256 = identity.tokenizer_sha256,
                               .dtype = identity.dtype,
                               .profile = std::string(plan.profile->name),
                               .bos_token = identity.bos_token,
                               .max_sequence_length = identity.max_sequence_length,
                               .ffn = identity.ffn},
                  .shape = shape,
                  .config = config,
                  .model_name = NameFor(model_name),
                  .untrained = IsUntrained(model_name),
                  .program_version = ProgramVersion()},
      [&tokenizer](int32_t token) { return tokenizer.TokenBytes(token); },
      TraceWriterOptions{.mode = resume ? TraceMode::kResume : TraceMode::kNew});
}

void EvalTrace::AttachTo(TransformerScorer& scorer) {
  if (writer_) {
    scorer.SetTrace({.sink = writer_.get(),
                     .wants_features =
                         [this](const std::string& task, int64_t doc) {
                           return features_.contains({task, doc});
                         },
                     .features =
                         [this](BranchFeatures features) {
                           std::erase_if(features.layers, [this](const auto& layer) {
                             return !layers_.empty() && !layers_.contains(layer.first);
                           });
                           WriteBranchFeatures(BranchFeaturesPath(folder_, features.task, features.doc_id),
                                               features);
                         }});
  }
}

bool EvalTrace::Lacks(const RequestDoc& doc) const {
  return !writer_->Has(doc.task, doc.doc_id) ||
         (features_.contains({doc.task, doc.doc_id}) &&
          !std::filesystem::exists(BranchFeaturesPath(folder_, doc.task, doc.doc_id)));
}

void EvalTrace::Complete(const EvaluationPlan& plan, Scorer& scorer, Progress& progress,
                         std::stop_token stop) {
  if (!writer_) {
    return;
  }
  std::vector<RequestDoc> missing;
  for (const TaskRun& task : plan.tasks) {
    std::ranges::copy_if(task.requests, std::back_inserter(missing),
                         [this](const RequestDoc& doc) { return Lacks(doc); });
  }
  if (missing.empty()) {
    return;
  }
  progress.Start("tracing", "docs", static_cast<int64_t>(missing.size()));
  size_t left = missing.size();
  scorer.Score(
      missing,
      [&](size_t, std::vector<RequestScores>) {
        --left;
        progress.Advance();
      },
      stop);
  progress.Finish();
  if (left > 0) {
    throw Interrupted("stopped with " + std::to_string(left) +
                      " docs left to trace; the same command with --resume goes on");
  }
}

void EvalTrace::Finish() {
  if (writer_) {
    writer_->Finish();
  }
}

}  // namespace vffn
