#include "flops/paper_models.h"

#include <string>

#include "base/json.h"
#include "configs/354m-2-loop.json.h"
#include "configs/354m-4-loop.json.h"
#include "configs/354m-6-loop.json.h"
#include "configs/354m-base.json.h"
#include "configs/354m-moe.json.h"
#include "configs/354m-versatile.json.h"
#include "configs/720m-2-loop.json.h"
#include "configs/720m-4-loop.json.h"
#include "configs/720m-6-loop.json.h"
#include "configs/720m-base.json.h"
#include "configs/720m-moe.json.h"
#include "configs/720m-versatile.json.h"

namespace vffn {

std::vector<PaperModel> PaperModels() {
  struct Source {
    std::string_view scale, method, json;
  };
  constexpr Source kSources[] = {
      {"354M", "Base", k354mBaseJson},    {"354M", "MoE", k354mMoeJson},
      {"354M", "2-Loop", k354m2LoopJson}, {"354M", "4-Loop", k354m4LoopJson},
      {"354M", "6-Loop", k354m6LoopJson}, {"354M", "VersatileFFN", k354mVersatileJson},
      {"720M", "Base", k720mBaseJson},    {"720M", "MoE", k720mMoeJson},
      {"720M", "2-Loop", k720m2LoopJson}, {"720M", "4-Loop", k720m4LoopJson},
      {"720M", "6-Loop", k720m6LoopJson}, {"720M", "VersatileFFN", k720mVersatileJson}};
  std::vector<PaperModel> models;
  for (const auto& [scale, method, json] : kSources) {
    const std::string origin = "the paper's " + std::string(scale) + " " + std::string(method);
    models.push_back({scale, method, ParseModelConfig(ParseJson(json, origin), origin)});
  }
  return models;
}

}  // namespace vffn
