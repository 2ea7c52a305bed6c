#include "runs/folders/output_check.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "base/error.h"

namespace vffn {

namespace fs = std::filesystem;

namespace {

/// "2.3 MiB".
std::string MebibytesText(int64_t bytes) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / (1 << 20));
  return text;
}

}  // namespace

void CheckWritable(const fs::path& folder, int64_t bytes) {
  fs::path there = fs::absolute(folder).lexically_normal();
  while (!fs::exists(there) && there.has_parent_path() && there != there.parent_path()) {
    there = there.parent_path();
  }
  const std::string origin = folder.string();
  const std::string at = there == fs::absolute(folder).lexically_normal() ? "" : " in " + there.string();
  VFFN_CHECK(fs::is_directory(there), origin, ": ", at.empty() ? "it" : there.string(),
             " is a file; give a folder");
  VFFN_CHECK(access(there.c_str(), W_OK | X_OK) == 0, origin, ": cannot be written", at, ": ",
             std::strerror(errno), "; choose another folder");
  std::error_code error;
  const fs::space_info space = fs::space(there, error);
  VFFN_CHECK(error || static_cast<int64_t>(space.available) >= bytes, origin, ": the disk has ",
             MebibytesText(static_cast<int64_t>(space.available)), " free, and vffn writes about ",
             MebibytesText(bytes), "; free space, or choose another folder");
}

void CheckOverwrite(bool overwrite, bool resume, const Shard& shard) {
  VFFN_CHECK(!overwrite || shard.whole(),
             "--overwrite: processes that share a run cannot replace one; remove the folder of the run, or "
             "choose another --output");
  VFFN_CHECK(!overwrite || !resume,
             "--overwrite replaces a run and --resume goes on with it; give one of them");
}

int64_t BytesOfLedger(const EvaluationPlan& plan) {
  // A token has its id, its log-probability and a flag; a choice has its lengths, a doc its hash.
  constexpr int64_t kToken = 18, kChoice = 190, kDoc = 150;
  int64_t bytes = 0;
  for (const TaskRun& task : plan.tasks) {
    for (const RequestDoc& doc : task.requests) {
      bytes += kDoc;
      for (const Request& request : doc.requests) {
        bytes += kChoice + kToken * static_cast<int64_t>(request.continuation.size());
      }
    }
  }
  return bytes;
}

}  // namespace vffn
