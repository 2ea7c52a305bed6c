// Hands the chunks of all input files to the workers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tokens/document_source.h"

namespace vffn {

struct QueuedChunk {
  size_t file = 0;    ///< index of the input file
  int64_t index = 0;  ///< of the chunk in its file
  InputChunk chunk;
};

/// Files are read in order, each by one worker at a time; a worker that finds all open files being read opens
/// the next one. Thread safe.
class ChunkQueue {
 public:
  struct Events {
    std::function<bool(size_t file)> skip_file;  ///< true: the file is not read at all
    std::function<void(size_t file, int64_t chunks, const std::string& sha256)> file_ended;
    std::function<void(int64_t bytes)> progress;  ///< bytes of a file that have been read
  };

  ChunkQueue(const std::vector<InputFile>& files, const SourceOptions& options, Events events);

  /// The next chunk of some file; false when there are no more. Throws Error as InputReader::Next; then it
  /// returns false to the others.
  bool Next(QueuedChunk& chunk);

 private:
  struct OpenFile {
    size_t file = 0;
    std::unique_ptr<InputReader> reader;
    int64_t next_chunk = 0, bytes_read = 0;
    bool busy = false;
  };

  OpenFile* Choose(std::unique_lock<std::mutex>& lock);
  bool Read(OpenFile& open, QueuedChunk& chunk);

  const std::vector<InputFile>& files_;
  const SourceOptions& options_;
  Events events_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<OpenFile>> open_;  // in the order of the files
  size_t next_file_ = 0;
  bool failed_ = false;
};

}  // namespace vffn
