// Whole folders, there or not there.
#pragma once

#include <filesystem>

namespace vffn {

/// A folder that appears under its name, with everything in it, only when it is finished. Without Finish
/// nothing is left, except when the process is killed: then a hidden folder ".NAME.PID.tmp" beside the place.
/// Everything throws Error naming the folder and the system's reason.
class AtomicFolder {
 public:
  /// Begins a temporary folder beside `path`; the folders above are made where they are missing. Throws Error
  /// if `path` is there already, unless it is an empty folder.
  explicit AtomicFolder(const std::filesystem::path& path);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  /// Where to put the files. What they hold must be on the disk before Finish (AtomicFile).
  const std::filesystem::path& temporary() const { return temporary_; }

  /// Gives the folder its name.
  void Finish();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;  // empty once finished
};

}  // namespace vffn
