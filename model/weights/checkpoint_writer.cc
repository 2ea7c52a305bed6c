#include "model/weights/checkpoint_writer.h"

#include <array>
#include <utility>

#include "base/atomic_file.h"
#include "base/atomic_folder.h"
#include "base/error.h"
#include "base/file_bytes.h"
#include "base/json.h"
#include "base/near_names.h"
#include "model/config_file.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/olmo_config.h"
#include "model/weights/safetensors_writer.h"
#include "model/weights/stored_tensors.h"
#include "model/weights/torch_writer.h"
#include "model/weights/vffn_checkpoint.h"

namespace vffn {
namespace {

constexpr std::array<std::pair<CheckpointFormat, std::string_view>, 3> kNames = {
    {{CheckpointFormat::kVffn, "vffn"},
     {CheckpointFormat::kOlmo, "olmo"},
     {CheckpointFormat::kHuggingFace, "huggingface"}}};

/// A model in the terms of a format.
struct Layout {
  std::string config_name;
  std::string config_text;
  Recipe recipe;
  bool pickled = false;  ///< model.pt instead of model.safetensors
};

Layout OlmoLayout(const ModelConfig& config) {
  for (const Architecture& architecture : Architectures()) {
    if (architecture.olmo && architecture.olmo->ffn == config.ffn.kind) {
      const OlmoForm& form = *architecture.olmo;
      return {"config.yaml", OlmoConfigText(config, form.block_types.front()), form.tensors, true};
    }
  }
  Fail("the format olmo has no block for an FFN of kind ", NameOf(config.ffn.kind),
       ": write the model in the format vffn");
}

Layout HuggingFaceLayout(const ModelConfig& config) {
  std::string misfits;
  for (const Architecture& architecture : Architectures()) {
    const std::optional<HuggingFaceForm>& form = architecture.hugging_face;
    if (form && form->write_config != nullptr) {
      const std::string misfit = form->misfit(config);
      if (misfit.empty()) {
        return {"config.json", form->write_config(config).dump(2) + "\n", form->tensors};
      }
      misfits += "\n  " + form->class_name + ": " + misfit;
    }
  }
  Fail("the format huggingface cannot express this model:", misfits, "\nWrite it in the format vffn");
}

Layout LayoutOf(const ModelConfig& config, CheckpointFormat format) {
  switch (format) {
    case CheckpointFormat::kOlmo:
      return OlmoLayout(config);
    case CheckpointFormat::kHuggingFace:
      return HuggingFaceLayout(config);
    case CheckpointFormat::kVffn:
      break;
  }
  return {"model.json", ModelConfigText(config), VffnRecipe(config)};
}

/// Thrown between two tensors, caught in WriteCheckpoint.
struct Stopped {};

/// Ends the line of a bar, also when writing fails.
class ProgressLine {
 public:
  explicit ProgressLine(Progress* progress) : progress_(progress) {}
  ~ProgressLine() {
    if (progress_ != nullptr) {
      progress_->Finish();
    }
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Start(size_t tensors) {
    if (progress_ != nullptr) {
      progress_->Start("writing", "tensors", static_cast<int64_t>(tensors));
    }
  }

  void Advance() {
    if (progress_ != nullptr) {
      progress_->Advance();
    }
  }

 private:
  Progress* progress_;
};

void WriteFiles(const Checkpoint& source, const Layout& layout, const std::filesystem::path& folder,
                const WriteOptions& options) {
  ProgressLine line(options.progress);
  const ElementType type = options.type == Dtype::kBfloat16 ? ElementType::kBf16 : ElementType::kF32;
  const std::vector<TensorSource> tensors = StoredTensors(source, layout.recipe, type, [&] {
    if (options.stop.stop_requested()) {
      throw Stopped();
    }
    line.Advance();
  });
  line.Start(tensors.size());
  WriteFileAtomically(folder / layout.config_name, layout.config_text);
  if (layout.pickled) {
    WriteTorchFile(folder / "model.pt", tensors);
  } else {
    WriteSafetensors(folder / "model.safetensors", tensors, {{"format", "pt"}});
  }
  for (const std::filesystem::path& companion : options.companions) {
    WriteFileAtomically(folder / companion.filename(), ReadFileBytes(companion));
  }
}

}  // namespace

std::string_view NameOf(CheckpointFormat format) {
  for (const auto& [candidate, name] : kNames) {
    if (candidate == format) {
      return name;
    }
  }
  Fail("an enumeration holds ", static_cast<int>(format));
}

CheckpointFormat ParseCheckpointFormat(std::string_view name, const std::string& origin) {
  std::vector<std::string> known;
  for (const auto& [format, candidate] : kNames) {
    if (candidate == name) {
      return format;
    }
    known.emplace_back(candidate);
  }
  Fail(origin, ": is '", name, "'", DidYouMeanOneOf(name, known));
}

bool WriteCheckpoint(const Checkpoint& source, CheckpointFormat format, const std::filesystem::path& folder,
                     const WriteOptions& options) {
  const Layout layout = LayoutOf(source.config(), format);
  AtomicFolder output(folder);
  try {
    WriteFiles(source, layout, output.temporary(), options);
  } catch (const Stopped&) {
    return false;
  }
  output.Finish();
  return true;
}

}  // namespace vffn
