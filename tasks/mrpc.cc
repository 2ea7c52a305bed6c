#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"
#include "tasks/spaced_tokens.h"

namespace vffn {
namespace {

Example Render(const Doc& doc) {
  const std::string context = "Sentence 1: " + JoinSpacedTokens(doc.String("sentence1")) +
                              "\nSentence 2: " + JoinSpacedTokens(doc.String("sentence2")) +
                              "\nQuestion: Do both sentences mean the same thing?\nAnswer:";
  return AnswersExample(doc, context, "label", {"yes", "no"}, "label", 1 - doc.Int("label"));
}

}  // namespace

Task Mrpc() {
  return {.facts = {.name = "mrpc",
                    .group = "in_loop",
                    .data_set_path = "glue/mrpc",
                    .hub_name = "nyu-mll/glue",
                    .split = "validation",
                    .doc_count = 408,
                    .request_count = 816,
                    .metric = "f1",
                    .reported = {"f1", "acc", "len_norm", "bits_per_byte", "ce_loss"},
                    .chance = 2 * 279.0 / (2 * 279 + 408),  // 279 of 408 pairs mean the same
                    .licence = "not stated",
                    .source = "Dolan and Brockett 2005, Automatically Constructing a Corpus of Sentential "
                              "Paraphrases (IWP)"},
          .render_olmo = Render};
}

}  // namespace vffn
