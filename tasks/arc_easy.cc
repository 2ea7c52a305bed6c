#include "tasks/arc.h"
#include "tasks/benchmarks.h"

namespace vffn {

Task ArcEasy() {
  return {
      .facts = {.name = "arc_easy",
                .group = "paper",
                .data_set_path = "ai2_arc/ARC-Easy",
                .hub_name = "allenai/ai2_arc",
                .split = "validation",
                .doc_count = 570,
                .request_count = 2281,
                .metric = "acc",
                .chance = (567 / 4.0 + 2 / 5.0 + 1 / 3.0) / 570,  // docs with 4, 5 and 3 choices
                .licence = "CC BY-SA 4.0",
                .source =
                    "Clark et al. 2018, Think you have Solved Question Answering? Try ARC, the AI2 Reasoning "
                    "Challenge (arXiv 1803.05457)"},
      .render_olmo = RenderArcOlmo,
      .render_lm_eval = RenderArcLmEval};
}

}  // namespace vffn
