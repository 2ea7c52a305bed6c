#include "train/run/checkpoint_folder.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <set>

#include "base/atomic_file.h"
#include "base/atomic_folder.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/file_bytes.h"
#include "base/mapped_file.h"
#include "model/config_file.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/safetensors_writer.h"
#include "model/weights/stored_tensors.h"
#include "model/weights/vffn_checkpoint.h"
#include "text/special_tokens.h"
#include "train/run/stored_weights.h"

namespace vffn {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStepPrefix = "step-";
constexpr const char* kStateFile = "training.json";
constexpr const char* kMomentsFile = "optimizer.safetensors";

/// One of the optimiser's two vectors, and the name of its tensors in the file.
struct Moments {
  std::string prefix;
  at::Tensor values;  // [P]
};

std::array<Moments, 2> MomentsOf(const ParameterStore& parameters) {
  return {{{"first_moment.", parameters.first_moments()}, {"second_moment.", parameters.second_moments()}}};
}

void WriteMoments(const fs::path& path, const ParameterStore& parameters) {
  std::vector<TensorSource> tensors;
  for (const Moments& moments : MomentsOf(parameters)) {
    const at::Tensor values = moments.values.to(at::kCPU, at::kFloat);  // [P]
    for (const ParameterSpec& spec : parameters.specs()) {
      const std::string name = moments.prefix + spec.name;
      const at::Tensor view = parameters.View(values, spec.name).contiguous();
      VFFN_CHECK(at::isfinite(view).all().item<bool>(), name,
                 " has a value that is not finite: training has diverged");
      tensors.push_back({name, ElementType::kF32, view.sizes().vec(), [view](const ByteSink& sink) {
                           sink({static_cast<const char*>(view.const_data_ptr()), view.nbytes()});
                         }});
    }
  }
  WriteSafetensors(path, std::move(tensors));
}

OrderedJson ToJson(const TrainingState& state) {
  return {{"step", state.step},
          {"tokens", state.tokens},
          {"position", state.position},
          {"seed", state.seed},
          {"tau", state.tau},
          {"data_sha256", state.data_sha256},
          {"machine", ToJson(state.machine)},
          {"config", OrderedJson::parse(state.config.dump())}};
}

/// "step-000123" as 123.
std::optional<int64_t> StepOf(const std::string& name) {
  if (!name.starts_with(kStepPrefix)) {
    return std::nullopt;
  }
  int64_t step = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + kStepPrefix.size(), end, step);
  return error == std::errc() && stop == end ? std::optional(step) : std::nullopt;
}

/// First under a hidden name, so that no half of a checkpoint is ever taken for one.
void RemoveCheckpoint(const fs::path& folder) {
  std::string name(".");
  name.append(folder.filename().string()).append(".").append(std::to_string(getpid())).append(".tmp");
  const fs::path hidden = folder.parent_path() / name;
  std::error_code error;
  fs::remove_all(hidden, error);
  fs::rename(folder, hidden, error);
  VFFN_CHECK(!error, folder.string(), ": cannot be removed: ", error.message());
  fs::remove_all(hidden, error);
  VFFN_CHECK(!error, folder.string(), ": cannot be removed: ", error.message());
}

}  // namespace

fs::path CheckpointPath(const fs::path& output, int64_t step) {
  char name[40];
  std::snprintf(name, sizeof name, "%s%06lld", kStepPrefix.data(), static_cast<long long>(step));
  return output / "checkpoints" / name;
}

void WriteTrainingCheckpoint(const fs::path& folder, const CheckpointParts& parts) {
  const StoredWeights weights(*parts.model, *parts.parameters);
  AtomicFolder output(folder);
  const fs::path& files = output.temporary();
  WriteFileAtomically(files / "model.json", ModelConfigText(*parts.model));
  WriteSafetensors(files / "model.safetensors",
                   StoredTensors(weights, VffnRecipe(*parts.model), ElementType::kF32, [] {}),
                   {{"format", "pt"}});
  WriteMoments(files / kMomentsFile, *parts.parameters);
  if (!parts.tokenizer.empty()) {
    WriteFileAtomically(files / "tokenizer.json", ReadFileBytes(parts.tokenizer));
    for (const fs::path& file : TokenizerSideFiles(parts.tokenizer.parent_path())) {
      WriteFileAtomically(files / file.filename(), ReadFileBytes(file));
    }
  }
  WriteProvenance(files / kProvenanceFile, parts.provenance);
  WriteFileAtomically(files / kStateFile, ToJson(parts.state).dump(2) + "\n");
  output.Finish();
}

std::vector<int64_t> CheckpointSteps(const fs::path& output) {
  std::vector<int64_t> steps;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(output / "checkpoints", none)) {
    if (const auto step = StepOf(entry.path().filename().string()); step && entry.is_directory()) {
      steps.push_back(*step);
    }
  }
  std::ranges::sort(steps);
  return steps;
}

TrainingState ReadTrainingState(const fs::path& folder) {
  for (const char* file : {"model.json", "model.safetensors", kMomentsFile, kStateFile}) {
    VFFN_CHECK(fs::is_regular_file(folder / file), folder.string(), ": has no ", file);
  }
  const std::string path = (folder / kStateFile).string();
  const Json json = ReadJsonFile(path);
  const Fields fields(json, path);
  TrainingState state;
  state.step = fields.Count("step");
  state.tokens = fields.Count("tokens");
  state.position = fields.Count("position");
  state.seed = fields.Get<uint64_t>("seed");
  state.tau = fields.Get<double>("tau");
  state.data_sha256 = fields.Get<std::string>("data_sha256");
  state.machine = ParseMachine(fields.Require("machine"), path);
  state.config = fields.Require("config");
  return state;
}

void ReadMoments(const fs::path& folder, ParameterStore& parameters) {
  const fs::path path = folder / kMomentsFile;
  const MappedFile file(path);
  std::map<std::string, TensorView> stored;
  for (TensorView& view : ReadSafetensors(file.bytes(), path.string())) {
    const std::string name = view.name;
    stored.emplace(name, std::move(view));
  }
  for (const Moments& moments : MomentsOf(parameters)) {
    for (const ParameterSpec& spec : parameters.specs()) {
      at::Tensor target = parameters.View(moments.values, spec.name);
      const auto found = stored.find(moments.prefix + spec.name);
      VFFN_CHECK(found != stored.end(), path.string(), ": has no tensor ", moments.prefix, spec.name,
                 ": it belongs to a model of another shape");
      const TensorView& view = found->second;
      VFFN_CHECK(view.type == ElementType::kF32 && view.shape == target.sizes().vec(), path.string(), ": ",
                 view.name, " is ", FormatOf(view.type).name, ShapeText(view.shape), ", should be F32",
                 ShapeText(target.sizes().vec()));
      target.copy_(at::from_blob(const_cast<char*>(view.bytes.data()), target.sizes(), at::kFloat));
      stored.erase(found);
    }
  }
  VFFN_CHECK(stored.empty(), path.string(), ": the model has no parameter for the tensor ",
             stored.empty() ? "" : stored.begin()->first);
}

void RemoveOldCheckpoints(const fs::path& output, const CheckpointConfig& config) {
  std::vector<int64_t> steps = CheckpointSteps(output);
  std::erase_if(steps, [&](int64_t step) { return std::ranges::count(config.keep_steps, step) > 0; });
  for (size_t i = 0; i + static_cast<size_t>(std::max<int64_t>(config.keep, 1)) < steps.size(); ++i) {
    RemoveCheckpoint(CheckpointPath(output, steps[i]));
  }
}

void RemoveUnfinished(const fs::path& output) {
  std::error_code error;
  for (const fs::path& folder : {output, output / "checkpoints"}) {
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with('.') && name.ends_with(".tmp")) {
        fs::remove_all(entry.path(), error);
        VFFN_CHECK(!error, entry.path().string(), ": cannot be removed: ", error.message());
      }
    }
  }
}

int64_t CheckpointBytes(const ModelConfig& model) {
  return 3 * static_cast<int64_t>(sizeof(float)) * ParameterCount(model);
}

}  // namespace vffn
