#include "trace/branch_features.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/error.h"
#include "base/mapped_file.h"
#include "model/weights/safetensors_file.h"
#include "model/weights/safetensors_writer.h"

namespace vffn {
namespace {

void CheckSizes(const BranchFeatures& features, const std::string& origin) {
  const size_t tokens = features.tokens.size();
  const size_t values = tokens * static_cast<size_t>(features.d_model);
  VFFN_CHECK(tokens > 0 && features.parents.size() == tokens, origin, ": ", tokens, " tokens and ",
             features.parents.size(), " parents");
  VFFN_CHECK(!features.layers.empty(), origin, ": holds no layer");
  for (const auto& [index, layer] : features.layers) {
    VFFN_CHECK(layer.width_out.size() == values && layer.depth_out.size() == values, origin, ": layer ",
               index, " has ", layer.width_out.size(), " and ", layer.depth_out.size(),
               " features, should have ", values);
  }
}

std::vector<int32_t> ReadIntegers(const TensorView& view, const std::string& origin) {
  VFFN_CHECK(view.type == ElementType::kI32 && view.shape.size() == 1, origin, ": ", view.name,
             " should be a vector of int32, is ", ShapeText(view.shape));
  std::vector<int32_t> values(static_cast<size_t>(view.shape[0]));
  std::copy_n(view.bytes.data(), values.size() * sizeof(int32_t), reinterpret_cast<char*>(values.data()));
  return values;
}

/// [T, d]; sets d.
std::vector<float> ReadFeatures(const TensorView& view, const std::string& origin, int64_t& d_model) {
  VFFN_CHECK(view.shape.size() == 2 && (d_model == 0 || view.shape[1] == d_model), origin, ": ", view.name,
             " has shape ", ShapeText(view.shape), ", should be [tokens, d]");
  d_model = view.shape[1];
  std::vector<float> values(static_cast<size_t>(view.shape[0] * d_model));
  for (int64_t row = 0; row < view.shape[0]; ++row) {
    ReadRow(view, row, std::span(values).subspan(static_cast<size_t>(row * d_model), d_model));
  }
  const auto broken = std::ranges::find_if_not(values, [](float value) { return std::isfinite(value); });
  VFFN_CHECK(broken == values.end(), origin, ": ", view.name, " holds ", broken == values.end() ? 0 : *broken,
             " at element ", broken - values.begin());
  return values;
}

/// i of "layer.{i}.{field}"; nothing for other names.
std::optional<int64_t> LayerOf(const std::string& name, const std::string& field) {
  const std::string prefix = "layer.";
  if (!name.starts_with(prefix) || !name.ends_with("." + field)) {
    return std::nullopt;
  }
  const std::string digits = name.substr(prefix.size(), name.size() - prefix.size() - field.size() - 1);
  const bool number = !digits.empty() && digits.size() < 9 &&
                      std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  return number ? std::optional(std::stoll(digits)) : std::nullopt;
}

}  // namespace

std::filesystem::path BranchFeaturesPath(const std::filesystem::path& trace, const std::string& task,
                                         int64_t doc_id) {
  // "trace/" and "trace" are one folder.
  const std::filesystem::path folder = trace.has_filename() ? trace : trace.parent_path();
  std::string file = task + "-" + std::to_string(doc_id) + ".safetensors";
  std::ranges::replace(file, '/', '_');
  return folder.parent_path() / (folder.filename().string() + ".branches") / file;
}

void WriteBranchFeatures(const std::filesystem::path& path, const BranchFeatures& features) {
  CheckSizes(features, path.string());
  const auto tokens = static_cast<int64_t>(features.tokens.size());
  std::vector<TensorView> tensors = {TensorOf("input_ids", {tokens}, std::span(features.tokens)),
                                     TensorOf("parents", {tokens}, std::span(features.parents))};
  for (const auto& [index, layer] : features.layers) {
    const std::string prefix = "layer." + std::to_string(index) + ".";
    const std::vector<int64_t> shape = {tokens, features.d_model};
    tensors.push_back(TensorOf(prefix + "width_out_all", shape, std::span(layer.width_out)));
    tensors.push_back(TensorOf(prefix + "depth_out", shape, std::span(layer.depth_out)));
  }
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  VFFN_CHECK(!error, path.parent_path().string(), ": cannot be made: ", error.message());
  WriteSafetensors(path, std::move(tensors),
                   {{"task", features.task}, {"doc_id", std::to_string(features.doc_id)}});
}

BranchFeatures ReadBranchFeatures(const std::filesystem::path& trace, const DocTrace& doc) {
  const std::filesystem::path path = BranchFeaturesPath(trace, doc.task, doc.doc_id);
  VFFN_CHECK(std::filesystem::exists(path), path.string(), ": there are no branch features of ", doc.task,
             " doc ", doc.doc_id, "; they are written for the docs that `vffn eval --trace_features` names");
  const MappedFile file(path);
  BranchFeatures features{.task = doc.task, .doc_id = doc.doc_id};
  for (const TensorView& view : ReadSafetensors(file.bytes(), path.string())) {
    if (view.name == "input_ids") {
      features.tokens = ReadIntegers(view, path.string());
    } else if (view.name == "parents") {
      features.parents = ReadIntegers(view, path.string());
    } else if (const auto width = LayerOf(view.name, "width_out_all")) {
      features.layers[*width].width_out = ReadFeatures(view, path.string(), features.d_model);
    } else if (const auto depth = LayerOf(view.name, "depth_out")) {
      features.layers[*depth].depth_out = ReadFeatures(view, path.string(), features.d_model);
    }
  }
  CheckSizes(features, path.string());
  const auto run = static_cast<std::ptrdiff_t>(doc.nodes_run);
  VFFN_CHECK(std::ranges::equal(features.tokens, std::span(doc.tokens).first(run)) &&
                 std::ranges::equal(features.parents, std::span(doc.parents).first(run)),
             path.string(), ": holds other tokens than ", doc.task, " doc ", doc.doc_id, " of the trace ",
             trace.string(), "; it belongs to another run");
  return features;
}

}  // namespace vffn
