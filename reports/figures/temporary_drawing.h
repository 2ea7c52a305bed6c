// A folder to draw in.
#pragma once

#include <filesystem>

namespace vffn {

/// Is removed at the end. Throws Error if it cannot be made.
class TemporaryDrawing {
 public:
  TemporaryDrawing();
  ~TemporaryDrawing();
  TemporaryDrawing(const TemporaryDrawing&) = delete;
  TemporaryDrawing& operator=(const TemporaryDrawing&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace vffn
