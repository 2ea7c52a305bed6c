// Writing checkpoints in any format that can express the model.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "model/compute.h"
#include "model/weights/checkpoint.h"

namespace vffn {

enum class CheckpointFormat {
  kVffn,         ///< "vffn": model.json and model.safetensors, every kind of model
  kOlmo,         ///< "olmo": config.yaml and model.pt, dense models and VersatileFFN
  kHuggingFace,  ///< "huggingface": config.json and model.safetensors, dense models
};

std::string_view NameOf(CheckpointFormat format);

/// The format of that name. Throws Error, beginning with `origin`, that lists the names.
CheckpointFormat ParseCheckpointFormat(std::string_view name, const std::string& origin);

struct WriteOptions {
  Dtype type = Dtype::kFloat32;                   ///< of the stored weights; bfloat16 is rounded to nearest
  std::vector<std::filesystem::path> companions;  ///< files to copy along, such as tokenizer.json
  Progress* progress = nullptr;                   ///< not shown if null
  std::stop_token stop;                           ///< asks to stop
};

/// Writes all parameters of `source` to a new folder, with one parameter in memory at a time. The
/// folder is complete or does not exist (AtomicFolder). Returns false, with nothing written, if it was asked
/// to stop. Throws Error, before anything is written, if the format cannot express the model, naming what it
/// cannot, or if the folder exists and is not empty; also if a parameter cannot be read or is not finite, or
/// the disk is full.
///
/// Hugging Face: the first architecture of the table (architectures/architecture.h) that can express the
/// model. OLMo: block_type sequential for dense models, versatilevffn for VersatileFFN, as in the release,
/// with fused att_proj. Fields of a VersatileFFN that OLMo does not have stand in a section `vffn`, which
/// OLMo does not read. vocab_size is embedding_size, because a checkpoint does not tell which rows are
/// padding. There is no model.safetensors: OLMo would prefer it and expect tensor names of its own encoding
/// there.
bool WriteCheckpoint(const Checkpoint& source, CheckpointFormat format, const std::filesystem::path& folder,
                     const WriteOptions& options = {});

}  // namespace vffn
