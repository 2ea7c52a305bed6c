#include "eval/document_windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vffn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(DocumentWindows, PredictEveryTokenOnce) {
  const std::vector<TokenId> document = {1, 2, 3, 4, 5, 9};
  const std::vector<Request> windows = DocumentWindows(document, 9, 4);
  ASSERT_THAT(windows, SizeIs(2));
  EXPECT_THAT(windows[0].context, ElementsAre(9));
  EXPECT_THAT(windows[0].continuation, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(windows[1].context, ElementsAre(4));
  EXPECT_THAT(windows[1].continuation, ElementsAre(5, 9));
  EXPECT_THAT(DocumentWindows(document, 9, 6), SizeIs(1));
  EXPECT_THAT(DocumentWindows(document, 9, 1), SizeIs(6));
  EXPECT_THAT(DocumentWindows({}, 9, 4), IsEmpty());
}

}  // namespace
}  // namespace vffn
