// Writing safetensors files.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/weights/tensor_source.h"
#include "model/weights/tensor_view.h"

namespace vffn {

/// A contiguous tensor over values that must outlive it. Throws Error if shape and number of values disagree.
TensorView TensorOf(std::string name, std::vector<int64_t> shape, std::span<const float> values);
TensorView TensorOf(std::string name, std::vector<int64_t> shape, std::span<const int64_t> values);
TensorView TensorOf(std::string name, std::vector<int64_t> shape, std::span<const int32_t> values);
TensorView TensorOf(std::string name, std::vector<int64_t> shape, std::span<const uint8_t> values);

/// Writes tensors to `path`, whole or not at all: into a temporary file beside it, which is then renamed.
/// Throws Error if a name is there twice, a tensor does not give as many bytes as its shape says, or the file
/// cannot be written (a full disk).
void WriteSafetensors(const std::filesystem::path& path, std::vector<TensorSource> tensors,
                      const std::map<std::string, std::string>& metadata = {});

/// The same for contiguous tensors of plain types that are in memory.
void WriteSafetensors(const std::filesystem::path& path, std::vector<TensorView> tensors,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace vffn
