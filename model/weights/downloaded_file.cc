#include "model/weights/downloaded_file.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.h"

namespace vffn {
namespace {

constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/spec/";
constexpr std::array<std::string_view, 4> kWebPages = {"<!doctype", "<html", "<?xml", "<head"};

/// The first characters, in lower case, without leading white space and byte order mark.
std::string Beginning(std::string_view bytes) {
  constexpr size_t kEnough = 16;
  if (bytes.starts_with("\xef\xbb\xbf")) {
    bytes.remove_prefix(3);
  }
  const size_t start = std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size());
  std::string text(bytes.substr(start, kEnough));
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Whether a file is a short message such as "Entry not found".
bool IsMessage(std::string_view bytes) {
  constexpr size_t kLongest = 1000;
  return bytes.size() <= kLongest && std::ranges::all_of(bytes, [](unsigned char c) {
           return std::isprint(c) != 0 || std::isspace(c) != 0;
         });
}

}  // namespace

void CheckDownloaded(std::string_view bytes, const std::string& origin) {
  VFFN_CHECK(!bytes.empty(), origin, ": the file is empty. Download it again");
  VFFN_CHECK(
      !bytes.starts_with(kLfsPointer), origin,
      ": a Git LFS pointer, not the file itself: the repository was cloned without its large files. Run "
      "`git lfs pull` in it");
  const std::string beginning = Beginning(bytes);
  const bool page =
      std::ranges::any_of(kWebPages, [&](std::string_view start) { return beginning.starts_with(start); });
  VFFN_CHECK(!page, origin,
             ": a web page, not the file itself: the download was not allowed or its address was wrong. "
             "Download it again");
  VFFN_CHECK(!IsMessage(bytes), origin, ": holds only the text \"", bytes.substr(0, 80),
             "\": the download failed. Download it again");
}

}  // namespace vffn
