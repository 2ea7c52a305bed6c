#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"
#include "tasks/spaced_tokens.h"

namespace vffn {
namespace {

Example Render(const Doc& doc) {
  return AnswersExample(doc,
                        JoinSpacedTokens(doc.String("sentence")) +
                            "\nQuestion: Is this sentence positive or negative?\nAnswer:",
                        "label", {"negative", "positive"}, "label", doc.Int("label"));
}

}  // namespace

Task Sst2() {
  return {.facts = {.name = "sst2",
                    .aliases = {"sst"},
                    .group = "in_loop",
                    .data_set_path = "glue/sst2",
                    .hub_name = "nyu-mll/glue",
                    .split = "validation",
                    .doc_count = 872,
                    .request_count = 1744,
                    .metric = "acc",
                    .reported = MetricsOfChoices(),
                    .chance = 0.5,
                    .licence = "not stated",
                    .source = "Socher et al. 2013, Recursive Deep Models for Semantic Compositionality Over "
                              "a Sentiment Treebank (EMNLP)"},
          .render_olmo = Render};
}

}  // namespace vffn
