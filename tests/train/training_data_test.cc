#include "train/data/training_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/base/temporary_folder.h"
#include "tests/tokens/corpus.h"

namespace vffn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string Tokens(int first, int count) {
  std::string bytes;
  for (int token = first; token < first + count; ++token) {
    bytes += static_cast<char>(token & 0xff);
    bytes += static_cast<char>(token >> 8);
  }
  return bytes;
}

std::vector<int64_t> ReadSequence(const TokenSequences& data, int64_t sequence, int64_t vocab_size = 65536) {
  std::vector<int64_t> out(static_cast<size_t>(data.sequence_length()));
  data.Read(sequence, vocab_size, out);
  return out;
}

class TrainingDataTest : public testing::Test {
 protected:
  std::string Path(const char* name) const { return (folder_ / name).string(); }
  std::string Write(const char* name, std::string_view bytes) const {
    WriteFile(folder_ / name, bytes);
    return Path(name);
  }
  std::string OpenError(const std::string& dtype = "", int64_t length = 4) const {
    return ErrorOf([&] { TokenSequences({folder_.path().string()}, dtype, length); });
  }
  /// A manifest of a.npy with so many tokens.
  void WriteTokensJson(int tokens, const std::string& type = "uint16", const char* name = "a.npy") const {
    const std::string split = R"({"documents": 1, "tokens": 1, "files": [)";
    WriteFile(folder_ / "tokens.json", R"({"run": {"token_type": ")" + type + R"("}, "train": )" + split +
                                           R"({"name": ")" + name + R"(", "documents": 1, "tokens": )" +
                                           std::to_string(tokens) + R"(, "sha256": "0"}]}, "held_out": )" +
                                           split + R"({"name": "h.npy", "documents": 1,
                  "tokens": 8, "sha256": "0"}]}})");
  }

  TemporaryFolder folder_;
};

TEST_F(TrainingDataTest, SequencesStayWithinFiles) {
  Write("b.npy", Tokens(100, 8));
  Write("a.npy", Tokens(0, 11));
  Write("note.txt", "x");
  std::filesystem::create_directory(folder_ / "held_out");
  Write("held_out/h.npy", Tokens(200, 8));
  const TokenSequences data({folder_.path().string() + "/"}, "", 4);
  EXPECT_EQ(data.size(), 4);
  EXPECT_THAT(ReadSequence(data, 1), ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(ReadSequence(data, 2), ElementsAre(100, 101, 102, 103));
  EXPECT_THAT(ReadSequence(data, 3), ElementsAre(104, 105, 106, 107));
  EXPECT_NE(ErrorOf([&] { ReadSequence(data, 4); }), "");
  const TokenSequences listed({Path("b.npy"), Path("a.npy")}, "uint16", 4);
  EXPECT_THAT(ReadSequence(listed, 0), ElementsAre(100, 101, 102, 103));
  EXPECT_THAT(ReadSequence(listed, 2), ElementsAre(0, 1, 2, 3));
}

TEST_F(TrainingDataTest, ReadsDolmasFiles) {
  const TokenSequences small({(GoldenTokensFolder() / "plain").string()}, "", 1000);
  EXPECT_EQ(small.size(), 11);
  const TokenSequences large({(GoldenTokensFolder() / "uint32/part-0-00000.npy").string()}, "uint32", 16);
  const TokenFile file(GoldenTokensFolder() / "uint32/part-0-00000.npy", TokenType::kUint32);
  std::vector<TokenId> expected(16);
  file.Read(16, expected);
  EXPECT_THAT(ReadSequence(large, 1, 70000), testing::ElementsAreArray(expected));
  EXPECT_THAT(ErrorOf([] { TokenSequences({(GoldenTokensFolder() / "uint32").string()}, "", 16); }),
              AllOf(HasSubstr("tokens of uint16, but its last document ends at token"),
                    HasSubstr("truncated, or of another type")));
}

TEST_F(TrainingDataTest, ReadsWhatTokenizingACorpusWrote) {
  const InGoldenFolder golden;
  TokenizeCorpusOptions options = GoldenOptions(folder_ / "out");
  options.held_out.share = 0.3;
  TokenizeCorpus(*GoldenTokenizer(), options);
  const TokenSequences train({Path("out")}, "", 8), held_out({Path("out/held_out")}, "", 8);
  EXPECT_GT(train.size(), held_out.size());
  EXPECT_GT(held_out.size(), 0);
  EXPECT_THAT(ErrorOf([&] { TokenSequences({Path("out")}, "uint32", 8); }),
              AllOf(HasSubstr("part-0-00000.npy: its tokens are uint16"), HasSubstr("uint32 was asked for")));
}

TEST_F(TrainingDataTest, WrongFilesAreErrors) {
  EXPECT_THAT(OpenError(), HasSubstr(": has no token file (*.npy)"));
  EXPECT_THAT(ErrorOf([&] { TokenSequences({Path("absent")}, "", 4); }), HasSubstr("absent: no such file"));
  Write("a.npy", Tokens(0, 8) + "x");
  EXPECT_THAT(OpenError(), AllOf(HasSubstr("a.npy: has 17 bytes, no multiple of 2"), HasSubstr("truncated")));
  Write("a.npy", Tokens(0, 8));
  EXPECT_THAT(OpenError("", 9), HasSubstr("the longest file has 8 tokens, fewer than one sequence of 9"));
  EXPECT_THAT(OpenError("int8"), HasSubstr("\"int8\" is no type of tokens"));
  EXPECT_THAT(ErrorOf([&] {
                TokenSequences({Path("a.npy"), folder_.path().string()}, "", 4);
              }),
              HasSubstr("a.npy: is there twice"));
  std::filesystem::create_directory(folder_ / "unfinished");
  EXPECT_THAT(OpenError(), HasSubstr("not finished; run `vffn tokens` with --resume"));
}

TEST_F(TrainingDataTest, FilesMustBeThoseOfTheManifest) {
  Write("a.npy", Tokens(0, 8));
  WriteTokensJson(8);
  EXPECT_EQ(OpenError(), "");
  EXPECT_EQ(OpenError("uint16"), "");
  WriteTokensJson(12);
  EXPECT_THAT(OpenError(), AllOf(HasSubstr("a.npy: has 8 tokens, but"), HasSubstr("says 12: truncated")));
  WriteTokensJson(4);
  EXPECT_THAT(OpenError(), AllOf(HasSubstr("a.npy: has 8 tokens, but"), HasSubstr("says 4: truncated")));
  WriteTokensJson(8, "uint16", "b.npy");
  EXPECT_THAT(OpenError(), HasSubstr("b.npy: is missing;"));
  Write("b.npy", Tokens(0, 8));
  EXPECT_THAT(OpenError(), HasSubstr("does not list this file"));
  WriteTokensJson(4, "uint32");
  std::filesystem::remove(folder_ / "b.npy");
  EXPECT_EQ(OpenError(), "");
  std::filesystem::create_directory(folder_ / "held_out");
  Write("held_out/h.npy", Tokens(0, 12));
  EXPECT_THAT(ErrorOf([&] { TokenSequences({Path("held_out")}, "", 4); }), HasSubstr("has 6 tokens, but"));
}

TEST_F(TrainingDataTest, TokensOutsideTheVocabularyAreErrors) {
  Write("a.npy", Tokens(0, 16));
  const TokenSequences data({Path("a.npy")}, "", 4);
  EXPECT_THAT(ReadSequence(data, 2, 12), ElementsAre(8, 9, 10, 11));
  EXPECT_THAT(ErrorOf([&] { ReadSequence(data, 2, 10); }),
              AllOf(HasSubstr("a.npy: token 10 is 10"), HasSubstr("vocabulary has 10 ids")));
  const TokenSequences wide({Path("a.npy")}, "uint32", 4);  // 0x00010000 and so on
  EXPECT_THAT(ErrorOf([&] { ReadSequence(wide, 0, 50304); }), HasSubstr("token 0 is 65536"));
}

TEST_F(TrainingDataTest, TheFingerprintIsThatOfTheContents) {
  Write("a.npy", Tokens(0, 8));
  Write("b.npy", Tokens(0, 8));
  const auto fingerprint = [&](std::vector<std::string> paths, const char* dtype = "") {
    return TokenSequences(paths, dtype, 4).Fingerprint();
  };
  const std::string first = fingerprint({Path("a.npy")});
  EXPECT_EQ(first, fingerprint({Path("b.npy")}));
  EXPECT_NE(first, fingerprint({Path("a.npy"), Path("b.npy")}));
  EXPECT_NE(first, fingerprint({Path("a.npy")}, "uint32"));
  Write("b.npy", Tokens(1, 8));
  EXPECT_NE(first, fingerprint({Path("b.npy")}));
}

std::vector<int64_t> Epoch(const SequenceOrder& order, int64_t first, int64_t count) {
  std::vector<int64_t> sequences;
  for (int64_t i = 0; i < count; ++i) {
    sequences.push_back(order.At(first + i));
  }
  return sequences;
}

TEST(SequenceOrderTest, EveryEpochHasEachSequenceOnce) {
  constexpr int64_t kSequences = 1000;
  const SequenceOrder order(kSequences, true, 7);
  std::vector<int64_t> all(kSequences);
  std::iota(all.begin(), all.end(), 0);
  std::vector<int64_t> first = Epoch(order, 0, kSequences), second = Epoch(order, kSequences, kSequences);
  EXPECT_NE(first, all);
  EXPECT_NE(first, second);
  EXPECT_NE(first, Epoch(SequenceOrder(kSequences, true, 8), 0, kSequences));
  std::ranges::sort(first);
  std::ranges::sort(second);
  EXPECT_EQ(first, all);
  EXPECT_EQ(second, all);
}

TEST(SequenceOrderTest, TheOrderIsTheSameOnEveryMachine) {
  // From an implementation of the generator and the shuffle in Python.
  EXPECT_THAT(Epoch(SequenceOrder(8, true, 42), 0, 16),
              ElementsAre(6, 7, 2, 4, 3, 5, 1, 0, 7, 2, 3, 0, 6, 4, 5, 1));
}

TEST(SequenceOrderTest, ARunContinuesAtAnyPosition) {
  constexpr int64_t kSequences = 37;
  const SequenceOrder whole(kSequences, true, 3);
  const std::vector<int64_t> expected = Epoch(whole, 0, 4 * kSequences);
  for (int64_t start = 0; start < 4 * kSequences; ++start) {
    const SequenceOrder resumed(kSequences, true, 3);
    const std::vector<int64_t> rest(expected.begin() + start, expected.end());
    EXPECT_EQ(Epoch(resumed, start, 4 * kSequences - start), rest) << start;
  }
}

TEST(SequenceOrderTest, EveryPlaceIsEquallyLikely) {
  constexpr int kSeeds = 6000;
  std::vector<int> counts(6);
  for (int seed = 0; seed < kSeeds; ++seed) {
    const SequenceOrder order(3, true, static_cast<uint64_t>(seed));
    ++counts[static_cast<size_t>(2 * order.At(0) + (order.At(1) > order.At(2) ? 1 : 0))];
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, kSeeds / 6, 130);  // 4.5 standard deviations of 28.9
  }
}

TEST(SequenceOrderTest, WithoutShufflingItIsThatOfTheFiles) {
  EXPECT_THAT(Epoch(SequenceOrder(3, false, 1), 2, 5), ElementsAre(2, 0, 1, 2, 0));
  EXPECT_NE(ErrorOf([] { SequenceOrder(0, true, 1); }), "");
}

}  // namespace
}  // namespace vffn
