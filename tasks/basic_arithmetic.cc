#include "tasks/arc.h"
#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"

namespace vffn {

Task BasicArithmetic() {
  return {
      .facts = {.name = "basic_arithmetic",
                .group = "in_loop",
                .data_set_path = "allenai/basic_arithmetic/none",
                .hub_name = "allenai/basic_arithmetic",
                .split = "validation",
                .doc_count = 3000,
                .request_count = 12000,
                .metric = "acc",
                .reported = MetricsOfChoices(),
                .chance = 0.25,
                .licence = "not stated",
                .source = "Groeneveld et al. 2024, OLMo: Accelerating the Science of Language Models (ACL)"},
      .render_olmo = RenderArcOlmo};
}

}  // namespace vffn
