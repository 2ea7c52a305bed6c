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

/// All twelve, in the order of Table 1. What the paper does not say (16 heads, 50,304 rows of embedding and
/// head) is the authors' released configuration's; F is what gives the published parameter counts. MoE and
/// VersatileFFN have 8 experts of F / 8 hidden units, 2 of them active; VersatileFFN loops up to 4 times.
std::vector<PaperModel> PaperModels();

}  // namespace vffn
