#include "tasks/arc.h"

#include "tasks/multiple_choice.h"

namespace vffn {
namespace {

Example Render(const Doc& doc, int64_t gold) {
  return AnswersExample(doc, "Question: " + doc.String("question") + "\nAnswer:", "choices.text",
                        doc.Strings("choices.text"), "answerKey", gold);
}

}  // namespace

Example RenderArcOlmo(const Doc& doc) {
  const std::string& key = doc.String("answerKey");
  const bool digit = key.size() == 1 && key[0] >= '1' && key[0] <= '5';
  return Render(doc, digit ? key[0] - '1' : LabelIndex(doc, "answerKey", key, {"A", "B", "C", "D", "E"}));
}

Example RenderArcLmEval(const Doc& doc) {
  return Render(doc, LabelIndex(doc, "answerKey", doc.String("answerKey"), doc.Strings("choices.label")));
}

}  // namespace vffn
