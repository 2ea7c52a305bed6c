// Checkpoints written in any format that can hold them.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "model/weights/checkpoint.h"

namespace vffn {

enum class CheckpointFormat {
  kVffn,         ///< "vffn": model.json + model.safetensors, every kind of model
  kOlmo,         ///< "olmo": config.yaml + model.pt, dense and VersatileFFN
  kHuggingFace,  ///< "huggingface": config.json + model.safetensors (LlamaForCausalLM), dense
};

std::string_view NameOf(CheckpointFormat format);

/// The format of that name. Throws Error, beginning with `origin`, that lists the names.
CheckpointFormat ParseCheckpointFormat(std::string_view name, const std::string& origin);

struct WriteOptions {
  std::vector<std::filesystem::path> companions;  ///< files to copy along, such as tokenizer.json
  Progress* progress = nullptr;                   ///< not shown if null
  std::stop_token stop;                           ///< asks to give up
};

/// Writes all parameters of `source` as float32 to a new folder, one parameter in memory at a time, whole or
/// not at all (AtomicFolder). Returns false, with nothing written, if it was asked to stop. Throws Error if
/// the format cannot express the model (naming what it cannot, before anything is written), if the folder is
/// there and not empty, a parameter cannot be read or is not finite, or the disk is full.
///
/// OLMo: dense models are block_type sequential, VersatileFFNs versatilevffn, as the release has them, with
/// fused att_proj; what OLMo's options cannot say of a VersatileFFN stands in a section `vffn`, which OLMo
/// does not read. vocab_size is embedding_size: which rows are padding is not known here. There
/// is no model.safetensors: OLMo would look into it first and expect names of its own encoding.
bool WriteCheckpoint(const Checkpoint& source, CheckpointFormat format, const std::filesystem::path& folder,
                     const WriteOptions& options = {});

}  // namespace vffn
