#include "base/sha256.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vffn {
namespace {

// The examples of FIPS 180-2, appendix B.
TEST(Sha256, MatchesTheStandardsExamples) {
  Sha256 empty;
  EXPECT_EQ(empty.Hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 abc;
  abc.Update("abc");
  EXPECT_EQ(abc.Hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesDoNotMatter) {
  Sha256 pieces;
  pieces.Update("abcdbcdecdefdefgefghfghi");
  pieces.Update("");
  pieces.Update("ghijhijkijkljklmklmnlmnomnopnopq");
  EXPECT_EQ(pieces.Hex(), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, RefusesUseAfterHex) {
  Sha256 hash;
  hash.Hex();
  EXPECT_THROW(hash.Update("a"), Error);
  EXPECT_THROW(hash.Hex(), Error);
}

}  // namespace
}  // namespace vffn
