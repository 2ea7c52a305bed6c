#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"

namespace vffn {
namespace {

Example Render(const Doc& doc) {
  return AnswersExample(
      doc, doc.String("sentence1") + "\nQuestion: " + doc.String("sentence2") + " True or False?\nAnswer:",
      "label", {"True", "False"}, "label", doc.Int("label"));
}

}  // namespace

Task Rte() {
  return {.facts = {.name = "rte",
                    .group = "in_loop",
                    .data_set_path = "glue/rte",
                    .hub_name = "nyu-mll/glue",
                    .split = "validation",
                    .doc_count = 277,
                    .request_count = 554,
                    .metric = "len_norm",
                    .reported = MetricsOfChoices(),
                    .chance = 0.5,
                    .licence = "not stated",
                    .source = "Wang et al. 2019, GLUE: A Multi-Task Benchmark and Analysis Platform for "
                              "Natural Language Understanding (ICLR)"},
          .render_olmo = Render};
}

}  // namespace vffn
