#include "flops/paper_models.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "model/config_file.h"

namespace vffn {
namespace {

TEST(PaperModels, AreTheConfigurationsInTheFolder) {
  const std::filesystem::path folder = std::filesystem::path(VFFN_TESTS_DIR).parent_path() / "configs";
  for (const PaperModel& model : PaperModels()) {
    std::string name = std::string(model.scale) + "-" +
                       std::string(model.method == "VersatileFFN" ? "versatile" : model.method);
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
    EXPECT_EQ(ToJson(ReadModelConfig(folder / (name + ".json"))).dump(), ToJson(model.config).dump()) << name;
  }
}

}  // namespace
}  // namespace vffn
