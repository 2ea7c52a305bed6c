#include "apps/harness_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/tasks/message_of.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(NoEffectText, HasALineForEachOption) {
  EXPECT_THAT(NoEffectText({}), IsEmpty());
  EXPECT_EQ(NoEffectText({.num_fewshot = "0"}),
            "vffn: --num_fewshot 0 has no effect: every task is scored zero-shot\n");
  const std::string text =
      NoEffectText({.batch_size = "auto:4", .seed = "0,1234", .trust_remote_code = true, .write_out = true});
  EXPECT_THAT(text,
              AllOf(HasSubstr("--batch_size auto:4 has no effect"), HasSubstr("--seed 0,1234 has no effect"),
                    HasSubstr("--trust_remote_code has no effect"), HasSubstr("--show_requests N")));
  EXPECT_EQ(std::ranges::count(text, '\n'), 4);
}

TEST(NoEffectText, RefusesWhatWouldChangeScores) {
  EXPECT_THAT(
      MessageOf([] { NoEffectText({.num_fewshot = "5"}); }),
      AllOf(HasSubstr("--num_fewshot 5: every task is scored zero-shot"), HasSubstr("leave the option out")));
  EXPECT_THAT(MessageOf([] { NoEffectText({.apply_chat_template = true}); }),
              HasSubstr("without a chat template"));
  EXPECT_THAT(MessageOf([] { NoEffectText({.system_instruction = "Be brief."}); }),
              HasSubstr("leave the option out"));
}

TEST(RefuseHarnessModel, SaysWhatToWrite) {
  EXPECT_THAT(
      MessageOf([] { RefuseHarnessModel("hf", "pretrained=/models/x,dtype=float16"); }),
      AllOf(HasSubstr("Write --model /models/x --dtype float32 (or bfloat16)"), HasSubstr("--model hf")));
  EXPECT_THAT(MessageOf([] { RefuseHarnessModel("vllm", ""); }), HasSubstr("Write --model PATH"));
  EXPECT_THAT(MessageOf([] { RefuseHarnessModel("model.gguf", "trust_remote_code=True,pretrained=a/b"); }),
              HasSubstr("Write --model a/b"));
  EXPECT_EQ(MessageOf([] { RefuseHarnessModel("model.gguf", "top_k=2"); }), "");
}

}  // namespace
}  // namespace vffn
