#include "apps/utf8_output.h"

#include <gtest/gtest.h>

#include <sstream>

namespace vffn {
namespace {

TEST(Utf8Output, ReplacesWhatIsNotUtf8) {
  std::ostringstream text;
  {
    const Utf8Output output(text);
    text << "dossier_\xe9t\xe9/"
         << "é" << '\n';
    for (const char c : std::string("a€b\xe2\x82")) {
      text << c;
    }
  }
  EXPECT_EQ(text.str(), "dossier_\uFFFDt\uFFFD/é\na€b\uFFFD");
  text << '\xff';
  EXPECT_TRUE(text.str().ends_with('\xff'));  // the stream is as it was
}

}  // namespace
}  // namespace vffn
