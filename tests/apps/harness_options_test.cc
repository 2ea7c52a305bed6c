#include "apps/options/harness_options.h"

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
            "vffn: --num_fewshot 0 has no effect: the name of a task says how many shots it has\n");
  const std::string text =
      NoEffectText({.batch_size = "auto:4", .seed = "0,1234", .trust_remote_code = true, .write_out = true});
  EXPECT_THAT(text,
              AllOf(HasSubstr("--batch_size auto:4 has no effect"), HasSubstr("--seed 0,1234 has no effect"),
                    HasSubstr("--trust_remote_code has no effect"), HasSubstr("--show_requests N")));
  EXPECT_EQ(std::ranges::count(text, '\n'), 4);
}

TEST(NoEffectText, RefusesWhatWouldChangeScores) {
  EXPECT_THAT(MessageOf([] { NoEffectText({.num_fewshot = "5"}); }),
              AllOf(HasSubstr("--num_fewshot 5: leave it out"), HasSubstr("boolq/rc_5shot five")));
  EXPECT_THAT(MessageOf([] { NoEffectText({.apply_chat_template = true}); }),
              HasSubstr("without a chat template"));
  EXPECT_THAT(MessageOf([] { NoEffectText({.system_instruction = "Be brief."}); }),
              HasSubstr("leave the option out"));
}

TEST(RefuseHarnessModel, SaysWhatToWrite) {
  const auto message = [](const char* model, const char* model_args) {
    return MessageOf([&] { RefuseHarnessModel(model, model_args); });
  };
  EXPECT_THAT(message("hf", "pretrained=/models/x,dtype=float16"),
              AllOf(HasSubstr("Write --model /models/x --dtype float32 (or bfloat16)"),
                    HasSubstr("--model hf"), HasSubstr("hub must be downloaded first")));
  EXPECT_THAT(message("vllm", ""), HasSubstr("Write --model PATH"));
  EXPECT_THAT(message("m.gguf", "trust_remote_code=True, pretrained=a/b"),
              HasSubstr("Write --model a/b, and leave out trust_remote_code"));
  EXPECT_THAT(message("m.gguf", "dtype=bfloat16"),
              testing::EndsWith("Write --model m.gguf --dtype bfloat16"));
  EXPECT_THAT(message("m.gguf", "top_k=2,device=cpu,loops=2"),
              testing::EndsWith("Write --model m.gguf --device cpu --model_args top_k=2,loops=2"));
  EXPECT_EQ(message("model.gguf", "top_k=2"), "");
}

}  // namespace
}  // namespace vffn
