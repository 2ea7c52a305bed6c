// The outputs of both branches of a VersatileFFN for every token of one doc: the data of Figure 5.
// Written beside a trace, "FOLDER.branches/TASK-DOC_ID.safetensors".
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "trace/doc_trace.h"

namespace vffn {

/// Of the T nodes that ran (DocTrace::nodes_run).
struct BranchFeatures {
  struct Layer {
    std::vector<float> width_out;  ///< [T, d] Y_width of every token, also where fusion skips it (lambda = 0)
    std::vector<float> depth_out;  ///< [T, d] Y_depth; both include the residual H
  };

  std::string task;
  int64_t doc_id = 0;
  int64_t d_model = 0;
  std::vector<int32_t> tokens;      ///< [T]
  std::vector<int32_t> parents;     ///< [T]
  std::map<int64_t, Layer> layers;  ///< those asked for
};

/// The file with the features of a doc of a trace.
std::filesystem::path BranchFeaturesPath(const std::filesystem::path& trace, const std::string& task,
                                         int64_t doc_id);

/// Tensors "input_ids" [T], "parents" [T], "layer.{i}.width_out_all" and "layer.{i}.depth_out" [T, d]; the
/// metadata hold task and doc_id. Whole or not at all; makes the folder. Throws Error if sizes do not fit
/// together or it cannot be written.
void WriteBranchFeatures(const std::filesystem::path& path, const BranchFeatures& features);

/// The features that `doc`, read from `trace`, has beside it. Throws Error, naming the file, if there are
/// none, the file is damaged, holds numbers that are not finite, or has other tokens than the doc.
BranchFeatures ReadBranchFeatures(const std::filesystem::path& trace, const DocTrace& doc);

}  // namespace vffn
