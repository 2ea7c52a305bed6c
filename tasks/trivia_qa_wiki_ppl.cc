#include "tasks/benchmarks.h"
#include "tasks/multiple_choice.h"

namespace vffn {
namespace {

Example Render(const Doc& doc) {
  return AnswerExample(doc,
                       "\nQuestion: " + doc.String("question") + "\nAnswer:", doc.String("answer.value"));
}

}  // namespace

Task TriviaQaPpl() {
  return {.facts = {.name = "trivia_qa_wiki_ppl",
                    .group = "in_loop",
                    .data_set_path = "trivia_qa/rc.wikipedia.nocontext",
                    .hub_name = "mandarjoshi/trivia_qa",
                    .split = "validation",
                    .doc_count = 7993,
                    .request_count = 7993,
                    .metric = "ce_loss",
                    .reported = MetricsOfAnswers(),
                    .licence = "not stated",
                    .source = "Joshi et al. 2017, TriviaQA: A Large Scale Distantly Supervised Challenge "
                              "Dataset for Reading Comprehension (ACL)"},
          .render_olmo = Render};
}

}  // namespace vffn
