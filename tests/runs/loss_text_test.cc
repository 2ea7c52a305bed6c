// Texts and token files as documents, pieces of streams and windows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runs/losses/loss_units.h"
#include "runs/losses/loss_window_choice.h"
#include "runs/losses/text_documents.h"
#include "runs/losses/token_documents.h"
#include "tests/base/temporary_folder.h"
#include "tests/text/byte_tokenizer.h"
#include "tokens/border_table.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TokenId kEnd = 256;

std::vector<TokenId> Ids(std::string_view text) {
  std::vector<TokenId> ids;
  for (const char byte : text) {
    ids.push_back(static_cast<unsigned char>(byte));
  }
  return ids;
}

class LossTextTest : public testing::Test {
 protected:
  LossTextTest() {
    WriteFile(folder_ / "tokenizer.json", ByteTokenizer());
    tokenizer_ = LoadTokenizerJson(folder_ / "tokenizer.json");
  }

  TextDocuments Read(const std::string& name, TextFileOptions options = {}) const {
    options.paths = {(folder_ / name).string()};
    return ReadTextDocuments(options, {.tokenizer = *tokenizer_});
  }

  TokenFileOptions TokenOptions(const std::string& name) const {
    return {.path = folder_ / name, .tokenizer = *tokenizer_, .end_of_document = kEnd};
  }

  TextDocuments ReadTokens(const TokenFileOptions& options) const {
    TokenTextSizes sizes(*tokenizer_, options.end_of_document);
    return ReadTokenDocuments(options, sizes);
  }

  template <class T>
  void WriteTokens(const std::string& name, const std::vector<TokenId>& tokens) const {
    std::string bytes;
    for (const TokenId token : tokens) {
      const auto number = static_cast<T>(token);
      bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    WriteFile(folder_ / name, bytes);
  }

  TemporaryFolder folder_;
  std::unique_ptr<const Tokenizer> tokenizer_;
};

TEST_F(LossTextTest, TextStandsAsItIs) {
  WriteFile(folder_ / "a.jsonl",
            "{\"text\": \" two  w\\u00f6rds\\n\"}\n\n{\"text\": \"\"}\n{\"text\": \"\\u2003\"}\n");
  const TextDocuments text = Read("a.jsonl");
  ASSERT_THAT(text.documents, SizeIs(3));
  EXPECT_EQ(text.empty, 1);
  const TextDocument& first = text.documents[0];
  EXPECT_EQ(first.id, "1");
  EXPECT_EQ(first.source, "a.jsonl");
  EXPECT_EQ(first.tokens, Ids(" two  w\xC3\xB6rds\n"));
  EXPECT_EQ(first.bytes, 13);
  EXPECT_EQ(first.characters, 12);
  EXPECT_EQ(first.words, 4);
  EXPECT_THAT(text.documents[1].tokens, IsEmpty());
  EXPECT_EQ(text.documents[1].id, "3");  // its line
  EXPECT_EQ(text.documents[1].words, 1);
  EXPECT_EQ(text.documents[2].words, 2);
  EXPECT_THAT(Read("a.jsonl", {.limit = 1}).documents, SizeIs(1));
  EXPECT_EQ(Read("a.jsonl", {.limit = 1}).sha256, text.sha256);
}

TEST_F(LossTextTest, SpecialTokensStandAroundATextUnlessItBeginsWithTheMark) {
  WriteFile(folder_ / "a.txt", "ab\n<|endoftext|>c\n\n");
  TextFileOptions options{.paths = {(folder_ / "a.txt").string()}};
  options.source.text_lines = true;
  const TextEncoding encoding{
      .tokenizer = *tokenizer_, .around = {.before = {1}, .after = {2}}, .marked_begin = "<|endoftext|>"};
  const TextDocuments text = ReadTextDocuments(options, encoding);
  ASSERT_THAT(text.documents, SizeIs(3));
  EXPECT_THAT(text.documents[0].tokens, ElementsAre(1, 'a', 'b', 2));
  EXPECT_THAT(text.documents[1].tokens, ElementsAre(kEnd, 'c'));
  EXPECT_THAT(text.documents[2].tokens, ElementsAre(1, 2));
  // As llama.cpp reads a file.
  const TextEncoding plain{.tokenizer = *tokenizer_, .plain = true, .drop_last_newline = true};
  options.source.text_lines = false;
  EXPECT_EQ(ReadTextDocuments(options, plain).documents.at(0).tokens, Ids("ab\n<|endoftext|>c\n"));
}

TEST_F(LossTextTest, BadDocumentsAreNamedOrLeftOut) {
  WriteFile(folder_ / "a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"\xFF\"}\n{\"no\": 1}\n");
  EXPECT_THAT(ErrorOf([&] { Read("a.jsonl"); }), AllOf(HasSubstr("a.jsonl:2"), HasSubstr("--skip_bad")));
  const TextDocuments text = Read("a.jsonl", {.skip_bad = true});
  EXPECT_THAT(text.documents, SizeIs(1));
  EXPECT_EQ(text.skipped, 2);
  WriteFile(folder_ / "empty.txt", "");
  EXPECT_THAT(ErrorOf([&] { Read("empty.txt"); }),
              AllOf(HasSubstr("empty.txt"), HasSubstr("there is no text")));
}

TEST_F(LossTextTest, FilesOfTheSameNameHaveTheirPaths) {
  std::filesystem::create_directories(folder_ / "t/b");
  WriteFile(folder_ / "t/a.txt", "a");
  WriteFile(folder_ / "t/b/a.txt", "b");
  WriteFile(folder_ / "t/c.txt", "c");
  const TextDocuments text = Read("t");
  ASSERT_THAT(text.documents, SizeIs(3));
  EXPECT_EQ(text.documents[0].source, (folder_ / "t/a.txt").string());
  EXPECT_EQ(text.documents[1].source, (folder_ / "t/b/a.txt").string());
  EXPECT_EQ(text.documents[2].source, "c.txt");
}

// The files of losses are JSON.
TEST_F(LossTextTest, SourcesAreWellFormedWhateverTheFileIsCalled) {
  WriteFile(folder_ / "n\xFF.txt", "a");
  EXPECT_EQ(Read("n\xFF.txt").documents.at(0).source, "n\xEF\xBF\xBD.txt");
  WriteTokens<uint16_t>("n\xFF.npy", {'a', kEnd});
  EXPECT_EQ(ReadTokens(TokenOptions("n\xFF.npy")).documents.at(0).source, "n\xEF\xBF\xBD.npy");
  EXPECT_EQ(ReadTokenStreams(TokenOptions("n\xFF.npy")).streams.at(0).sources.at(0).second,
            "n\xEF\xBF\xBD.npy");
}

TEST_F(LossTextTest, TokenFilesWithoutATableAreSplitAtTheEos) {
  WriteTokens<uint16_t>("t.npy", {'a', 0xC3, 0xA9, kEnd, kEnd, 'b'});
  const TextDocuments text = ReadTokens(TokenOptions("t.npy"));
  ASSERT_THAT(text.documents, SizeIs(3));
  EXPECT_THAT(text.documents[0].tokens, ElementsAre('a', 0xC3, 0xA9, kEnd));
  EXPECT_EQ(text.documents[0].bytes, 3);
  EXPECT_EQ(text.documents[0].characters, 2);
  EXPECT_EQ(text.documents[0].words, 0);
  EXPECT_EQ(text.documents[0].source, "t.npy");
  EXPECT_THAT(text.documents[1].tokens, ElementsAre(kEnd));
  EXPECT_EQ(text.documents[1].bytes, 0);
  EXPECT_THAT(text.documents[2].tokens, ElementsAre('b'));

  WriteTokens<uint16_t>("none.npy", Ids("no end in it"));
  EXPECT_THAT(ErrorOf([&] { ReadTokens(TokenOptions("none.npy")); }),
              AllOf(HasSubstr("none.npy"), HasSubstr("none.csv.gz"), HasSubstr("--eos_token_id")));
  TokenFileOptions unknown = TokenOptions("t.npy");
  unknown.end_of_document.reset();
  EXPECT_THAT(ErrorOf([&] { ReadTokens(unknown); }), HasSubstr("--packed N"));
}

TEST_F(LossTextTest, DamagedTokenFilesAreNamed) {
  WriteFile(folder_ / "odd.npy", "abc");
  EXPECT_THAT(ErrorOf([&] { ReadTokens(TokenOptions("odd.npy")); }), HasSubstr("3 bytes, no multiple of 2"));
  WriteFile(folder_ / "empty.npy", "");
  EXPECT_THAT(ErrorOf([&] { ReadTokens(TokenOptions("empty.npy")); }), HasSubstr("empty.npy"));
  WriteTokens<uint16_t>("large.npy", {'a', 300, kEnd});
  EXPECT_THAT(ErrorOf([&] { ReadTokens(TokenOptions("large.npy")); }), HasSubstr("token 1 is 300"));
  WriteTokens<uint32_t>("wide.npy", {'a', 'b', 'c', 'd', kEnd});
  EXPECT_THAT(ErrorOf([&] { ReadTokens(TokenOptions("wide.npy")); }), HasSubstr("--token_type uint32"));
  TokenFileOptions wide = TokenOptions("wide.npy");
  wide.type = TokenType::kUint32;
  EXPECT_THAT(ReadTokens(wide).documents, SizeIs(1));
  WriteFile(folder_ / "numpy.npy", "\x93NUMPY....");
  EXPECT_THAT(ErrorOf([&] { ReadTokens(TokenOptions("numpy.npy")); }), HasSubstr("tofile"));
}

TEST_F(LossTextTest, StreamsAreCutIntoPieces) {
  WriteTokens<uint16_t>("t.npy", {'a', 'b', kEnd, 'c', 0xC3, 0xA9, kEnd, 'd'});
  TokenTextSizes sizes(*tokenizer_, kEnd);
  const LossWindow window{.kind = WindowKind::kPacked, .length = 3, .stride = 3};
  const StreamUnits cut = CutStreams(ReadTokenStreams(TokenOptions("t.npy")), window, sizes, 0);
  EXPECT_EQ(cut.left_out, 2);
  const std::vector<TextDocument>& pieces = cut.units.documents;
  ASSERT_THAT(pieces, SizeIs(2));
  EXPECT_THAT(pieces[1].tokens, ElementsAre('c', 0xC3, 0xA9));
  EXPECT_EQ(pieces[0].id, "0");
  EXPECT_EQ(pieces[0].bytes, 1);  // b; a is not predicted, and the eos has no text
  EXPECT_EQ(pieces[1].bytes, 2);
  EXPECT_EQ(pieces[1].characters, 1);
  EXPECT_EQ(UnmeasuredLoss(pieces[0], window).tokens, 2);
  LossWindow all = window;
  all.denominator = LossDenominator::kSequenceTokens;
  EXPECT_EQ(UnmeasuredLoss(pieces[0], all).tokens, 3);
  EXPECT_THAT(CutStreams(ReadTokenStreams(TokenOptions("t.npy")), window, sizes, 1).units.documents,
              SizeIs(1));
  LossWindow longer = window;
  longer.length = 9;
  EXPECT_THAT(ErrorOf([&] { CutStreams(ReadTokenStreams(TokenOptions("t.npy")), longer, sizes, 0); }),
              AllOf(HasSubstr("8 tokens"), HasSubstr("smaller --packed")));
}

TEST_F(LossTextTest, DocumentsAreJoinedByTheEos) {
  const TextDocuments text{.documents = {{.id = "1", .source = "a", .tokens = {'a'}},
                                         {.id = "2", .source = "a"},
                                         {.id = "3", .source = "b", .tokens = {'b', 'c'}}}};
  LossWindow window{.kind = WindowKind::kPacked, .length = 2, .stride = 2};
  TokenStreams joined = JoinDocuments(text, window, kEnd);
  ASSERT_THAT(joined.streams, SizeIs(1));
  EXPECT_THAT(joined.streams[0].tokens, ElementsAre('a', kEnd, 'b', 'c', kEnd));
  TokenTextSizes sizes(*tokenizer_, kEnd);
  const TextDocuments pieces = CutStreams(joined, window, sizes, 0).units;
  EXPECT_EQ(pieces.documents.at(0).source, "a");
  EXPECT_EQ(pieces.documents.at(1).source, "b");
  window = {.kind = WindowKind::kChunks, .length = 3, .stride = 3, .prefix = 7};
  EXPECT_THAT(JoinDocuments(text, window, kEnd).streams.at(0).tokens, ElementsAre(7, 'a', kEnd, 'b', 'c'));
  EXPECT_THAT(ErrorOf([&] { JoinDocuments(text, window, std::nullopt); }), HasSubstr("--eos_token_id"));
}

// A run goes on, and runs are compared, only with the same tokens.
TEST_F(LossTextTest, TextsJoinedByAnotherTokenHaveAnotherHash) {
  const TextDocuments text{
      .documents = {{.id = "1", .source = "a", .tokens = {'a'}}, {.id = "2", .source = "b", .tokens = {'b'}}},
      .sha256 = "0f"};
  const LossWindow window{.kind = WindowKind::kPacked, .length = 2, .stride = 2};
  EXPECT_EQ(JoinDocuments(text, window, kEnd).sha256, JoinDocuments(text, window, kEnd).sha256);
  EXPECT_NE(JoinDocuments(text, window, kEnd).sha256, JoinDocuments(text, window, 0).sha256);
  EXPECT_NE(JoinDocuments(text, window, kEnd).sha256, text.sha256);
}

TEST(LossUnits, CountsWindowsAsItMakesThem) {
  for (const WindowKind kind : {WindowKind::kRolling, WindowKind::kStride, WindowKind::kDisjoint}) {
    for (int64_t size = 0; size < 23; ++size) {
      const TextDocument document{.tokens = std::vector<TokenId>(static_cast<size_t>(size), 5)};
      const LossWindow window{
          .kind = kind, .length = 6, .stride = kind == WindowKind::kStride ? 4 : 6, .prefix = 1};
      const std::vector<Request> windows = WindowsOf(document, window);
      EXPECT_EQ(CountWindows(document, window), static_cast<int64_t>(windows.size())) << size;
      int64_t predicted = 0;
      for (const Request& request : windows) {
        predicted += static_cast<int64_t>(request.continuation.size());
        EXPECT_LE(request.context.size() + request.continuation.size() - 1, 6u);
      }
      EXPECT_EQ(predicted, size);
    }
  }
}

class ChooseWindowTest : public testing::Test {
 protected:
  ChooseWindowTest() {
    config_.max_sequence_length = 64;
    config_.vocab_size = 100;
    special_.eos = SpecialToken{.id = 2, .text = "</s>"};
  }

  LossWindow Choose(const LossWindowFlags& flags, bool is_text = true) const {
    return ChooseWindow(flags, is_text, config_, special_);
  }

  ModelConfig config_;
  SpecialTokens special_;
};

TEST_F(ChooseWindowTest, FollowsTheInputAndTheOptions) {
  EXPECT_EQ(Choose({}), (LossWindow{.kind = WindowKind::kRolling, .length = 64, .stride = 64, .prefix = 2}));
  special_.bos = SpecialToken{.id = 1, .text = "<s>"};
  EXPECT_EQ(Choose({}).prefix, 1);
  EXPECT_EQ(Choose({.prefix_token_id = 9}).prefix, 9);
  EXPECT_EQ(Choose({.max_length = 8}, false),
            (LossWindow{.kind = WindowKind::kDisjoint, .length = 8, .stride = 8}));
  EXPECT_EQ(Choose({.rolling = true}, false).kind, WindowKind::kRolling);
  EXPECT_EQ(Choose({.window = 32}),
            (LossWindow{.kind = WindowKind::kStride, .length = 32, .stride = 16, .prefix = 1}));
  EXPECT_EQ(Choose({.stride = 8}).length, 64);
  EXPECT_FALSE(Choose({.chunks = 32}).prefix);
  special_.around.before = {1};
  EXPECT_EQ(Choose({.chunks = 32}), (LossWindow{.kind = WindowKind::kChunks,
                                                .length = 32,
                                                .stride = 32,
                                                .prefix = 1,
                                                .scored = ScoredTokens::kSecondHalf}));
  EXPECT_EQ(Choose({.packed = 32, .sequence_denominator = true}).denominator,
            LossDenominator::kSequenceTokens);
}

TEST_F(ChooseWindowTest, RefusesWhatDoesNotFit) {
  const auto error = [&](const LossWindowFlags& flags) { return ErrorOf([&] { Choose(flags); }); };
  EXPECT_THAT(error({.rolling = true, .chunks = 32}), HasSubstr("give one"));
  EXPECT_THAT(error({.window = 65}), HasSubstr("--window 65: the model takes up to 64"));
  EXPECT_THAT(error({.window = 8, .stride = 9}), HasSubstr("--stride 9 is more than --window 8"));
  EXPECT_THAT(error({.chunks = 2}), HasSubstr("at least 3"));
  EXPECT_THAT(error({.packed = 1}), HasSubstr("at least 2"));
  EXPECT_THAT(error({.packed = 8, .max_length = 8}), HasSubstr("--max_length"));
  EXPECT_THAT(error({.sequence_denominator = true}), HasSubstr("--packed"));
  EXPECT_THAT(error({.packed = 8, .prefix_token_id = 1}), HasSubstr("--prefix_token_id is for"));
  EXPECT_THAT(error({.prefix_token_id = 100}), HasSubstr("tokens 0 to 99"));
  special_.eos->id = 100;
  EXPECT_THAT(error({}), HasSubstr("name token 100 as BOS or EOS, and the model has tokens 0 to 99"));
  EXPECT_EQ(error({.prefix_token_id = 1}), "");
  special_.eos.reset();
  EXPECT_THAT(error({}), HasSubstr("--prefix_token_id ID"));
}

}  // namespace
}  // namespace vffn
