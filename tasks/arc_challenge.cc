#include "tasks/arc.h"
#include "tasks/benchmarks.h"

namespace vffn {

Task ArcChallenge() {
  return {
      .facts = {.name = "arc_challenge",
                .group = "paper",
                .data_set_path = "ai2_arc/ARC-Challenge",
                .hub_name = "allenai/ai2_arc",
                .split = "validation",
                .doc_count = 299,
                .request_count = 1194,
                .metric = "len_norm",
                .chance = (295 / 4.0 + 1 / 5.0 + 3 / 3.0) / 299,  // docs with 4, 5 and 3 choices
                .licence = "CC BY-SA 4.0",
                .source =
                    "Clark et al. 2018, Think you have Solved Question Answering? Try ARC, the AI2 Reasoning "
                    "Challenge (arXiv 1803.05457)"},
      .render_olmo = RenderArcOlmo,
      .render_lm_eval = RenderArcLmEval};
}

}  // namespace vffn
