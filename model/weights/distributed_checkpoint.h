// PyTorch's distributed checkpoints (torch.distributed.checkpoint): the tensors of a model in the parts that
// the processes of a training run had.
#pragma once

#include <filesystem>
#include <string_view>

#include "model/weights/mapped_checkpoint.h"

namespace vffn {

/// Adds the tensors whose names begin with `prefix`, without it, and the files that hold them. A folder has
/// .metadata, a pickle that says in which part of which file every part of a tensor lies, and *.distcp files,
/// in which every part is saved by torch.save. The pickle is interpreted by the safe unpickler. A tensor in
/// one part is not copied; one in several is put together in memory. Throws Error if a file is missing or
/// damaged, or the parts do not cover a tensor exactly once.
void AddDistributedTensors(const std::filesystem::path& folder, std::string_view prefix, OpenedFiles& opened);

}  // namespace vffn
