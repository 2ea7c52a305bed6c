#include "runs/eval_trace.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>
#include <iterator>

#include "base/append_file.h"
#include "base/error.h"
#include "base/interrupted.h"
#include "runs/folders/run_folder.h"
#include "runs/prompt_origins.h"
#include "runs/provenance.h"
#include "runs/setting_faults.h"
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

/// The docs of the plan that a trace lacks, or whose branch features it should have and lacks.
std::vector<RequestDoc> UntracedDocs(const EvaluationPlan& plan, const std::string& folder,
                                     const TraceContents& contents,
                                     const std::function<bool(const std::string&, int64_t)>& is_traced) {
  std::vector<RequestDoc> docs;
  for (const TaskRun& task : plan.tasks) {
    std::ranges::copy_if(task.requests, std::back_inserter(docs), [&](const RequestDoc& doc) {
      return !is_traced(task.name, doc.doc_id) ||
             (contents.features.contains({task.name, doc.doc_id}) &&
              !std::filesystem::exists(BranchFeaturesPath(folder, task.name, doc.doc_id)));
    });
  }
  return docs;
}

/// The model's name in captions of figures, which are drawn from the trace alone.
std::string NameFor(const std::string& model) {
  const std::filesystem::path path = std::filesystem::path(model).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

TraceHeader HeaderOf(const TraceContents& contents, const EvaluationPlan& plan, const TracedRun& run) {
  RunIdentity identity = run.identity;
  identity.rendering = identity.encoding = std::nullopt;
  if (plan.profile != nullptr) {
    identity.profile = std::string(plan.profile->name);
  }
  return {.identity = std::move(identity),
          .shape = contents.shape,
          .config = run.config,
          .model_name = NameFor(run.model),
          .untrained = IsUntrained(run.model),
          .program_version = run.program.version};
}

/// The header of what is added to the trace in a folder. A trace of an older program goes on as it began:
/// without from_doc.
TraceHeader HeaderIn(const std::string& folder, TraceHeader header) {
  if (IsTraceFolder(folder)) {
    header.shape.from_doc = TraceReader(folder).header().shape.from_doc;
  }
  return header;
}

TraceWriterOptions WithOrigins(TraceWriterOptions options, const EvaluationPlan& plan,
                               const Tokenizer& tokenizer) {
  const auto origins = std::make_shared<PromptOrigins>(plan, tokenizer);
  options.from_doc = [origins](const DocTrace& doc) { return origins->Of(doc); };
  return options;
}

}  // namespace

TraceContents ContentsOf(const TraceFlags& flags, const ModelConfig& config, const EvaluationPlan& plan) {
  TraceContents contents{.shape = TraceShapeOf(config, flags.branches)};
  SettingFaults faults;
  faults.Try("trace_branches", [&] {
    VFFN_CHECK(!flags.branches || contents.shape.cosine, "--trace_branches: this model (ffn ",
               NameOf(config.ffn.kind), ") does not run two branches");
  });
  for (const std::string& text : flags.features) {
    faults.Try("trace_features", [&] {
      const auto doc = ParseDoc(text);
      VFFN_CHECK(HasDoc(plan, doc), "--trace_features: ", text, " is no document of this run");
      contents.features.insert(doc);
    });
  }
  for (const int64_t layer : flags.layers) {
    faults.Try("trace_layers", [&] {
      VFFN_CHECK(layer >= 0 && layer < config.n_layers, "--trace_layers: ", layer,
                 ": the model has layers 0 to ", config.n_layers - 1);
      contents.layers.insert(layer);
    });
  }
  faults.Throw();
  return contents;
}

TraceFlags FlagsWithin(TraceFlags flags, const EvaluationPlan& plan) {
  std::erase_if(flags.features, [&](const std::string& doc) { return !HasDoc(plan, ParseDoc(doc)); });
  return flags;
}

bool HasWholeTrace(const TraceFlags& flags, const ModelConfig& config, const EvaluationPlan& plan) {
  const TraceContents contents = ContentsOf(flags, config, plan);
  if (!std::filesystem::exists(flags.folder) || std::filesystem::is_empty(flags.folder)) {
    return false;
  }
  const TraceReader trace(flags.folder);
  const auto is_traced = [&](const std::string& task, int64_t doc_id) {
    const auto docs = trace.docs().find(task);
    return docs != trace.docs().end() && docs->second.contains(doc_id);
  };
  TraceShape shape = contents.shape;
  shape.from_doc = trace.header().shape.from_doc;  // a trace of an older program is whole without it
  return trace.header().shape == shape && UntracedDocs(plan, flags.folder, contents, is_traced).empty();
}

void CheckTrace(const TraceFlags& flags, const EvaluationPlan& plan, const TracedRun& run, LedgerMode mode) {
  if (flags.folder.empty()) {
    return;
  }
  const TraceContents contents = ContentsOf(flags, run.config, plan);
  const std::filesystem::path folder = flags.folder;
  if (std::filesystem::exists(folder / ".lock")) {
    const AppendFile lock(folder / ".lock");
  }
  if (mode == LedgerMode::kReplace || !IsTraceFolder(folder)) {
    return;
  }
  VFFN_CHECK(
      mode == LedgerMode::kResume, flags.folder,
      ": there is a trace already. Go on with it (--resume), replace it (--overwrite), or choose another "
      "folder");
  CheckSameTrace(HeaderIn(flags.folder, HeaderOf(contents, plan, run)), "this run",
                 TraceReader(folder).header(), flags.folder);
}

EvalTrace::EvalTrace(const TraceFlags& flags, const EvaluationPlan& plan, const TracedRun& run,
                     const TraceWriterOptions& options)
    : folder_(flags.folder) {
  if (flags.folder.empty()) {
    return;
  }
  contents_ = ContentsOf(flags, run.config, plan);
  writer_ = std::make_unique<TraceWriter>(
      flags.folder, HeaderIn(flags.folder, HeaderOf(contents_, plan, run)),
      [&tokenizer = run.tokenizer](int32_t token) { return tokenizer.TokenBytes(token); },
      WithOrigins(options, plan, run.tokenizer));
  ordered_ = std::make_unique<OrderedSink>(*writer_);
}

void EvalTrace::AttachTo(TransformerScorer& scorer) {
  if (writer_) {
    scorer.SetTrace({.sink = ordered_.get(),
                     .wants_features =
                         [this](const std::string& task, int64_t doc) {
                           return contents_.features.contains({task, doc});
                         },
                     .features =
                         [this](BranchFeatures features) {
                           std::erase_if(features.layers, [this](const auto& layer) {
                             return !contents_.layers.empty() && !contents_.layers.contains(layer.first);
                           });
                           WriteBranchFeatures(BranchFeaturesPath(folder_, features.task, features.doc_id),
                                               features);
                         }});
  }
}

void EvalTrace::Expect(std::span<const RequestDoc> docs) {
  if (ordered_) {
    std::vector<OrderedSink::DocName> names;
    for (const RequestDoc& doc : docs) {
      names.emplace_back(doc.task, doc.doc_id);
    }
    ordered_->Expect(std::move(names));
  }
}

void EvalTrace::Release() {
  if (ordered_) {
    ordered_->Release();
  }
}

void EvalTrace::EndPart() {
  if (writer_) {
    writer_->EndPart();
  }
}

void EvalTrace::Complete(const EvaluationPlan& plan, Scorer& scorer, Progress& progress,
                         std::stop_token stop) {
  if (!writer_) {
    return;
  }
  const std::vector<RequestDoc> missing =
      UntracedDocs(plan, folder_, contents_,
                   [this](const std::string& task, int64_t doc_id) { return writer_->Has(task, doc_id); });
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
