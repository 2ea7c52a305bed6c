#include "trace/run_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/base/temporary_folder.h"

namespace vffn {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

RunIdentity Ledgers() {
  return {.model_sha256 = "m",
          .tokenizer_sha256 = "t",
          .dtype = "float32",
          .rendering = "olmo",
          .encoding = "separate",
          .bos_token = 1,
          .max_sequence_length = 64,
          .ffn = "{}"};
}

RunIdentity Traces() {
  RunIdentity identity = Ledgers();
  identity.rendering = identity.encoding = std::nullopt;
  identity.profile = "olmo";
  return identity;
}

TEST(RunIdentity, HasTheFieldsOfLedgersAndTraces) {
  EXPECT_EQ(ToJson(Ledgers()).dump(),
            R"({"model_sha256":"m","tokenizer_sha256":"t","dtype":"float32","rendering":"olmo",)"
            R"("encoding":"separate","bos_token":1,"max_sequence_length":64,"ffn":"{}"})");
  EXPECT_EQ(ToJson(Traces()).dump(),
            R"({"model_sha256":"m","tokenizer_sha256":"t","dtype":"float32","profile":"olmo",)"
            R"("bos_token":1,"max_sequence_length":64,"ffn":"{}"})");
  for (const RunIdentity& identity : {Ledgers(), Traces()}) {
    EXPECT_EQ(ParseRunIdentity(ParseJson(ToJson(identity).dump(), "i"), "i"), identity);
  }
}

TEST(RunIdentity, TakesWhatAnOlderProgramLeftOut) {
  const RunIdentity identity = ParseRunIdentity(ParseJson(R"({"dtype":"bfloat16","new":1})", "i"), "i");
  EXPECT_EQ(identity.dtype, "bfloat16");
  EXPECT_EQ(identity.bos_token, -1);
  EXPECT_FALSE(identity.profile);
  EXPECT_THAT(ErrorOf([] { ParseRunIdentity(ParseJson(R"({"dtype":3})", "i"), "i"); }),
              HasSubstr("i: identity.dtype is 3, should be a string"));
}

TEST(RunIdentity, DiffersInFieldsThatBothHave) {
  EXPECT_THAT(DifferencesOf(Ledgers(), Traces()), IsEmpty());
  RunIdentity other = Traces();
  other.max_sequence_length = 128;
  other.profile = "lm-eval";
  ASSERT_EQ(DifferencesOf(Ledgers(), other).size(), 1U);
  const std::vector<IdentityDifference> differences = DifferencesOf(Traces(), other);
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0].field, "profile");
  EXPECT_EQ(differences[0].b, "lm-eval");
  EXPECT_EQ(differences[1].field, "max_sequence_length");
  EXPECT_EQ(differences[1].a, "64");
}

}  // namespace
}  // namespace vffn
