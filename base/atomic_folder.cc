#include "base/atomic_folder.h"

#include <unistd.h>

#include <string>
#include <system_error>

#include "base/atomic_file.h"
#include "base/error.h"

namespace vffn {
namespace {

/// Absolute and without a slash at the end, so that it has a parent and a name.
std::filesystem::path Normal(const std::filesystem::path& path) {
  std::filesystem::path normal = std::filesystem::absolute(path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

}  // namespace

AtomicFolder::AtomicFolder(const std::filesystem::path& path) : path_(Normal(path)) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(path_, error))) {
    VFFN_CHECK(std::filesystem::is_directory(std::filesystem::symlink_status(path_, error)) &&
                   std::filesystem::is_empty(path_, error),
               path.string(), ": is there already, and is no empty folder; choose another name");
  }
  std::string name(".");
  name.append(path_.filename().string()).append(".").append(std::to_string(getpid())).append(".tmp");
  temporary_ = path_.parent_path() / name;
  std::filesystem::create_directories(path_.parent_path(), error);
  VFFN_CHECK(!error, path.string(), ": cannot be made: ", error.message());
  std::filesystem::remove_all(temporary_, error);  // of a process that was killed and had our number
  std::filesystem::create_directory(temporary_, error);
  VFFN_CHECK(!error, path.string(), ": cannot be made: ", error.message());
}

AtomicFolder::~AtomicFolder() {
  if (!temporary_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(temporary_, ignored);
  }
}

void AtomicFolder::Finish() {
  SyncFolder(temporary_);
  std::error_code error;
  std::filesystem::rename(temporary_, path_, error);  // also over an empty folder, but over nothing else
  VFFN_CHECK(!error, path_.string(), ": cannot be made: ", error.message());
  temporary_.clear();
  SyncFolder(path_.parent_path());
}

}  // namespace vffn
