#include "eval/request_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr TokenId kBos = 256;
constexpr TokenId kEos = 257;

/// A token per byte, but "<s>" is BOS and "ab" and ". " are one token each.
class ByteTokenizer : public Tokenizer {
 public:
  std::vector<TokenId> Encode(std::string_view text) const override {
    std::vector<TokenId> ids;
    for (size_t i = 0; i < text.size();) {
      if (text.substr(i).starts_with("<s>")) {
        ids.push_back(kBos);
        i += 3;
      } else if (text.substr(i).starts_with("ab") || text.substr(i).starts_with(". ")) {
        ids.push_back(1000 + text[i]);
        i += 2;
      } else {
        VFFN_CHECK(text[i] != '\xff', "invalid UTF-8 at byte ", i);
        if (text[i] != '#') {  // missing from the vocabulary
          ids.push_back(static_cast<unsigned char>(text[i]));
        }
        ++i;
      }
    }
    return ids;
  }
  std::string TokenBytes(TokenId id) const override { return id == kBos ? "<s>" : "?"; }
  int64_t vocab_size() const override { return 2000; }
  std::optional<TokenId> bos() const override { return kBos; }
  std::optional<TokenId> eos() const override { return kEos; }
  const TokenizerInfo& info() const override { return info_; }

 private:
  TokenizerInfo info_;
};

Request EncodeOne(const Choice& choice, const EncodingOptions& options) {
  RequestDoc doc = EncodeExample({.doc_id = 5, .choices = {choice}}, ByteTokenizer(), options);
  EXPECT_EQ(doc.doc_id, 5);
  EXPECT_EQ(doc.requests.size(), 1u);
  return doc.requests.at(0);
}

std::string Message(const Choice& choice, const EncodingOptions& options) {
  try {
    EncodeExample({.doc_id = 5, .choices = {{"c", " x"}, choice}}, ByteTokenizer(), options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

const EncodingOptions kSeparate{.tokenisation = Tokenisation::kSeparate, .max_sequence_length = 100};
const EncodingOptions kJoint{.tokenisation = Tokenisation::kJoint, .max_sequence_length = 100};

EncodingOptions With(EncodingOptions options, int64_t max_sequence_length, std::optional<TokenId> bos = {},
                     std::optional<TokenId> empty_context = {}) {
  options.max_sequence_length = max_sequence_length;
  if (bos) {
    options.special_tokens.before = {*bos};
  }
  options.empty_context = empty_context;
  return options;
}

TEST(SeparateEncoding, TokenisesApart) {
  const Request request = EncodeOne({"xa", "b c"}, kSeparate);
  EXPECT_THAT(request.context, ElementsAre('x', 'a'));
  EXPECT_THAT(request.continuation, ElementsAre('b', ' ', 'c'));
  EXPECT_EQ(request.truncated, 0);
}

TEST(SeparateEncoding, GivesOneRequestAChoiceInOrder) {
  const RequestDoc doc = EncodeExample({.doc_id = 1, .choices = {{"p", " 1"}, {"p", " 2"}, {"q", " 2"}}},
                                       ByteTokenizer(), kSeparate);
  ASSERT_EQ(doc.requests.size(), 3u);
  EXPECT_THAT(doc.requests[1].context, ElementsAre('p'));
  EXPECT_THAT(doc.requests[1].continuation, ElementsAre(' ', '2'));
  EXPECT_THAT(doc.requests[2].context, ElementsAre('q'));
}

TEST(SeparateEncoding, PutsBosOnce) {
  EXPECT_THAT(EncodeOne({"x", " y"}, With(kSeparate, 100, kBos)).context, ElementsAre(kBos, 'x'));
  EXPECT_THAT(EncodeOne({"<s>x", " y"}, With(kSeparate, 100, kBos)).context, ElementsAre(kBos, 'x'));
  EXPECT_THAT(EncodeOne({"", " y"}, With(kSeparate, 100, kBos)).context, ElementsAre(kBos));
}

TEST(SeparateEncoding, CutsTheContextOnItsLeft) {
  // 4 + 3 - 1 tokens are read.
  EXPECT_EQ(EncodeOne({"1234", " yz"}, With(kSeparate, 6)).truncated, 0);
  const Request request = EncodeOne({"1234", " yz"}, With(kSeparate, 4));
  EXPECT_THAT(request.context, ElementsAre('3', '4'));
  EXPECT_THAT(request.continuation, ElementsAre(' ', 'y', 'z'));
  EXPECT_EQ(request.truncated, 2);
  EXPECT_THAT(EncodeOne({"1234", " yz"}, With(kSeparate, 6, kBos)).context, ElementsAre('1', '2', '3', '4'));
  EXPECT_THAT(EncodeOne({"1234", " yz"}, With(kSeparate, 3)).context, ElementsAre('4'));
}

TEST(SeparateEncoding, RefusesWhatCannotBeScored) {
  EXPECT_THAT(Message({"", " y"}, kSeparate),
              HasSubstr("doc 5, choice 1 (from 0): the context has no tokens"));
  EXPECT_THAT(Message({"x", "#"}, kSeparate),
              HasSubstr("doc 5, choice 1 (from 0): the continuation has no tokens"));
  EXPECT_THAT(Message({"1234", " yz"}, With(kSeparate, 2)),
              HasSubstr("doc 5, choice 1 (from 0): the continuation has 3 tokens, the model reads only 2: "
                        "leave the task out, or stay before this doc with --limit"));
  EXPECT_THAT(Message({"x", "y\xff"}, kSeparate),
              HasSubstr("doc 5, choice 1 (from 0): invalid UTF-8 at byte 1"));
}

TEST(JointEncoding, CountsTheContextsTokens) {
  const Request request = EncodeOne({"x", " y"}, kJoint);
  EXPECT_THAT(request.context, ElementsAre('x'));
  EXPECT_THAT(request.continuation, ElementsAre(' ', 'y'));
}

// As the reference: the context is its own tokens, though the joint text begins with others.
TEST(JointEncoding, KeepsTheContextsOwnTokensWhereTheJoinMerges) {
  const Request request = EncodeOne({"xa", "bcd"}, kJoint);  // together: x, ab, c, d
  EXPECT_THAT(request.context, ElementsAre('x', 'a'));
  EXPECT_THAT(request.continuation, ElementsAre('c', 'd'));
}

TEST(JointEncoding, MovesWhiteSpaceToTheContinuation) {
  const Request request = EncodeOne({"x. \u2003\n", "y"}, kJoint);
  EXPECT_THAT(request.context, ElementsAre('x', '.'));
  // Together: x, ". ", then the three bytes of U+2003, ...
  EXPECT_THAT(request.continuation, ElementsAre(0xe2, 0x80, 0x83, '\n', 'y'));
}

TEST(JointEncoding, StandsInForAnEmptyContext) {
  const EncodingOptions options = With(kJoint, 100, {}, kEos);
  EXPECT_THAT(EncodeOne({"", " y"}, options).context, ElementsAre(kEos));
  EXPECT_THAT(EncodeOne({"", " y"}, options).continuation, ElementsAre(' ', 'y'));
  const Request begun = EncodeOne({"", "<s>y"}, With(kJoint, 100, {}, kBos));
  EXPECT_THAT(begun.context, ElementsAre(kBos));
  EXPECT_THAT(begun.continuation, ElementsAre('y'));
}

TEST(JointEncoding, PutsBosBeforeBoth) {
  const Request request = EncodeOne({"x", " y"}, With(kJoint, 100, kBos));
  EXPECT_THAT(request.context, ElementsAre(kBos, 'x'));
  EXPECT_THAT(request.continuation, ElementsAre(' ', 'y'));
}

// whole = <s> x , y </s>, context = <s> x </s>: what follows three tokens is y, </s>.
TEST(JointEncoding, LosesTheFirstTokenOfTheContinuationIfTheTokenizerAddsEos) {
  EncodingOptions options = With(kJoint, 100, kBos);
  options.special_tokens.after = {kEos};
  const Request request = EncodeOne({"x", ",y"}, options);
  EXPECT_THAT(request.context, ElementsAre(kBos, 'x', kEos));
  EXPECT_THAT(request.continuation, ElementsAre('y', kEos));
  EXPECT_THAT(EncodeOne({"x", "y"}, options).continuation, ElementsAre(kEos));
  EXPECT_THAT(EncodeOne({" ", "y"}, options).context, ElementsAre(kBos, kEos));
}

TEST(JointEncoding, AddsNothingToATextThatBeginsWithTheSpecialToken) {
  EncodingOptions options = With(kJoint, 100, kBos);
  options.special_tokens.after = {kEos};
  options.marked_begin = "<s>";
  const Request request = EncodeOne({"<s>x", "y"}, options);
  EXPECT_THAT(request.context, ElementsAre(kBos, 'x'));
  EXPECT_THAT(request.continuation, ElementsAre('y'));
  EXPECT_THAT(EncodeOne({" <s>x", "y"}, options).context, ElementsAre(kBos, ' ', kBos, 'x', kEos));
}

TEST(Encoding, RefusesTokensThatTheEmbeddingHasNoRowFor) {
  for (EncodingOptions options : {kSeparate, kJoint}) {
    options.embedding_rows = kBos;
    EXPECT_EQ(Message({"x", "y"}, options), "");
    EXPECT_THAT(
        Message({"<s>x", "y"}, options),
        HasSubstr("doc 5, choice 1 (from 0): the token \"<s>\" has the id 256, but the model's embedding "
                  "has only 256 rows"));
    EXPECT_THAT(Message({"x", "y<s>"}, options), HasSubstr("the id 256"));
    options.embedding_rows = kBos + 1;
    EXPECT_EQ(Message({"x", "y<s>"}, options), "");
  }
}

TEST(JointEncoding, CutsTheContextOnItsLeft) {
  const Request request = EncodeOne({"1234", " yz"}, With(kJoint, 4));
  EXPECT_THAT(request.context, ElementsAre('3', '4'));
  EXPECT_EQ(request.truncated, 2);
}

TEST(JointEncoding, RefusesWhatCannotBeScored) {
  EXPECT_THAT(
      Message({"xa", "b"}, kJoint),
      HasSubstr(
          "doc 5, choice 1 (from 0): the continuation has no token of its own: the token where it joins"));
  EXPECT_THAT(Message({" \n", "y"}, kJoint), HasSubstr("the context has no tokens"));
  EXPECT_THAT(Message({"", "y"}, kJoint), HasSubstr("the context has no tokens"));
  EXPECT_THAT(Message({"1234", " yz"}, With(kJoint, 2)), HasSubstr("the continuation has 3 tokens"));
}

const Example kNormalised{
    .doc_id = 5,
    .choices = {{"long context:", " x"}, {"long context:", " yz"}},
    .gold = 0,
    .unconditional = {{"A:", " x"}, {"A:", " yz"}},
};

TEST(UnconditionalRequests, ComeAfterTheChoicesUnderTheSameRules) {
  for (const EncodingOptions& options : {With(kSeparate, 100, kBos), With(kJoint, 100, kBos)}) {
    const RequestDoc doc = EncodeExample(kNormalised, ByteTokenizer(), options);
    ASSERT_EQ(doc.requests.size(), 4u);
    EXPECT_EQ(doc.choices(), 2u);
    EXPECT_EQ(doc.unconditional, 2u);
    EXPECT_THAT(doc.requests[2].context, ElementsAre(kBos, 'A', ':'));
    EXPECT_THAT(doc.requests[3].context, ElementsAre(kBos, 'A', ':'));
    EXPECT_EQ(doc.requests[2].continuation, doc.requests[0].continuation);
    EXPECT_EQ(doc.requests[3].continuation, doc.requests[1].continuation);
  }
  EXPECT_EQ(EncodeExample({.choices = {{"c", " x"}}}, ByteTokenizer(), kSeparate).unconditional, 0u);
}

TEST(UnconditionalRequests, AreCutAndHaveAnEmptyContextLikeTheOthers) {
  Example example = kNormalised;
  example.unconditional[1].context = "0123456789A:";
  const RequestDoc cut = EncodeExample(example, ByteTokenizer(), With(kSeparate, 8));
  EXPECT_EQ(cut.requests[2].truncated, 0);
  EXPECT_EQ(cut.requests[3].truncated, 6);
  example.unconditional[0].context = "";
  EXPECT_THAT(EncodeExample(example, ByteTokenizer(), With(kJoint, 100, {}, kEos)).requests[2].context,
              ElementsAre(kEos));
}

TEST(UnconditionalRequests, AreNamedInErrors) {
  const auto message = [](const Example& example) -> std::string {
    try {
      EncodeExample(example, ByteTokenizer(), kSeparate);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  Example example = kNormalised;
  example.unconditional[1].context = "";
  EXPECT_THAT(message(example), HasSubstr("doc 5, unconditional request 1 (from 0): the context has no"));
  example.unconditional.pop_back();
  EXPECT_THAT(message(example), HasSubstr("doc 5: 1 unconditional requests of 2 choices"));
}

TEST(RollingExample, IsReadInWindows) {
  const Example example{.doc_id = 5, .choices = {{"", "vwxyz"}}, .rolling = true};
  const RequestDoc doc = EncodeExample(example, ByteTokenizer(), With(kJoint, 2, {}, kBos));
  EXPECT_TRUE(doc.rolling);
  EXPECT_EQ(doc.choices(), 1u);
  ASSERT_EQ(doc.requests.size(), 3u);
  EXPECT_THAT(doc.requests[0].context, ElementsAre(kBos));
  EXPECT_THAT(doc.requests[0].continuation, ElementsAre('v', 'w'));
  EXPECT_THAT(doc.requests[1].continuation, ElementsAre('x', 'y'));
  EXPECT_THAT(doc.requests[2].context, ElementsAre('x', 'y'));  // the last window is as long as the others
  EXPECT_THAT(doc.requests[2].continuation, ElementsAre('z'));
}

std::string RollingMessage(const std::string& text, const EncodingOptions& options) {
  try {
    EncodeExample({.doc_id = 5, .choices = {{"", text}}, .rolling = true}, ByteTokenizer(), options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(RollingExample, RefusesWhatHasNoFirstToken) {
  EXPECT_THAT(RollingMessage("", With(kJoint, 2, {}, kBos)), HasSubstr("doc 5: the text has no tokens"));
  EXPECT_THAT(RollingMessage("a", kJoint), HasSubstr("name no BOS or EOS token"));
  EXPECT_THAT(RollingMessage("a", kSeparate), HasSubstr("tokenised together"));
  EXPECT_THAT(RollingMessage("a\xff", With(kJoint, 2, {}, kBos)), HasSubstr("doc 5: invalid UTF-8"));
}

}  // namespace
}  // namespace vffn
