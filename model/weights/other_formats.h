// Formats of checkpoints that are not read, so that errors can name them.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "model/weights/tensor_view.h"

namespace vffn {

/// What a folder without a known configuration or weights seems to hold, and what to do: "a LoRA adapter,
/// ...". Empty if nothing is known about it.
std::string DescribeOtherFormat(const std::filesystem::path& folder);

/// What the names of tensors that fit no parameter say about their origin, as a line for the end of an error.
/// Empty if nothing.
std::string AdviceOnNames(std::span<const TensorView> tensors);

}  // namespace vffn
