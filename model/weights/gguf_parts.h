// Models that are split over several GGUF files.
#pragma once

#include <filesystem>

#include "model/weights/gguf_file.h"
#include "model/weights/mapped_checkpoint.h"

namespace vffn {

/// Maps a GGUF file and, where it is the first part of a split model (split.count), the parts beside it:
/// NAME-00001-of-00003.gguf and so on, as llama-gguf-split names them. Adds them to `opened`, except the
/// tensors. Returns the first file with the tensors of all. A part may be missing if the others have all
/// split.tensors.count tensors. Throws Error if `path` is another part than the first, or if a part is
/// missing or belongs to another model.
GgufFile MapGguf(const std::filesystem::path& path, OpenedFiles& opened);

}  // namespace vffn
