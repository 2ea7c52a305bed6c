// The models of the paper's Table 1.
#pragma once

#include <string_view>
#include <vector>

#include "model/config.h"

namespace vffn {

struct PaperModel {
  std::string_view scale;   ///< "354M", "720M"
  std::string_view method;  ///< "Base", "MoE", "2-Loop", "4-Loop", "6-Loop", "VersatileFFN"
  ModelConfig config;
};

/// All twelve, in the order of Table 1: the files configs/354m-*.json and 720m-*.json, which are part of the
/// program. configs/README.md gives the source of every number.
std::vector<PaperModel> PaperModels();

}  // namespace vffn
