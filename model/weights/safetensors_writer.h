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

/// Writes tensors to a temporary file beside `path` and renames it to `path`: the file is complete or does
/// not exist. Throws Error if two tensors have the same name, a tensor does not give as many bytes as its
/// shape requires, or the file cannot be written (a full disk).
void WriteSafetensors(const std::filesystem::path& path, std::vector<TensorSource> tensors,
                      const std::map<std::string, std::string>& metadata = {});

/// The same for contiguous tensors of plain types in memory.
void WriteSafetensors(const std::filesystem::path& path, std::vector<TensorView> tensors,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace vffn
